// weft why: one line for each pair that does not flow, with the reason and what would mend it.
#include "discovery/why.hpp"

#include <list>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "transport/os_names.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

Json as_json(const std::string& name, const discovery::Finding& finding) {
  return {{"name", name},
          {"flows", false},
          {"cause", enumerator_name(finding.cause)},
          {"owner", finding.owner},
          {"guest", finding.guest},
          {"reason", finding.reason},
          {"remedy", finding.remedy}};
}

std::string as_line(const discovery::Finding& finding, const app::Terminal& terminal) {
  std::string who = finding.owner;
  if (!finding.guest.empty()) who += (who.empty() ? "" : " -> ") + finding.guest;
  return fmt::format("{}{}: {} [{}]", terminal.paint(app::Colour::bold, who),
                     who.empty() ? std::string(enumerator_name(finding.cause))
                                 : fmt::format(": {}", enumerator_name(finding.cause)),
                     finding.reason, finding.remedy);
}

/// The other domains of this host that let us look.
std::list<std::pair<std::string, discovery::Watcher>> others(Tool& tool) {
  std::list<std::pair<std::string, discovery::Watcher>> out;
  const auto directory = tool.runtime_directory();
  if (!directory) return out;
  for (const auto& domain : transport::daemon_domains(*directory)) {
    if (domain == tool.domain()) continue;
    if (auto watcher = tool.watch(domain)) out.emplace_back(domain, *std::move(watcher));
  }
  return out;
}

Result<void> explain(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto watcher, tool.watch());
  const auto watched = others(tool);
  std::vector<discovery::Elsewhere> elsewhere;
  for (const auto& [domain, other] : watched)
    elsewhere.push_back({domain, &other.graph()});
  const auto explanation = discovery::why(asked.name, watcher.graph(), elsewhere);
  for (const auto& finding : explanation.findings)
    WEFT_CHECK(
        print_line(asked.json ? json_line(as_json(asked.name, finding)) : as_line(finding, tool.terminal)));
  if (!explanation.all_flows()) {
    tool.code = app::exit_failed;
    return {};
  }
  const Json flows{{"name", asked.name}, {"flows", true}, {"pairs", explanation.flowing}};
  return print_line(asked.json ? json_line(flows)
                               : fmt::format("{}: all flows ({} {})", shown(asked.name), explanation.flowing,
                                             explanation.flowing == 1 ? "pair" : "pairs"));
}

}  // namespace

void add_why(CLI::App& app, Run& run) {
  add_look(app, run,
           {.verb = "why",
            .help = "Say why messages of a topic or service do not flow, and what would mend it",
            .footer = "Exit code: 0 when every pair flows, else 1.\nExample: weft why robot/imu",
            .argument = "name",
            .argument_help = "The topic's or service's name, as robot/imu"},
           explain);
}

}  // namespace weft::tool
