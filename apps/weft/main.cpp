// weft: look at topics, services and queues, and take part in them, without knowing their types beforehand.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/exit.hpp"
#include "common/output.hpp"
#include "common/world.hpp"
#include "weft/command_line.hpp"

namespace weft::tool {

namespace {

int execute(const Run& verb, const std::optional<std::string>& domain, char** environment) {
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail("weft", interrupt.error());
  auto options = app::world_of("weft", environment);
  options.domain = domain.value_or(options.domain);
  Tool tool(std::move(options), *interrupt, app::Terminal::of_stdout(environment));
  if (auto result = verb(tool); !result) return app::fail("weft", result.error());
  const int written = app::done("weft");
  return written == app::exit_done ? tool.code : written;
}

int run(int argc, char** argv, char** environment) {
  CLI::App app{"weft: look at topics, services and queues, and take part in them", "weft"};
  app.set_version_flag("--version", WEFT_VERSION);
  Run verb;
  std::optional<std::string> domain;
  declare(app, verb, domain);
  auto words = expanded(app, std::vector<std::string>(argv + 1, argv + argc));
  if (!words) return app::fail("weft", words.error());
  try {
    app.parse(*std::move(words));
  } catch (const CLI::Success& asked) {
    app.exit(asked);
    return app::done("weft");
  } catch (const CLI::ParseError& error) {
    app::say("weft", complaint(app, error));
    return app::exit_usage;
  }
  return execute(verb, domain, environment);
}

}  // namespace

}  // namespace weft::tool

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::tool::run(argc, argv, environment);
}
