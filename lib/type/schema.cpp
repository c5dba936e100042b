#include "type/schema.hpp"

#include <fmt/core.h>

#include "type/schema_parser.hpp"

namespace weft {
namespace {

void print(std::string& out, const Type& type, bool brief);

void print_enumerators(std::string& out, const Type& type) {
  out += fmt::format(":{}(", scalar_names[static_cast<std::size_t>(type.underlying)]);
  for (const auto& each : type.enumerators) {
    if (&each != &type.enumerators.front()) out += ',';
    out += fmt::format("{}={}", each.name, each.value);
  }
  out += ')';
}

void print_fields(std::string& out, const Type& type) {
  out += '{';
  for (const auto& field : type.fields) {
    if (&field != &type.fields.front()) out += ',';
    out += field.name;
    out += ':';
    print(out, field.type, false);
  }
  out += '}';
}

void print_composite(std::string& out, const Type& type, bool brief) {
  out += detail::composite_name(type.kind);
  out += '<';
  for (const auto& arg : type.args) {
    if (&arg != &type.args.front()) out += ',';
    print(out, arg, brief);
  }
  if (type.kind == Kind::array) out += fmt::format(",{}", type.count);
  out += '>';
}

void print(std::string& out, const Type& type, bool brief) {
  if (is_scalar(type.kind)) {
    out += scalar_names[static_cast<std::size_t>(type.kind)];
  } else if (type.kind != Kind::enumeration && type.kind != Kind::message) {
    print_composite(out, type, brief);
  } else {
    out += type.name;
    if (brief) return;
    if (type.kind == Kind::message) {
      print_fields(out, type);
    } else {
      print_enumerators(out, type);
    }
  }
}

}  // namespace

std::string Type::text() const {
  std::string out;
  print(out, *this, false);
  return out;
}

std::string Type::label() const {
  std::string out;
  print(out, *this, true);
  return out;
}

Result<Schema> Schema::parse(std::string_view text) {
  detail::SchemaParser parser(text);
  Type root;
  if (!parser.parse(root)) return parser.error();
  return Schema(std::string(text), std::move(root));
}

}  // namespace weft
