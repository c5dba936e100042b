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
  app::Program program{"weft", "weft: look at topics, services and queues, and take part in them"};
  program.add_version(WEFT_VERSION);
  Run verb;
  std::optional<std::string> domain;
  declare(program, verb, domain);
  auto words = expanded(program.describe(), std::vector<std::string>(argv + 1, argv + argc));
  if (!words) return app::fail("weft", words.error());
  const auto complain = [](const app::UsageError& error) { app::say("weft", complaint(error)); };
  if (const auto code = program.parse(*std::move(words), complain)) return *code;
  return execute(verb, domain, environment);
}

}  // namespace

}  // namespace weft::tool

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::tool::run(argc, argv, environment);
}
