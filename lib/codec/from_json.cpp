#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <msgpack.hpp>

#include "base/foreign_text.hpp"
#include "codec/cursor.hpp"
#include "codec/dynamic.hpp"
#include "codec/json_path.hpp"
#include "codec/json_text.hpp"

namespace weft {
namespace {

using codec::JsonPath;

constexpr std::size_t max_output_bytes = 256 << 20;
constexpr std::size_t max_shown = 40;

/// "string \"abc\"", "number 1.5", "object": what an error says that it found.
std::string found(const Json& json) {
  if (json.is_object() || json.is_array()) return json.is_object() ? "object" : "array";
  if (json.is_null()) return "null";
  auto text = shown(json.dump(-1, ' ', false, Json::error_handler_t::replace), max_shown);
  return fmt::format("{} {}", json.type_name() == std::string_view("boolean") ? "bool" : json.type_name(),
                     text);
}

/// What the packer writes to.
struct Output {
  Bytes bytes;
  void write(const char* data, std::size_t size) {
    auto view = as_bytes({data, size});
    bytes.insert(bytes.end(), view.begin(), view.end());
  }
};

/// Encodes one message; every member returns false after noting the first failure.
class Writing {
 public:
  bool value(const Type& type, const Json& json) {
    if (output_.bytes.size() > max_output_bytes)
      return fail("the message is longer than 256 MiB", Errc::too_big);
    switch (type.kind) {
      case Kind::message:
        return message(type, json);
      case Kind::enumeration:
        return enumeration(type, json);
      case Kind::optional:
        return json.is_null() ? nil() : value(type.args[0], json);
      case Kind::list:
      case Kind::array:
        return elements(type, json);
      case Kind::map:
        return map(type, json);
      case Kind::variant:
        return variant(type, json);
      default:
        return scalar(type, json);
    }
  }

  [[nodiscard]] Error error(const Schema& schema) const {
    return Error{code_, fmt::format("JSON for {}: {}{}", schema.name(), path_.prefix(), reason_)};
  }
  [[nodiscard]] Bytes take() { return std::move(output_.bytes); }

 private:
  bool fail(std::string reason, Errc code = Errc::invalid_argument) {
    reason_ = std::move(reason);
    code_ = code;
    path_.freeze();
    return false;
  }
  bool expected(std::string_view what, const Json& json) {
    return fail(fmt::format("expected {}, found {}", what, found(json)));
  }

  bool nil() {
    packer_.pack_nil();
    return true;
  }

  /// The value of a field that is left out.
  bool zero(const Type& type) {
    switch (type.kind) {
      case Kind::message:
        packer_.pack_array(static_cast<std::uint32_t>(type.fields.size()));
        for (const auto& field : type.fields) {
          if (!zero(field.type)) return false;
        }
        return true;
      case Kind::array:
        packer_.pack_array(type.count);
        for (std::uint32_t i = 0; i < type.count; ++i) {
          if (!zero(type.args[0])) return false;
        }
        return true;
      case Kind::variant:
        packer_.pack_array(2).pack(0);
        return zero(type.args[0]);
      case Kind::enumeration:
        packer_.pack(zero_of(type));
        return true;
      case Kind::optional:
        return nil();
      case Kind::list:
        packer_.pack_array(0);
        return true;
      case Kind::map:
        packer_.pack_map(0);
        return true;
      case Kind::boolean:
        packer_.pack_false();
        return true;
      case Kind::string:
        packer_.pack_str(0);
        return true;
      case Kind::bytes:
        packer_.pack_bin(0);
        return true;
      default:
        return scalar(type, Json(0));
    }
  }
  static std::int64_t zero_of(const Type& type) {
    for (const auto& each : type.enumerators) {
      if (each.value == 0) return 0;
    }
    return type.enumerators.front().value;
  }

