// weft: look at topics and services, and take part in them, without knowing their types beforehand.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "common/exit.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

/// Replaces words by the subcommands that they abbreviate; an ambiguous or unknown one stays as it is.
std::vector<std::string> expanded(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const CLI::App* level = &app;
  for (auto& word : words) {
    if (word.starts_with('-')) break;
    std::vector<const CLI::App*> fits;
    for (const auto* verb : level->get_subcommands(nullptr)) {
      if (verb->get_name().starts_with(word)) fits.push_back(verb);
    }
    if (fits.size() != 1) break;
    word = fits.front()->get_name();
    level = fits.front();
  }
  return {words.rbegin(), words.rend()};  // as CLI11 takes them
}

int run(int argc, char** argv, char** environment) {
  CLI::App app{"weft: look at topics and services, and take part in them", "weft"};
  app.require_subcommand(1);
  app.set_version_flag("--version", WEFT_VERSION);
  app.footer(
      "Verbs may be abbreviated: weft t e NAME …   Exit codes: 0 done, 1 failed, 2 usage, 3 timed out");
  Run verb;
  auto* topic = app.add_subcommand("topic", "Topics: echo, pub, hz")->require_subcommand(1);
  add_topic_echo(*topic, verb);
  add_topic_pub(*topic, verb);
  add_topic_hz(*topic, verb);
  auto* service = app.add_subcommand("service", "Services: call")->require_subcommand(1);
  add_service_call(*service, verb);
  try {
    app.parse(expanded(app, argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? app::done("weft") : app::exit_usage;
  }
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail("weft", interrupt.error());
  auto options = options_from(environment);
  options.log = [](Severity severity, std::string_view line) {
    if (severity >= Severity::warning) fmt::print(stderr, "weft: {}\n", line);
  };
  auto context = Context::create(std::move(options));
  if (!context) return app::fail("weft", context.error());
  Tool tool{*context, *interrupt, ::isatty(STDOUT_FILENO) == 1};
  if (auto result = verb(tool); !result) return app::fail("weft", result.error());
  return app::done("weft");
}

}  // namespace

}  // namespace weft::tool

int main(int argc, char** argv, char** environment) {
  return weft::tool::run(argc, argv, environment);
}
