// weft doctor: limits, versions, leftovers, the daemon, the runtime directory, the clock, each with its remedy.
#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/table.hpp"
#include "discovery/checks.hpp"
#include "type/traits.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

using State = discovery::CheckState;
constexpr std::size_t indent = 2;  // of a remedy that does not fit on a line

Result<void> examine(const Asked& asked, Tool& tool) {
  const auto checks = discovery::check_all(tool.given_directory(), tool.domain());
  app::Table table({{"STATE"}, {"CHECK"}, {"FOUND", false, true}});
  std::string remedies;
  for (const auto& check : checks) {
    if (check.state == State::fail) tool.code = app::exit_failed;
    if (asked.json) {
      const Json line{{"check", check.name},
                      {"state", enumerator_name(check.state)},
                      {"text", check.text},
                      {"remedy", check.remedy}};
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    const auto colour = check.state == State::ok     ? app::Colour::green
                        : check.state == State::warn ? app::Colour::yellow
                                                     : app::Colour::red;
    table.add({{std::string(enumerator_name(check.state)), colour}, check.name, shown(check.text)});
    if (!check.remedy.empty())
      remedies += app::wrapped(fmt::format("{}: {}", tool.terminal.paint(colour, check.name), check.remedy),
                               tool.terminal.width, indent) +
                  "\n";
  }
  if (asked.json) return {};
  return print_text(table.text(tool.terminal) + (remedies.empty() ? "" : "\n" + remedies));
}

}  // namespace

void add_doctor(app::Command& app, Run& run) {
  add_look(app, run,
           {.verb = "doctor",
            .help = "Check limits, versions, the daemon and the clock, and sweep leftovers",
            .footer = "Exit code: 1 where a check fails.\nExample: weft doctor"},
           examine);
}

}  // namespace weft::tool
