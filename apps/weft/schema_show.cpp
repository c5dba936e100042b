// weft schema show: a type, for people indented, for programs as canonical text.

#include <fmt/format.h>

#include "weft/look.hpp"
#include "weft/schemas.hpp"

namespace weft::tool {

namespace {

/// Each field on a line of its own.
void indented(const Type& type, std::size_t depth, const app::Terminal& terminal, std::string& out) {
  for (const auto& field : type.fields) {
    const Type* inner = &field.type;
    while (!inner->args.empty() && inner->kind != Kind::variant)
      inner = &inner->args.back();
    out.append(2 * depth, ' ');
    out += fmt::format("{}: {}", terminal.paint(app::Colour::cyan, field.name), field.type.label());
    if (inner->kind == Kind::enumeration) {
      std::string names;
      for (const auto& each : inner->enumerators)
        names += fmt::format("{}{}={}", names.empty() ? "" : ", ", each.name, each.value);
      out += fmt::format(" ({})", names);
    }
    out += '\n';
    indented(*inner, depth + 1, terminal, out);
  }
}

Result<void> show(const Asked& asked, Tool& tool) {
  WEFT_TRY(const auto schemas, schemas_named(asked.name, tool));
  for (const auto& schema : schemas) {
    if (asked.json) {
      const Json line{{"name", schema.name()},
                      {"fingerprint", fmt::format("{:016x}", schema.fingerprint())},
                      {"schema", schema.text()}};
      WEFT_CHECK(print_line(json_line(line)));
    } else if (!tool.terminal.is_terminal) {
      WEFT_CHECK(print_line(schema.text()));
    } else {
      auto text = fmt::format("{} {:016x}\n", tool.terminal.paint(app::Colour::bold, schema.name()),
                              schema.fingerprint());
      indented(schema.root(), 1, tool.terminal, text);
      WEFT_CHECK(print_text(text));
    }
  }
  return {};
}

}  // namespace

void add_schema_show(app::Command& schema, Run& run) {
  add_look(schema, run,
           {.verb = "show",
            .help = "Show the types of a topic, service or queue, or a type by its name",
            .footer = "Example: weft schema show host/cpu",
            .argument = "name",
            .argument_help = "A topic, a service, a queue, a type, canonical text, or @FILE"},
           show);
}

}  // namespace weft::tool