  bool message(const Type& type, const Json& json) {
    if (!json.is_object()) return expected(type.label(), json);
    std::map<std::string_view, const Json*> given;
    for (const auto& [name, member] : json.get_ref<const Json::object_t&>())
      given.emplace(name, &member);
    packer_.pack_array(static_cast<std::uint32_t>(type.fields.size()));
    for (const auto& field : type.fields) {
      JsonPath::Part part(path_, field.name);
      auto member = given.find(field.name);
      if (!(member == given.end() ? zero(field.type) : value(field.type, *member->second))) return false;
      if (member != given.end()) given.erase(member);
    }
    return given.empty() || unknown_field(type, given.begin()->first);
  }
  bool unknown_field(const Type& type, std::string_view name) {
    std::string fields;
    for (const auto& field : type.fields)
      fields += (fields.empty() ? "" : ", ") + field.name;
    JsonPath::Part part(path_, shown(name, max_shown));
    return fail(fmt::format("unknown field: {} has {}", type.name,
                            fields.empty() ? "none" : shown(fields, max_shown)));
  }

  bool elements(const Type& type, const Json& json) {
    if (!json.is_array()) return expected(type.label(), json);
    if (type.kind == Kind::array && json.size() != type.count) {
      return fail(fmt::format("expected {} elements, found {}", type.count, json.size()));
    }
    packer_.pack_array(static_cast<std::uint32_t>(json.size()));
    std::size_t i = 0;
    for (const auto& element : json) {
      JsonPath::Part part(path_, i++);
      if (!value(type.args[0], element)) return false;
    }
    return true;
  }

  bool map(const Type& type, const Json& json) {
    if (!json.is_object()) return expected(type.label(), json);
    packer_.pack_map(static_cast<std::uint32_t>(json.size()));
    for (const auto& [key, member] : json.get_ref<const Json::object_t&>()) {
      JsonPath::Part part(path_, shown(key, max_shown));
      if (!map_key(type.args[0], key) || !value(type.args[1], member)) return false;
    }
    return true;
  }
  bool map_key(const Type& type, const std::string& key) {
    if (!is_integer(type.kind)) return value(type, Json(key));
    auto number = Json::parse(key, nullptr, false);
    bool canonical = number.is_number_integer() && number.dump() == key;
    return canonical ? value(type, number) : fail(fmt::format("expected {} as the key", type.label()));
  }

  bool variant(const Type& type, const Json& json) {
    bool single = json.is_object() && json.size() == 1;
    if (!single)
      return expected(fmt::format("an object with one member, an alternative of {}", type.label()), json);
    const auto& [label, member] = json.get_ref<const Json::object_t&>().front();
    for (std::size_t i = 0; i < type.args.size(); ++i) {
      if (type.args[i].label() != label) continue;
      packer_.pack_array(2).pack(i);
      JsonPath::Part part(path_, label);
      return value(type.args[i], member);
    }
    return fail(fmt::format("\"{}\" is no alternative of {}", shown(label, max_shown), type.label()));
  }

  bool enumeration(const Type& type, const Json& json) {
    std::string names;
    for (const auto& each : type.enumerators) {
      if (json.is_string() && json.get_ref<const std::string&>() == each.name) {
        packer_.pack(each.value);
        return true;
      }
      names += (names.empty() ? "" : ", ") + each.name;
    }
    return expected(fmt::format("{} ({})", type.name, shown(names, max_shown)), json);
  }

  bool scalar(const Type& type, const Json& json) {
    if (is_integer(type.kind)) return integer(type, json);
    switch (type.kind) {
      case Kind::boolean:
        if (!json.is_boolean()) return expected("bool", json);
        packer_.pack(json.get<bool>());
        return true;
      case Kind::string:
        if (!json.is_string()) return expected("string", json);
        packer_.pack(json.get_ref<const std::string&>());
        return true;
      case Kind::bytes:
        return bytes(json);
      case Kind::time:
      case Kind::duration:
        return nanoseconds(type, json);
      default:
        return real(type, json);
    }
  }

