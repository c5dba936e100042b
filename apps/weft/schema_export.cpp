// weft schema export: a type for other languages and programs.
#include <memory>

#include <fmt/format.h>

#include "codec/json_schema.hpp"
#include "type/cpp_header.hpp"
#include "weft/schemas.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Export {
  std::string name;
  std::string format = "text";
  std::string part;
};

/// One schema: of a service, the part that is asked for.
Result<Schema> chosen(const Export& options, std::vector<Schema> schemas) {
  if (options.part.empty() && schemas.size() == 1) return std::move(schemas.front());
  std::string names;
  for (auto& schema : schemas) {
    if (schema.name() == options.part) return std::move(schema);
    names += (names.empty() ? "" : ", ") + schema.name();
  }
  return Error{Errc::invalid_argument,
               fmt::format("{} has several types; choose one by --type: {}", options.name, names)};
}

Result<void> write(const Export& options, Tool& tool) {
  WEFT_TRY(auto schemas, schemas_named(options.name, tool));
  WEFT_TRY(const auto schema, chosen(options, std::move(schemas)));
  if (options.format == "text") return print_line(schema.text());
  if (options.format == "json") return print_line(json_schema(schema).dump(2));
  WEFT_TRY(const auto header, cpp_header(schema));
  return print_text(header);
}

}  // namespace

void add_schema_export(app::Command& schema, Run& run) {
  auto options = std::make_shared<Export>();
  auto verb = schema.verb("export", "Write a type as canonical text, JSON Schema or a C++ header");
  verb.option("name", options->name, "A topic, a service, a queue, a type, canonical text, or @FILE")
      .required();
  verb.option("-f,--format", options->format,
              "text: canonical; json: JSON Schema, draft 2020-12; cpp: a header")
      .one_of({"text", "json", "cpp"})
      .value("FORMAT")
      .show_default();
  verb.option("-t,--type", options->part, "Which, where the name has several (a service's response)")
      .value("TYPE");
  verb.footer("Example: weft schema export host/cpu --format cpp > cpu.hpp");
  verb.on_given([options, &run] {
    run = [options](Tool& tool) {
      tool.interrupt.end_at_once();  // it leaves nothing behind
      return write(*options, tool);
    };
  });
}

}  // namespace weft::tool
