// weft why: a line for each pair that is known not to flow, with the reason and what would mend it.
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

/// Where nothing is known to stand in the way. That the two have met is not known here: links do not pass the daemon.
std::string good_news(const std::string& name, const discovery::Explanation& explanation) {
  const auto pairs = explanation.told + explanation.by_hand;
  auto line = fmt::format("{}: nothing is known to stand in the way ({} {}", shown(name), pairs,
                          pairs == 1 ? "pair" : "pairs");
  if (explanation.by_hand != 0) {
    line += fmt::format(", {} with endpoints by hand, of which only their programs know whether they met",
                        explanation.by_hand);
  }
  return line + ")";
}

Result<void> explain(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto explanation, tool.why(asked.name));
  for (const auto& finding : explanation.findings)
    WEFT_CHECK(print_line(asked.json ? json_line(discovery::finding_view(asked.name, finding))
                                     : as_line(finding, tool.terminal)));
  if (!explanation.nothing_hinders()) {
    tool.code = app::exit_failed;
    return {};
  }
  const Json news{{"name", asked.name},
                  {"hindered", false},
                  {"pairs", explanation.told + explanation.by_hand},
                  {"by_hand", explanation.by_hand}};
  return print_line(asked.json
                        ? json_line(news)
                        : app::wrapped(good_news(asked.name, explanation), tool.terminal.width, indent));
}

}  // namespace

void add_why(app::Command& app, Run& run) {
  add_look(
      app, run,
      {.verb = "why",
       .help = "Say why what is sent to a topic, service or queue does not flow, and what would mend it",
       .footer =
           "A line for each pair that is known not to flow: who, the cause, the reason, and in brackets\n"
           "what would mend it.\n"
           "Causes: nobody has the name at the other side; near_name, other_space, other_domain or\n"
           "other_sort: somebody has one written nearly so, or it in another namespace or domain, or as a\n"
           "topic, service or queue where another of these is meant; type, reliability or medium does not\n"
           "fit; hosting: it fits, but the publisher, server or worker could be bound nowhere; by_hand: one\n"
           "keeps to its endpoints by hand; starting: the two were paired just now and are about to meet,\n"
           "ask again; daemon or permission: the directory cannot be read, or a program of this host is not\n"
           "in it.\n"
           "Exit codes: 0 there are pairs, and nothing is known to stand in their way (whether they met\n"
           "only their programs know), 1 something does, nobody is there, or it cannot be seen, 2 usage.\n"
           "Example: weft why robot/imu",
       .argument = "name",
       .argument_help = "Its name, as robot/imu"},
      explain);
}

}  // namespace weft::tool
