#include "weft/command_line.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "common/man_page.hpp"

namespace weft::tool {

namespace {

constexpr std::size_t most_shown = 60;

bool is_shown(const CLI::App& verb) {
  return !verb.get_group().empty();
}

std::string joined(const std::vector<const CLI::App*>& verbs, std::string_view between) {
  std::string out;
  for (const auto* verb : verbs)
    out += fmt::format("{}'{}'", out.empty() ? "" : between, verb->get_name());
  return out;
}

/// The verb that a word means: by its whole name, or by a beginning that only one has.
Result<const CLI::App*> meant(const CLI::App& level, const std::string& word) {
  std::vector<const CLI::App*> fits;
  std::vector<std::string> names;
  for (const auto* verb : level.get_subcommands(nullptr)) {
    if (verb->get_name() == word) return verb;
    if (!is_shown(*verb)) continue;
    names.push_back(verb->get_name());
    if (verb->get_name().starts_with(word)) fits.push_back(verb);
  }
  if (fits.size() == 1) return fits.front();
  const auto safe = shown(word, most_shown);
  const auto command = app::command_of(level);
  if (!fits.empty()) {
    return Error{Errc::invalid_argument,
                 fmt::format("'{}' may be {} ({} --help)", safe, joined(fits, " or "), command)};
  }
  const auto near = nearest(word, names);
  return Error{Errc::invalid_argument,
               fmt::format("'{}' is no verb{} ({} --help)", safe,
                           near.empty() ? "" : fmt::format("; did you mean '{}'?", near), command)};
}

/// The option of that verb, or of one above it, that the word is; nullptr: none is.
const CLI::Option* option_of(const CLI::App& verb, const std::string& word) {
  const auto* option = verb.get_option_no_throw(word.substr(0, word.find('=')));
  if (option != nullptr || verb.get_parent() == nullptr) return option;
  return option_of(*verb.get_parent(), word);
}

/// Whether its value is the next word.
bool takes_next(const CLI::Option& option, const std::string& word) {
  return !option.get_type_name().empty() && word.find('=') == std::string::npos;
}

/// The verb that was parsed.
const CLI::App& deepest(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest(*parsed.front());
}

/// Of an option that the verb has not: the one that may have been meant.
std::string suggestion(const CLI::App& verb, std::string_view complaint) {
  const auto at = complaint.rfind(" --");
  if (at == std::string_view::npos) return {};
  const std::string word(complaint.substr(at + 1, complaint.find(' ', at + 1) - at - 1));
  std::vector<std::string> names;
  for (const auto* level = &verb; level != nullptr; level = level->get_parent()) {
    for (const auto* option : level->get_options()) {
      for (const auto& name : option->get_lnames()) {
        if (!option->get_group().empty()) names.push_back("--" + name);
      }
    }
  }
  const auto near = nearest(word, names);
  return near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
}

}  // namespace

void declare(CLI::App& app, Run& run, std::optional<std::string>& domain) {
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--domain", domain,
                 "Look into this domain, and take part in it, for WEFT_DOMAIN's; before or behind any verb")
      ->type_name("NAME");
  app.footer(
      "Verbs may be abbreviated: weft t e NAME ...   Output to a terminal is for people, to a pipe for "
      "programs.\n"
      "Exit codes: 0 done, 1 failed, 2 usage, 3 timed out.\n"
      "Environment: WEFT_RUNTIME_DIR, where sockets are; WEFT_DOMAIN, whom to meet where --domain does not "
      "say;\n"
      "NO_COLOR; COLUMNS, the width of tables.");
  const auto group = [&app](const char* name, const char* what) {
    return app.add_subcommand(name, what)->require_subcommand(1);
  };
  auto* topic = group("topic", "Topics: who has them, their types, their messages");
  for (const auto add : {add_list, add_info, add_type})
    add(*topic, run, Sort::topic);
  for (const auto add :
       {add_topic_echo, add_topic_pub, add_topic_hz, add_topic_bw, add_topic_delay, add_topic_find})
    add(*topic, run);
  auto* node = group("node", "Nodes: who is there, with which ports");
  for (const auto add : {add_node_list, add_node_info})
    add(*node, run);
  auto* service = group("service", "Services: who has them, their types, calls");
  for (const auto add : {add_list, add_info, add_type})
    add(*service, run, Sort::service);
  add_service_call(*service, run);
  auto* queue = group("queue", "Queues: who has them, their items");
  for (const auto add : {add_list, add_info})
    add(*queue, run, Sort::queue);
  for (const auto add : {add_queue_push, add_queue_pull})
    add(*queue, run);
  auto* schema = group("schema", "Types: shown, and exported for other programs");
  for (const auto add : {add_schema_show, add_schema_export})
    add(*schema, run);
  for (const auto add : {add_why, add_doctor, add_completion})
    add(app, run);
  app::add_man_option(app, WEFT_VERSION);
}

Result<std::vector<std::string>> expanded(const CLI::App& app, std::vector<std::string> words) {
  const CLI::App* level = &app;
  for (std::size_t i = 0; i < words.size() && !level->get_subcommands(nullptr).empty(); ++i) {
    if (words[i].starts_with('-')) {
      const auto* option = option_of(*level, words[i]);
      if (option == nullptr) break;
      if (takes_next(*option, words[i])) ++i;
      continue;
    }
    WEFT_TRY(level, meant(*level, words[i]));
    words[i] = level->get_name();
  }
  std::reverse(words.begin(), words.end());
  return words;
}

std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  const auto& verb = deepest(app);
  std::string what = error.what();
  std::replace(what.begin(), what.end(), '\n', ' ');
  const bool extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  return fmt::format("{}{} ({} --help)", shown(what), extra ? suggestion(verb, what) : "",
                     app::command_of(verb));
}

}  // namespace weft::tool
