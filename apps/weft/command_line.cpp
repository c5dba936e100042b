#include "weft/command_line.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"

namespace weft::tool {

namespace {

constexpr std::size_t most_shown = 60;

std::string joined(const std::vector<const app::Description*>& verbs, std::string_view between) {
  std::string out;
  for (const auto* verb : verbs)
    out += fmt::format("{}'{}'", out.empty() ? "" : between, verb->name);
  return out;
}

/// The verb that a word means: by its whole name, or by a beginning that only one has.
Result<const app::Description*> meant(const app::Description& level, const std::string& word) {
  std::vector<const app::Description*> fits;
  std::vector<std::string> names;
  for (const auto& verb : level.verbs) {
    if (verb.name == word) return &verb;
    if (verb.is_hidden) continue;
    names.push_back(verb.name);
    if (verb.name.starts_with(word)) fits.push_back(&verb);
  }
  if (fits.size() == 1) return fits.front();
  const auto safe = shown(word, most_shown);
  if (!fits.empty()) {
    return Error{Errc::invalid_argument,
                 fmt::format("'{}' may be {} ({} --help)", safe, joined(fits, " or "), level.command)};
  }
  const auto near = nearest(word, names);
  return Error{Errc::invalid_argument,
               fmt::format("'{}' is no verb{} ({} --help)", safe,
                           near.empty() ? "" : fmt::format("; did you mean '{}'?", near), level.command)};
}

/// The option of that verb, or of one above it, that the word is; nullptr: none is.
const app::OptionDescription* option_of(const app::Description& verb, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  for (const auto* origin : {&verb.options, &verb.inherited}) {
    for (const auto& option : *origin) {
      for (const auto* names : {&option.short_names, &option.long_names}) {
        if (std::ranges::find(*names, name) != names->end()) return &option;
      }
    }
  }
  return nullptr;
}

/// Whether its value is the next word.
bool takes_next(const app::OptionDescription& option, const std::string& word) {
  return !option.value.empty() && word.find('=') == std::string::npos;
}

/// Of an option that the verb has not: the one that may have been meant.
std::string suggestion(const app::Description& verb, std::string_view complaint) {
  const auto at = complaint.rfind(" --");
  if (at == std::string_view::npos) return {};
  const std::string word(complaint.substr(at + 1, complaint.find(' ', at + 1) - at - 1));
  std::vector<std::string> names;
  for (const auto* origin : {&verb.options, &verb.inherited}) {
    for (const auto& option : *origin) {
      if (!option.is_hidden) names.insert(names.end(), option.long_names.begin(), option.long_names.end());
    }
  }
  const auto near = nearest(word, names);
  return near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
}

}  // namespace

void declare(app::Program& app, Run& run, std::optional<std::string>& domain) {
  app.require_verb();
  app.take_options_behind_verbs();
  app.option("--domain", domain,
             "Look into this domain, and take part in it, for WEFT_DOMAIN's; before or behind any verb")
      .value("NAME");
  app.footer(
      "Verbs may be abbreviated: weft t e NAME ...   Output to a terminal is for people, to a pipe for "
      "programs.\n"
      "Exit codes: 0 done, 1 failed, 2 usage, 3 timed out.\n"
      "Environment: WEFT_RUNTIME_DIR, where sockets are; WEFT_DOMAIN, whom to meet where --domain does not "
      "say;\n"
      "NO_COLOR; COLUMNS, the width of tables.");
  const auto group = [&app](const char* name, const char* what) {
    return app.verb(name, what).require_verb();
  };
  auto topic = group("topic", "Topics: who has them, their types, their messages");
  for (const auto add : {add_list, add_info, add_type})
    add(topic, run, Sort::topic);
  for (const auto add :
       {add_topic_echo, add_topic_pub, add_topic_hz, add_topic_bw, add_topic_delay, add_topic_find})
    add(topic, run);
  auto node = group("node", "Nodes: who is there, with which ports");
  for (const auto add : {add_node_list, add_node_info})
    add(node, run);
  auto service = group("service", "Services: who has them, their types, calls");
  for (const auto add : {add_list, add_info, add_type})
    add(service, run, Sort::service);
  add_service_call(service, run);
  auto queue = group("queue", "Queues: who has them, their items");
  for (const auto add : {add_list, add_info})
    add(queue, run, Sort::queue);
  for (const auto add : {add_queue_push, add_queue_pull})
    add(queue, run);
  auto schema = group("schema", "Types: shown, and exported for other programs");
  for (const auto add : {add_schema_show, add_schema_export})
    add(schema, run);
  for (const auto add : {add_why, add_doctor, add_completion})
    add(app, run);
  app.add_man_pages(WEFT_VERSION);
}

Result<std::vector<std::string>> expanded(const app::Description& program, std::vector<std::string> words) {
  const auto* level = &program;
  for (std::size_t i = 0; i < words.size() && !level->verbs.empty(); ++i) {
    if (words[i].starts_with('-')) {
      const auto* option = option_of(*level, words[i]);
      if (option == nullptr) break;
      if (takes_next(*option, words[i])) ++i;
      continue;
    }
    WEFT_TRY(level, meant(*level, words[i]));
    words[i] = level->name;
  }
  return words;
}

std::string complaint(const app::UsageError& error) {
  auto what = error.message;
  std::replace(what.begin(), what.end(), '\n', ' ');
  return fmt::format("{}{} ({} --help)", shown(what), error.is_unknown ? suggestion(error.verb, what) : "",
                     error.verb.command);
}

}  // namespace weft::tool
