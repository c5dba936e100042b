#include "codec/json_schema.hpp"

#include <map>
#include <string>

#include <fmt/core.h>

namespace weft {
namespace {

class Describing {
 public:
  Json value(const Type& type) {
    switch (type.kind) {
      case Kind::message:
      case Kind::enumeration:
        return reference(type);
      case Kind::optional:
        return {{"anyOf", Json::array({Json{{"type", "null"}}, value(type.args[0])})}};
      case Kind::list:
        return {{"type", "array"}, {"items", value(type.args[0])}};
      case Kind::array:
        return {{"type", "array"},
                {"items", value(type.args[0])},
                {"minItems", type.count},
                {"maxItems", type.count}};
      case Kind::map:
        return {{"type", "object"},
                {"propertyNames", key(type.args[0])},
                {"additionalProperties", value(type.args[1])}};
      case Kind::variant:
        return variant(type);
      default:
        return scalar(type.kind);
    }
  }

  [[nodiscard]] Json definition(const Type& type) {
    return type.kind == Kind::message ? message(type) : enumeration(type);
  }
  [[nodiscard]] Json take() { return std::move(definitions_); }

 private:
  /// To the definition of this name; a second type of the name stands where it is used.
  Json reference(const Type& type) {
    const auto [known, added] = known_.emplace(type.name, type.text());
    if (!added && known->second != type.text()) return definition(type);
    if (added) {
      auto made = definition(type);
      definitions_[type.name] = std::move(made);
    }
    const auto slash = type.name.find('/');
    return {{"$ref", fmt::format("#/$defs/{}~1{}", type.name.substr(0, slash), type.name.substr(slash + 1))}};
  }

  Json message(const Type& type) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto& field : type.fields) {
      properties[field.name] = value(field.type);
      required.push_back(field.name);
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
  }

  static Json enumeration(const Type& type) {
    Json names = Json::array();
    for (const auto& each : type.enumerators)
      names.push_back(each.name);
    return {{"enum", std::move(names)}};
  }

  Json variant(const Type& type) {
    Json alternatives = Json::array();
    for (const auto& each : type.args) {
      const auto label = each.label();
      alternatives.push_back({{"type", "object"},
                              {"properties", {{label, value(each)}}},
                              {"required", Json::array({label})},
                              {"additionalProperties", false}});
    }
    return {{"oneOf", std::move(alternatives)}};
  }

  Json key(const Type& type) {
    if (type.kind == Kind::enumeration) return reference(type);
    if (type.kind == Kind::string) return {{"type", "string"}};
    return {{"pattern", is_signed(type.kind) ? "^(0|-?[1-9][0-9]*)$" : "^(0|[1-9][0-9]*)$"}};
  }

  static Json scalar(Kind kind) {
    if (is_integer(kind)) return integer(kind);
    switch (kind) {
      case Kind::boolean:
        return {{"type", "boolean"}};
      case Kind::f32:
      case Kind::f64:
        return {{"anyOf", Json::array({Json{{"type", "number"}}, Json{{"enum", {"nan", "inf", "-inf"}}}})}};
      case Kind::bytes:
        return {{"type", "string"}, {"contentEncoding", "base64"}};
      case Kind::time:
        return {{"type", "string"}, {"format", "date-time"}};
      case Kind::duration:
        return {{"type", "string"}, {"pattern", "^-?[0-9]+([.][0-9]{1,9})?s$"}};
      default:
        return {{"type", "string"}};
    }
  }

  static Json integer(Kind kind) {
    const auto bits = bits_of(kind);
    Json out = {{"type", "integer"}};
    if (is_unsigned(kind)) {
      out["minimum"] = 0;
      out["maximum"] = ~std::uint64_t{0} >> (64 - bits);
    } else {
      const auto top = static_cast<std::int64_t>(~std::uint64_t{0} >> (65 - bits));
      out["minimum"] = -top - 1;
      out["maximum"] = top;
    }
    return out;
  }

  std::map<std::string, std::string, std::less<>> known_;  // name and canonical text of each definition
  Json definitions_ = Json::object();
};

}  // namespace

Json json_schema(const Schema& schema) {
  Describing describing;
  Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"$id", "weft:" + schema.name()},
              {"title", schema.name()},
              {"$comment", schema.text()}};
  out.update(describing.definition(schema.root()));
  if (auto definitions = describing.take(); !definitions.empty()) out["$defs"] = std::move(definitions);
  return out;
}

}  // namespace weft
