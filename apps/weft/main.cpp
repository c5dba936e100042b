// weft: look at topics and services, and take part in them, without knowing their types beforehand.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/exit.hpp"
#include "weft/command_line.hpp"

namespace weft::tool {

namespace {

std::string domain_from(char** environment) {
  constexpr std::string_view key = "WEFT_DOMAIN=";
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.starts_with(key) && entry.size() > key.size()) return std::string(entry.substr(key.size()));
  }
  return "default";
}

int execute(const Run& verb, char** environment) {
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail("weft", interrupt.error());
  auto options = options_from(environment);
  options.log = [](Severity severity, std::string_view line) {
    if (severity >= Severity::warning) note(line);
  };
  Tool tool(std::move(options), domain_from(environment), *interrupt, app::Terminal::of_stdout(environment));
  if (auto result = verb(tool); !result) return app::fail("weft", result.error());
  const int written = app::done("weft");
  return written == app::exit_done ? tool.code : written;
}

int run(int argc, char** argv, char** environment) {
  CLI::App app{"weft: look at topics and services, and take part in them", "weft"};
  app.set_version_flag("--version", WEFT_VERSION);
  Run verb;
  declare(app, verb);
  auto words = expanded(app, std::vector<std::string>(argv + 1, argv + argc));
  if (!words) return app::fail("weft", words.error());
  try {
    app.parse(*std::move(words));
  } catch (const CLI::Success& asked) {
    app.exit(asked);
    return app::done("weft");
  } catch (const CLI::ParseError& error) {
    note(complaint(app, error));
    return app::exit_usage;
  }
  return execute(verb, environment);
}

}  // namespace

}  // namespace weft::tool

int main(int argc, char** argv, char** environment) {
  return weft::tool::run(argc, argv, environment);
}
