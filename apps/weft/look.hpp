// Verbs that only look: one name at most, --json, and the answer printed. Their declaration, once.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "weft/verbs.hpp"

namespace weft::tool {

/// What such a verb is told on the command line.
struct Asked {
  std::string name;  ///< Empty where the verb takes none.
  bool json = false;
};

/// How it presents itself.
struct Look {
  std::string verb;
  std::string help;
  std::string footer;
  std::string argument = {};  ///< What the name is of; empty: the verb takes none.
  std::string argument_help = {};
};
/// A verb about one topic, service or queue, whose name is its argument.
Look look_at_one(Sort sort, std::string_view verb, std::string help);

using LookFunction = std::function<Result<void>(const Asked&, Tool&)>;

/// "PUBLISHERS": the heading of a column.
std::string in_capitals(std::string_view word);

/// Declares it at `level`; what the command line chooses is put into `run`, which outlives the App.
void add_look(app::Command& level, Run& run, const Look& look, LookFunction function);

}  // namespace weft::tool
