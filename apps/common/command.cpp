#include "common/command.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "common/exit.hpp"
#include "common/man_page.hpp"

namespace weft::app {

namespace {

std::vector<std::string> each_with(const char* dashes, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto& name : names)
    out.push_back(dashes + name);
  return out;
}

OptionDescription described(const CLI::Option& option) {
  return {.name = option.get_name(true, false),
          .short_names = each_with("-", option.get_snames()),
          .long_names = each_with("--", option.get_lnames()),
          .value = option.get_type_name(),
          .what = option.get_description(),
          .usual = option.get_default_str(),
          .is_argument = option.get_positional(),
          .is_required = option.get_required(),
          .is_hidden = option.get_group().empty()};
}

std::string command_of(const CLI::App* app) {
  if (app == nullptr) return {};
  const auto above = command_of(app->get_parent());
  return above.empty() ? app->get_name() : above + " " + app->get_name();
}

Description described(const CLI::App& app) {
  Description out{.name = app.get_name(),
                  .command = command_of(&app),
                  .above = command_of(app.get_parent()),
                  .what = app.get_description(),
                  .footer = app.get_footer(),
                  .is_hidden = app.get_group().empty()};
  for (const auto* level = &app; level != nullptr; level = level->get_parent()) {
    for (const auto* option : level->get_options()) {
      if (level == &app) {
        out.options.push_back(described(*option));
      } else if (app.get_option_no_throw("--" + option->get_single_name()) == nullptr) {
        out.inherited.push_back(described(*option));
      }
    }
  }
  for (const auto* verb : app.get_subcommands(nullptr))
    out.verbs.push_back(described(*verb));
  return out;
}

/// The verb that was parsed.
const CLI::App& deepest(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest(*parsed.front());
}

void add_man_option(CLI::App& app, const std::string& version) {
  app.add_flag_callback(
         "--man", [&app, version] { throw CLI::CallForVersion(man_page(described(app), version), 0); },
         "Print the man page")
      ->group("");
  for (auto* verb : app.get_subcommands(nullptr))
    add_man_option(*verb, version);
}

/// Nothing, if it is none of that type, or something follows it.
template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || !std::isfinite(double(number))) return {};
  return number;
}

/// What takes numbers says what is none, and shows them as numbers, small ones too.
template <class T>
void take_numbers(CLI::Option& definition, const T& variable) {
  if constexpr (std::is_arithmetic_v<T>) {
    std::string kind = std::is_integral_v<T> ? "whole number" : "number";
    if (std::is_same_v<T, std::uint8_t>) {
      kind += " from 0 to 255";
    } else if (std::is_unsigned_v<T>) {
      kind += " from 0 on";
    }
    const auto check = [kind](const std::string& text) {
      return number_from<T>(text) ? std::string() : fmt::format("\"{}\" is no {}", text, kind);
    };
    definition.check(check);
    definition.default_function([&variable] { return fmt::format("{}", variable); });
  }
}

}  // namespace

Option Option::required() {
  definition_->required();
  return *this;
}

Option Option::value(const std::string& name) {
  definition_->type_name(name);
  return *this;
}

Option Option::show_default() {
  definition_->capture_default_str();
  return *this;
}

template <class Number>
Option Option::range(Number least, Number most) {
  const auto check = [least, most](std::string& text) {
    const auto number = number_from<Number>(text);
    return number && *number >= least && *number <= most
               ? std::string()
               : fmt::format("{} is not from {} to {}", text, least, most);
  };
  definition_->check(CLI::Validator(check, fmt::format("{}..{}", least, most)));
  return *this;
}
template Option Option::range(int, int);
template Option Option::range(unsigned, unsigned);
template Option Option::range(double, double);

Option Option::not_negative() {
  definition_->check([](const std::string& text) {
    return text.starts_with('-') ? fmt::format("{} is less than 0", text) : std::string();
  });
  return *this;
}

Option Option::one_of(const std::vector<std::string>& values) {
  definition_->check(CLI::IsMember(values));
  return *this;
}

Option Option::existing_directory() {
  definition_->check(CLI::ExistingDirectory);
  return *this;
}

Option Option::excludes(Option other) {
  definition_->excludes(other.definition_);
  return *this;
}

Option Option::hide() {
  definition_->group("");
  return *this;
}

Option Option::one_value_each() {
  definition_->allow_extra_args(false);
  return *this;
}

Command Command::verb(const std::string& name, const std::string& what) {
  return Command(*definition_->add_subcommand(name, what));
}

template <class T>
Option Command::option(const std::string& names, T& variable, const std::string& what) {
  auto* definition = definition_->add_option(names, variable, what);
  take_numbers(*definition, variable);
  return Option(*definition);
}
template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::option(const std::string&, std::optional<std::string>&, const std::string&);
template Option Command::option(const std::string&, double&, const std::string&);
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, std::uint8_t&, const std::string&);
template Option Command::option(const std::string&, std::uint32_t&, const std::string&);
template Option Command::option(const std::string&, std::uint64_t&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::uint64_t>&, const std::string&);
template Option Command::option(const std::string&, std::vector<double>&, const std::string&);

Option Command::flag(const std::string& names, bool& variable, const std::string& what) {
  return Option(*definition_->add_flag(names, variable, what));
}

Command Command::footer(const std::string& text) {
  definition_->footer(text);
  return *this;
}

Command Command::hide() {
  definition_->group("");
  return *this;
}

Command Command::require_verb() {
  definition_->require_subcommand(1);
  return *this;
}

Command Command::take_options_behind_verbs() {
  definition_->fallthrough();
  return *this;
}

Command Command::on_given(std::function<void()> function) {
  definition_->final_callback(std::move(function));
  return *this;
}

Description Command::describe() const {
  return described(*definition_);
}

Program::Program(const std::string& name, const std::string& what)
    : Program(std::make_unique<CLI::App>(what, name)) {}

Program::Program(std::unique_ptr<CLI::App> definition)
    : Command(*definition), owned_(std::move(definition)) {}

Program::~Program() = default;

void Program::add_version(const std::string& version) {
  definition_->set_version_flag("--version", version);
}

void Program::add_man_pages(const std::string& version) {
  add_man_option(*definition_, version);
}

std::optional<int> Program::parse(int argc, char** argv) {
  return parse(std::vector<std::string>(argv + 1, argv + argc), nullptr);
}

std::optional<int> Program::parse(std::vector<std::string> words,
                                  const std::function<void(const UsageError&)>& complain) {
  std::ranges::reverse(words);  // as CLI11 takes them
  try {
    definition_->parse(std::move(words));
  } catch (const CLI::Success& asked) {
    definition_->exit(asked);
    return done(name());
  } catch (const CLI::ParseError& error) {
    const bool is_unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    complain ? complain({error.what(), is_unknown, described(deepest(*definition_))})
             : static_cast<void>(definition_->exit(error));
    return exit_usage;
  }
  return {};
}

std::string Program::given_verb() const {
  return definition_->get_subcommands().front()->get_name();
}

std::string Program::name() const {
  return definition_->get_name();
}

}  // namespace weft::app
