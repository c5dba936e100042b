#include "common/man_page.hpp"

#include <algorithm>
#include <sstream>
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

bool is_shown(const CLI::Option& option) {
  return !option.get_group().empty();
}

std::vector<const CLI::Option*> shown_options(const CLI::App& app, bool positional) {
  std::vector<const CLI::Option*> out;
  for (const auto* option : app.get_options()) {
    if (is_shown(*option) && option->get_positional() == positional) out.push_back(option);
  }
  return out;
}

std::vector<const CLI::App*> shown_verbs(const CLI::App& app) {
  std::vector<const CLI::App*> out;
  for (const auto* verb :
       app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
    out.push_back(verb);
  return out;
}

/// What stands for an option's value, without the names of mere checks; nothing for a flag.
std::string value_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto check = type.find(':');
  return check == std::string::npos || type.find('{') != std::string::npos ? type : type.substr(0, check);
}

std::string synopsis(const CLI::App& app) {
  auto out = fmt::format("\\fB{}\\fR", escaped(command_of(app)));
  if (!shown_options(app, false).empty()) out += " [\\fIOPTION\\fR]...";
  for (const auto* option : shown_options(app, true)) {
    const auto name = escaped(option->get_name(true, false));
    out += option->get_required() ? fmt::format(" \\fI{}\\fR", name) : fmt::format(" [\\fI{}\\fR]", name);
  }
  if (!shown_verbs(app).empty()) out += " \\fIVERB\\fR ...";
  return out;
}

std::string described(const CLI::Option& option) {
  auto text = option.get_description();
  if (const auto usual = option.get_default_str(); !usual.empty())
    text += fmt::format(" (default: {})", usual);
  return escaped(text);
}

std::string names_of(const CLI::Option& option) {
  std::string out;
  for (const auto& name : option.get_snames())
    out += fmt::format("{}\\fB\\-{}\\fR", out.empty() ? "" : ", ", escaped(name));
  for (const auto& name : option.get_lnames())
    out += fmt::format("{}\\fB\\-\\-{}\\fR", out.empty() ? "" : ", ", escaped(name));
  const auto value = value_of(option);
  return value.empty() ? out : out + fmt::format(" \\fI{}\\fR", escaped(value));
}

/// The footer keeps its lines: examples stand there.
std::string literal(const std::string& text) {
  return text.empty() ? "" : fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", escaped(text));
}

std::string related(const CLI::App& app) {
  std::vector<std::string> pages;
  if (const auto* above = app.get_parent()) pages.push_back(dashed(command_of(*above)));
  for (const auto* verb : shown_verbs(app))
    pages.push_back(dashed(command_of(*verb)));
  std::string out;
  for (const auto& page : pages)
    out += fmt::format("{}\\fB{}\\fR(1)", out.empty() ? "" : ",\n", escaped(page));
  return out.empty() ? "" : ".SH SEE ALSO\n" + out + "\n";
}

}  // namespace

std::string command_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : command_of(*app.get_parent()) + " " + app.get_name();
}

std::string man_page(const CLI::App& app, const std::string& version) {
  const auto name = dashed(command_of(app));
  auto what = app.get_description();
  if (const auto prefix = app.get_name() + ": "; what.starts_with(prefix)) what.erase(0, prefix.size());
  std::string out = fmt::format(".TH \"{}\" \"1\" \"\" \"weft {}\" \"weft\"\n.SH NAME\n{} \\- {}\n", name,
                                version, escaped(name), escaped(what));
  out += fmt::format(".SH SYNOPSIS\n{}\n", synopsis(app));
  if (const auto arguments = shown_options(app, true); !arguments.empty()) {
    out += ".SH ARGUMENTS\n";
    for (const auto* option : arguments)
      out += fmt::format(".TP\n\\fI{}\\fR\n{}\n", escaped(option->get_name(true, false)), described(*option));
  }
  if (const auto options = shown_options(app, false); !options.empty()) {
    out += ".SH OPTIONS\n";
    for (const auto* option : options)
      out += fmt::format(".TP\n{}\n{}\n", names_of(*option), described(*option));
  }
  if (const auto verbs = shown_verbs(app); !verbs.empty()) {
    out += ".SH VERBS\n";
    for (const auto* verb : verbs)
      out +=
          fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(verb->get_name()), escaped(verb->get_description()));
  }
  return out + literal(app.get_footer()) + related(app);
}

void add_man_option(CLI::App& app, const std::string& version) {
  app.add_flag_callback(
         "--man", [&app, version] { throw CLI::CallForVersion(man_page(app, version), 0); },
         "Print the man page")
      ->group("");
  for (auto* verb : app.get_subcommands(nullptr))
    add_man_option(*verb, version);
}

}  // namespace weft::app
