// Verbs that only look: one name at most, --json, and the answer printed. Their declaration, once.
#pragma once

#include <functional>
#include <string>

#include "weft/verbs.hpp"

namespace weft::tool {

/// What such a verb is told on the command line.
struct Asked {
  std::string name;  ///< Empty where the verb takes none.
  bool json = false;
};

/// How it presents itself.
struct Look {
  const char* verb;
  const char* help;
  const char* footer;
  const char* argument = nullptr;  ///< What the name is of; nullptr: the verb takes none.
  const char* argument_help = "";
};

using LookFunction = std::function<Result<void>(const Asked&, Tool&)>;

/// Declares it at `level`; what the command line chooses is put into `run`, which outlives the App.
void add_look(CLI::App& level, Run& run, const Look& look, LookFunction function);

}  // namespace weft::tool
