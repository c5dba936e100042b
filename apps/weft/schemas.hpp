// Schemas that the command line names: by text, by file, or by what the directory knows.
#pragma once

#include <string>
#include <vector>

#include "type/schema.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

/// Canonical text, or @FILE, whose first line it is. Errors: invalid_argument (the text), the kernel's (the file).
Result<Schema> schema_from(const std::string& text_or_file);

/// Those that `name` means: canonical text, @FILE, a topic's, a service's request and response, or a type by its name;
/// never empty. What somebody announced and is no schema it says on standard error. Errors: as above; not_found, with
/// names that may have been meant; malformed, nothing that is announced is a schema; tool.watch()'s.
Result<std::vector<Schema>> schemas_named(const std::string& name, Tool& tool);

}  // namespace weft::tool
