// The command lines of weft's programs: verbs, options, flags and arguments, bound to variables.
//
//   app::Program program{"weft-tick", "weft-tick: publishes ticks"};
//   program.option("-n,--count", count, "Stop after this many").not_negative().value("N").show_default();
//   if (const auto code = program.parse(argc, argv)) return *code;
//
// Command and Option are handles, as cheap as a pointer; what they refer to lives as long as the Program. Bound variables
// must live until parse() returns. command.cpp alone knows that CLI11 does the work: its header is dear to compile.
//
// Threads   The main thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/description.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace weft::app {

/// What may be said of an option or argument.
class Option final {
 public:
  explicit Option(CLI::Option& definition) : definition_(&definition) {}

  Option required();
  /// What stands for its value in the help.
  Option value(const std::string& name);
  /// The help shows what the variable holds now.
  Option show_default();
  /// A value from least to most, both included, of the kind that these are.
  template <class Number>  // int, unsigned, double
  Option range(Number least, Number most);
  Option not_negative();
  Option one_of(const std::vector<std::string>& values);
  Option existing_directory();
  /// Not both.
  Option excludes(Option other);
  /// Neither help nor man page mention it.
  Option hide();
  /// Each value needs the option before it; else one option takes all the words behind it.
  Option one_value_each();

 private:
  CLI::Option* definition_;
};

/// A program or a verb.
class Command {
 public:
  /// A verb of it.
  Command verb(const std::string& name, const std::string& what);
  /// "-n,--count": an option; "topic": an argument. A vector takes several.
  /// T: std::string, std::uint64_t or double, or a vector of them; std::optional<std::string>, double, int, std::uint8_t,
  /// std::uint32_t.
  template <class T>
  Option option(const std::string& names, T& variable, const std::string& what = {});
  Option flag(const std::string& names, bool& variable, const std::string& what);
  /// Stands below the help, line by line.
  Command footer(const std::string& text);
  /// Neither help nor man page mention it.
  Command hide();
  /// One of its verbs must be given.
  Command require_verb();
  /// Its options may stand behind its verbs, too.
  Command take_options_behind_verbs();
  /// Called within parse(), if it is the verb that was given, once all is parsed.
  Command on_given(std::function<void()> function);

  /// As it has been declared so far.
  [[nodiscard]] Description describe() const;

 protected:
  explicit Command(CLI::App& definition) : definition_(&definition) {}

  CLI::App* definition_;
};

/// What is wrong with a command line.
struct UsageError {
  std::string message;      ///< May have several lines.
  bool is_unknown = false;  ///< There is an option or argument that the verb has not.
  Description verb;         ///< That was given, as far as it was understood.
};

class Program final : public Command {
 public:
  /// `what` begins with the name and a colon.
  Program(const std::string& name, const std::string& what);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// --version.
  void add_version(const std::string& version);
  /// Gives the program and each of its verbs so far a hidden --man, which prints its page and ends, as --help does.
  void add_man_pages(const std::string& version);

  /// The exit code if the program is to end with that: it printed what was asked for, or what is wrong.
  [[nodiscard]] std::optional<int> parse(int argc, char** argv);
  /// The same of the words behind the program's name; what is wrong is for `complain` to say.
  [[nodiscard]] std::optional<int> parse(std::vector<std::string> words,
                                         const std::function<void(const UsageError&)>& complain);
  /// The name of the verb that was given.
  [[nodiscard]] std::string given_verb() const;
  [[nodiscard]] std::string name() const;

 private:
  explicit Program(std::unique_ptr<CLI::App> definition);

  std::unique_ptr<CLI::App> owned_;
};

}  // namespace weft::app
