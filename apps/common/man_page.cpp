#include "common/man_page.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace weft::app {

namespace {

/// Text as troff takes it: no line begins with a control character, hyphens and backslashes are themselves.
std::string escaped(const std::string& text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string dashed(std::string command) {
  std::replace(command.begin(), command.end(), ' ', '-');
  return command;
}

std::vector<OptionDescription> shown_options(const Description& command, bool arguments) {
  std::vector<OptionDescription> out;
  std::ranges::copy_if(command.options, std::back_inserter(out), [&](const auto& option) {
    return !option.is_hidden && option.is_argument == arguments;
  });
  return out;
}

std::vector<Description> shown_verbs(const Description& command) {
  std::vector<Description> out;
  std::ranges::copy_if(command.verbs, std::back_inserter(out),
                       [](const auto& verb) { return !verb.is_hidden; });
  return out;
}

/// What stands for an option's value, without the names of mere checks; nothing for a flag.
std::string value_of(const OptionDescription& option) {
  const auto& value = option.value;
  const auto check = value.find(':');
  return check == std::string::npos || value.find('{') != std::string::npos ? value : value.substr(0, check);
}

std::string synopsis(const Description& command) {
  auto out = fmt::format("\\fB{}\\fR", escaped(command.command));
  if (!shown_options(command, false).empty()) out += " [\\fIOPTION\\fR]...";
  for (const auto& argument : shown_options(command, true)) {
    const auto name = escaped(argument.name);
    out += argument.is_required ? fmt::format(" \\fI{}\\fR", name) : fmt::format(" [\\fI{}\\fR]", name);
  }
  if (!shown_verbs(command).empty()) out += " \\fIVERB\\fR ...";
  return out;
}

std::string described(const OptionDescription& option) {
  auto text = option.what;
  if (!option.usual.empty()) text += fmt::format(" (default: {})", option.usual);
  return escaped(text);
}

std::string names_of(const OptionDescription& option) {
  std::string out;
  for (const auto* names : {&option.short_names, &option.long_names}) {
    for (const auto& name : *names)
      out += fmt::format("{}\\fB{}\\fR", out.empty() ? "" : ", ", escaped(name));
  }
  const auto value = value_of(option);
  return value.empty() ? out : out + fmt::format(" \\fI{}\\fR", escaped(value));
}

/// The footer keeps its lines: examples stand there.
std::string literal(const std::string& text) {
  return text.empty() ? "" : fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", escaped(text));
}

std::string related(const Description& command) {
  std::vector<std::string> pages;
  if (!command.above.empty()) pages.push_back(dashed(command.above));
  for (const auto& verb : shown_verbs(command))
    pages.push_back(dashed(verb.command));
  std::string out;
  for (const auto& page : pages)
    out += fmt::format("{}\\fB{}\\fR(1)", out.empty() ? "" : ",\n", escaped(page));
  return out.empty() ? "" : ".SH SEE ALSO\n" + out + "\n";
}

}  // namespace

std::string man_page(const Description& command, const std::string& version) {
  const auto name = dashed(command.command);
  auto what = command.what;
  if (const auto prefix = command.name + ": "; what.starts_with(prefix)) what.erase(0, prefix.size());
  std::string out = fmt::format(".TH \"{}\" \"1\" \"\" \"weft {}\" \"weft\"\n.SH NAME\n{} \\- {}\n", name,
                                version, escaped(name), escaped(what));
  out += fmt::format(".SH SYNOPSIS\n{}\n", synopsis(command));
  if (const auto arguments = shown_options(command, true); !arguments.empty()) {
    out += ".SH ARGUMENTS\n";
    for (const auto& argument : arguments)
      out += fmt::format(".TP\n\\fI{}\\fR\n{}\n", escaped(argument.name), described(argument));
  }
  if (const auto options = shown_options(command, false); !options.empty()) {
    out += ".SH OPTIONS\n";
    for (const auto& option : options)
      out += fmt::format(".TP\n{}\n{}\n", names_of(option), described(option));
  }
  if (const auto verbs = shown_verbs(command); !verbs.empty()) {
    out += ".SH VERBS\n";
    for (const auto& verb : verbs)
      out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(verb.name), escaped(verb.what));
  }
  return out + literal(command.footer) + related(command);
}

}  // namespace weft::app
