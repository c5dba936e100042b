// What a program's command line is, for man pages, completion and hints: the same that --help shows.
//
// Threads   Plain values.
#pragma once

#include <string>
#include <vector>

namespace weft::app {

struct OptionDescription {
  std::string name;                      ///< "--count", or an argument's name.
  std::vector<std::string> short_names;  ///< "-n".
  std::vector<std::string> long_names;   ///< "--count".
  std::string
      value;  ///< What it takes, with its check: "N", "HZ:0.01..1000", "FORMAT:{text,json}"; empty: a flag.
  std::string what;
  std::string usual;  ///< The default, if that is to be shown.
  bool is_argument = false;
  bool is_required = false;
  bool is_hidden = false;
};

/// A program, or one of its verbs.
struct Description {
  std::string name;     ///< "echo".
  std::string command;  ///< "weft topic echo".
  std::string above;    ///< "weft topic"; empty: it is the program.
  std::string what;
  std::string footer;
  bool is_hidden = false;
  std::vector<OptionDescription> options;  ///< And arguments, in their order.
  std::vector<OptionDescription>
      inherited;  ///< Of the verbs above, and the program: those that it has not itself.
  std::vector<Description> verbs;
};

}  // namespace weft::app
