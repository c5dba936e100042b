#include "weft/schemas.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "common/exit.hpp"
#include "discovery/types.hpp"

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

}  // namespace weft::tool
