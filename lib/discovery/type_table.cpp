#include "discovery/type_table.hpp"

#include <algorithm>
#include <utility>

namespace weft::discovery {

namespace {

bool same_or_any(const TypeTable::Type& one, const TypeTable::Type& other) {
  return one->id == other->id || one->id == 0 || other->id == 0;
}

}  // namespace

TypeTable::Type TypeTable::intern(const std::string& text) {
  const auto known = entries_.find(text);
  if (known != entries_.end()) return known->second.lock();
  const auto forget = [this](Entry* entry) {
    entries_.erase(entry->text);
    std::default_delete<Entry>()(entry);
  };
  Type made(std::make_unique<Entry>(text, text.empty() ? 0 : ++last_id_).release(), forget);
  entries_.emplace(made->text, made);
  return made;
}

std::shared_ptr<const std::string> TypeTable::misfit(const Pair& writer, const Pair& reader) {
  if (same_or_any(writer.schema, reader.schema) && same_or_any(writer.response, reader.response))
    return nullptr;
  if (verdicts_.size() == most_verdicts) verdicts_.clear();
  const Key key{writer.schema->id, writer.response->id, reader.schema->id, reader.response->id};
  const auto [verdict, fresh] = verdicts_.try_emplace(key);
  if (!fresh) return verdict->second;
  const auto plans =
      plan_types({writer.schema->type, writer.response->type}, {reader.schema->type, reader.response->type});
  for (const auto& type : {writer.schema, writer.response, reader.schema, reader.response})
    note_parsed(type);
  if (!plans) verdict->second = std::make_shared<const std::string>(plans.error().message);
  return verdict->second;
}

/// Parsed, a text takes many times its length.
void TypeTable::note_parsed(const Type& type) {
  if (!type->type.is_parsed() || std::ranges::find(parsed_, type) != parsed_.end()) return;
  parsed_.push_back(type);
  if (parsed_.size() <= most_parsed) return;
  parsed_.front()->type.forget();
  parsed_.pop_front();
}

}  // namespace weft::discovery
