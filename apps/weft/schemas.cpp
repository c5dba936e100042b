#include "weft/schemas.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "discovery/types.hpp"
#include "discovery/views.hpp"

namespace weft::tool {

Result<Schema> schema_from(const std::string& text_or_file) {
  std::string text = text_or_file;
  if (text.starts_with('@')) {
    std::ifstream file(text_or_file.substr(1));
    if (!file) return sys_error(errno, "open", text_or_file.substr(1));
    text.resize(max_schema_bytes + 1);
    file.read(text.data(), std::streamsize(text.size()));
    text.resize(std::min(std::size_t(file.gcount()), text.find('\n')));
  }
  auto schema = Schema::parse(text);
  if (!schema) return Error{Errc::invalid_argument, std::move(schema).error().message};
  return schema;
}

Result<std::vector<Schema>> schemas_named(const std::string& name, Tool& tool) {
  if (name.starts_with('@') || name.find('{') != std::string::npos) {
    WEFT_TRY(auto schema, schema_from(name));
    return std::vector<Schema>{std::move(schema)};
  }
  WEFT_TRY(const auto watcher, tool.watch());
  WEFT_TRY(auto schemas, discovery::schemas_named(watcher.graph(), name));
  for (const auto& line : schemas.unsound)
    app::say("weft", line);
  return std::move(schemas.sound);
}

Result<std::shared_ptr<const Schema>> type_to_send(Sort sort, const std::string& name, const Typing& typing,
                                                   Tool& tool) {
  if (!typing.schema.empty()) {
    auto schema = schema_from(typing.schema);
    if (!schema) return std::move(schema).error().within("--schema");
    return std::make_shared<const Schema>(*std::move(schema));
  }
  const auto watcher =
      typing.peers.any() ? Result<discovery::Watcher>(Error{Errc::unavailable, {}}) : tool.watch();
  if (!watcher) return std::shared_ptr<const Schema>();
  const auto channel = discovery::find_channel(watcher->graph(), sort, name);
  for (const auto text : channel ? channel->schemas() : std::vector<std::string_view>()) {
    if (auto schema = Schema::parse(text)) return std::make_shared<const Schema>(*std::move(schema));
  }
  return std::shared_ptr<const Schema>();
}

discovery::PortKind readers_of(Sort sort) {
  const auto [owner, guest] = discovery::sides_of(sort);
  return discovery::is_writer(owner) ? guest : owner;
}

std::string untyped_by(const Awaited& awaited, std::uint32_t matched) {
  return fmt::format("nobody says the type of {} ({}: {}); give it with --schema", shown(awaited.name, 100),
                     discovery::key_of(readers_of(awaited.sort)), matched);
}

Error untyped(const Awaited& awaited, std::uint32_t matched, const Tool& tool) {
  const auto reasons =
      awaited.peers.any() ? std::vector<std::string>() : tool.reasons(awaited.sort, awaited.name);
  auto message = untyped_by(awaited, matched);
  if (!reasons.empty()) message += "; " + reasons.front();
  return Error{Errc::timeout, std::move(message)};
}

}  // namespace weft::tool
