// weft why: a line for each pair that does not flow, with the reason and what would mend it.
#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "discovery/views.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

constexpr std::size_t indent = 2;  // of what does not fit on a line

std::string as_line(const discovery::Finding& finding, const app::Terminal& terminal) {
  std::string who = finding.owner;
  if (!finding.guest.empty()) who += (who.empty() ? "" : " -> ") + finding.guest;
  const auto line =
      fmt::format("{}{}{}: {} [{}]", terminal.paint(app::Colour::bold, who), who.empty() ? "" : ": ",
                  enumerator_name(finding.cause), finding.reason, finding.remedy);
  return app::wrapped(line, terminal.width, indent);
}

Result<void> explain(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto explanation, tool.why(asked.name));
  for (const auto& finding : explanation.findings)
    WEFT_CHECK(print_line(asked.json ? json_line(discovery::finding_view(asked.name, finding))
                                     : as_line(finding, tool.terminal)));
  if (!explanation.all_flows()) {
    tool.code = app::exit_failed;
    return {};
  }
  const Json flows{{"name", asked.name}, {"flows", true}, {"pairs", explanation.flowing}};
  return print_line(
      asked.json ? json_line(flows)
                 : app::wrapped(fmt::format("{}: all flows ({} {})", shown(asked.name), explanation.flowing,
                                            explanation.flowing == 1 ? "pair" : "pairs"),
                                tool.terminal.width, indent));
}

}  // namespace

void add_why(CLI::App& app, Run& run) {
  add_look(app, run,
           {.verb = "why",
            .help = "Say why messages of a topic or service do not flow, and what would mend it",
            .footer = "A line for each pair that does not flow: who, the cause, the reason, and in brackets what would mend it.\n"
                      "Causes: nobody, near_name, other_space, other_domain, type, reliability, medium, hosting,\n"
                      "by_hand, starting; permission and daemon where the directory cannot be seen, or a program of\n"
                      "this host is not in it.\n"
                      "Exit codes: 0 every pair flows, 1 something does not, or cannot be seen, 2 usage.\n"
                      "Example: weft why robot/imu",
            .argument = "name",
            .argument_help = "The topic's or service's name, as robot/imu"},
           explain);
}

}  // namespace weft::tool
