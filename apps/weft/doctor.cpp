// weft doctor: limits, versions, leftovers, the daemon, the runtime directory, the clock, each with its remedy.

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/table.hpp"
#include "transport/os_names.hpp"
#include "weft/checks.hpp"
#include "weft/look.hpp"

namespace weft::tool {

namespace {

using State = Check::State;

Check daemon(Tool& tool) {
  const auto watcher = tool.watch();
  if (!watcher) {
    const bool none = watcher.error().code == Errc::unavailable;
    return {"daemon", none ? State::warn : State::fail, watcher.error().message,
            none ? "the first weft program that needs it starts it, if weftd is in PATH"
                 : "stop the daemon that runs; the next program starts one that fits"};
  }
  const auto& welcome = watcher->daemon();
  const auto& graph = watcher->graph();
  Check out{"daemon", State::ok,
            fmt::format("weftd {}, pid {}, domain {}: {} programs, {} ports", shown(welcome.version, 40),
                        watcher->daemon_pid(), shown(welcome.domain, 40), graph.sessions.size(),
                        graph.ports.size()),
            ""};
  if (welcome.version == WEFT_VERSION) return out;
  out.state = State::warn;
  out.remedy = fmt::format("weft is {}: restart the daemon when it is convenient", WEFT_VERSION);
  return out;
}

Check domains(Tool& tool) {
  std::string others;
  const auto directory = tool.runtime_directory();
  for (const auto& domain : directory ? transport::daemon_domains(*directory) : std::vector<std::string>()) {
    if (domain != tool.domain()) others += (others.empty() ? "" : ", ") + domain;
  }
  return {"domains", State::ok,
          fmt::format("this is \"{}\"; others here: {}", shown(tool.domain(), 40),
                      others.empty() ? "none" : others),
          ""};
}

Result<void> examine(const Asked& asked, Tool& tool) {
  auto checks = check_versions();
  for (auto&& more : {check_limits(), check_directory(tool.given_directory()),
                      std::vector<Check>{daemon(tool), domains(tool)}, check_clock()})
    checks.insert(checks.end(), more.begin(), more.end());
  app::Table table({{"STATE"}, {"CHECK"}, {"FOUND"}});
  std::string remedies;
  for (const auto& check : checks) {
    if (check.state == State::fail) tool.code = app::exit_failed;
    if (asked.json) {
      const Json line{{"check", check.name},
                      {"state", to_string(check.state)},
                      {"text", check.text},
                      {"remedy", check.remedy}};
      WEFT_CHECK(print_line(json_line(line)));
      continue;
    }
    const auto colour = check.state == State::ok     ? app::Colour::green
                        : check.state == State::warn ? app::Colour::yellow
                                                     : app::Colour::red;
    table.add({{std::string(to_string(check.state)), colour}, check.name, shown(check.text)});
    if (!check.remedy.empty())
      remedies += fmt::format("{}: {}\n", tool.terminal.paint(colour, check.name), check.remedy);
  }
  if (asked.json) return {};
  return print_text(table.text(tool.terminal) + (remedies.empty() ? "" : "\n" + remedies));
}

}  // namespace

void add_doctor(CLI::App& app, Run& run) {
  add_look(app, run,
           {.verb = "doctor",
            .help = "Check limits, versions, leftovers, the daemon and the clock",
            .footer = "Exit code: 1 where a check fails.\nExample: weft doctor"},
           examine);
}

}  // namespace weft::tool