  bool integer(const Type& type, const Json& json) {
    if (!json.is_number_integer()) return expected(type.label(), json);
    bool negative = !json.is_number_unsigned() && json.get<std::int64_t>() < 0;
    auto bits = negative ? static_cast<std::uint64_t>(json.get<std::int64_t>()) : json.get<std::uint64_t>();
    if (!codec::fits(type.kind, negative, bits)) return expected(range_of(type), json);
    if (negative) {
      packer_.pack(static_cast<std::int64_t>(bits));
    } else {
      packer_.pack(bits);
    }
    return true;
  }
  static std::string range_of(const Type& type) {
    auto width = bits_of(type.kind);
    if (is_unsigned(type.kind))
      return fmt::format("{} (0 to {})", type.label(), ~std::uint64_t{0} >> (64 - width));
    auto top = static_cast<std::int64_t>(~std::uint64_t{0} >> (65 - width));
    return fmt::format("{} ({} to {})", type.label(), -top - 1, top);
  }

  bool nanoseconds(const Type& type, const Json& json) {
    std::optional<Duration> count;
    if (json.is_number_integer()) {
      if (!json.is_number_unsigned() || codec::fits(Kind::i64, false, json.get<std::uint64_t>())) {
        count = Duration{json.get<std::int64_t>()};
      }
    } else if (json.is_string() && type.kind == Kind::duration) {
      count = codec::parse_duration(json.get_ref<const std::string&>());
    } else if (json.is_string()) {
      auto time = codec::parse_time(json.get_ref<const std::string&>());
      if (time) count = time->time_since_epoch();
    }
    if (!count) {
      return expected(
          type.kind == Kind::time ? "time such as \"2026-01-02T03:04:05.678Z\"" : "duration such as \"1.5s\"",
          json);
    }
    packer_.pack_fix_int64(count->count());
    return true;
  }

  bool bytes(const Json& json) {
    auto decoded = json.is_string() ? codec::parse_base64(json.get_ref<const std::string&>()) : std::nullopt;
    if (!decoded) return expected("bytes as base64", json);
    packer_.pack_bin(static_cast<std::uint32_t>(decoded->size()));
    packer_.pack_bin_body(as_text(*decoded).data(), static_cast<std::uint32_t>(decoded->size()));
    return true;
  }

  bool real(const Type& type, const Json& json) {
    auto number = real_of(json);
    if (!number) return expected(type.label(), json);
    if (type.kind == Kind::f64) return packed(codec::tag::f64, std::bit_cast<std::uint64_t>(*number));
    if (std::isfinite(*number) && std::fabs(*number) > std::numeric_limits<float>::max()) {
      return expected("f32 (at most 3.4e38)", json);
    }
    return packed(codec::tag::f32, std::bit_cast<std::uint32_t>(static_cast<float>(*number)));
  }
  static std::optional<double> real_of(const Json& json) {
    if (json.is_number()) return json.get<double>();
    if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (json == "inf") return std::numeric_limits<double>::infinity();
    if (json == "-inf") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }
  /// msgpack-c packs a whole-numbered float as an integer; weft's floats always travel as floats.
  template <class U>
  bool packed(std::uint8_t first, U bits) {
    std::byte item[1 + sizeof bits];
    codec::store_tag(item, first);
    codec::store(item + 1, bits);
    output_.bytes.insert(output_.bytes.end(), std::begin(item), std::end(item));
    return true;
  }

  Output output_;
  msgpack::packer<Output> packer_{output_};
  JsonPath path_;
  std::string reason_;
  Errc code_ = Errc::invalid_argument;
};

}  // namespace

Result<Bytes> from_json(const Schema& schema, const Json& json) {
  Writing writing;
  if (!writing.value(schema.root(), json)) return writing.error(schema);
  return writing.take();
}

}  // namespace weft
