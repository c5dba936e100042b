#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
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
using Object = msgpack::object;

std::string_view item_name(const Object& item) {
  switch (item.type) {
    case msgpack::type::NIL:
      return "nil";
    case msgpack::type::BOOLEAN:
      return "bool";
    case msgpack::type::POSITIVE_INTEGER:
    case msgpack::type::NEGATIVE_INTEGER:
      return "integer";
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      return "float";
    case msgpack::type::STR:
      return "string";
    case msgpack::type::BIN:
      return "bytes";
    case msgpack::type::ARRAY:
      return "array";
    case msgpack::type::MAP:
      return "map";
    default:
      return "extension";
  }
}

bool is_integer_item(const Object& item) {
  return item.type == msgpack::type::POSITIVE_INTEGER || item.type == msgpack::type::NEGATIVE_INTEGER;
}

/// Turns one unpacked message into JSON; every member returns false after noting the first failure.
class Reading {
 public:
  bool value(const Type& type, const Object& item, Json& out) {
    switch (type.kind) {
      case Kind::message:
        return message(type, item, out);
      case Kind::enumeration:
        return enumeration(type, item, out);
      case Kind::optional:
        return item.is_nil() || value(type.args[0], item, out);
      case Kind::list:
      case Kind::array:
        return elements(type, item, out);
      case Kind::map:
        return map(type, item, out);
      case Kind::variant:
        return variant(type, item, out);
      default:
        return scalar(type, item, out);
    }
  }

  [[nodiscard]] Error error(const Schema& schema) const {
    return Error{code_, fmt::format("decode {}: {}{}", schema.name(), path_.prefix(), reason_)};
  }

 private:
  bool fail(std::string reason, Errc code = Errc::malformed) {
    reason_ = std::move(reason);
    code_ = code;
    path_.freeze();
    return false;
  }
  bool expected(const Type& type, const Object& item) {
    return fail(fmt::format("expected {}, found {}", type.label(), item_name(item)));
  }

  bool message(const Type& type, const Object& item, Json& out) {
    if (item.type != msgpack::type::ARRAY) return expected(type, item);
    if (item.via.array.size != type.fields.size()) {
      return fail(fmt::format("expected {} fields, found {}", type.fields.size(), item.via.array.size));
    }
    out = Json::object();
    auto& members = out.get_ref<Json::object_t&>();
    members.reserve(type.fields.size());
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      const auto& field = type.fields[i];
      JsonPath::Part part(path_, field.name);
      auto& member = members.emplace_back(field.name, nullptr);
      if (!value(field.type, item.via.array.ptr[i], member.second)) return false;
    }
    return true;
  }

  bool elements(const Type& type, const Object& item, Json& out) {
    if (item.type != msgpack::type::ARRAY) return expected(type, item);
    if (type.kind == Kind::array && item.via.array.size != type.count) {
      return fail(fmt::format("expected {} elements, found {}", type.count, item.via.array.size));
    }
    out = Json::array();
    auto& list = out.get_ref<Json::array_t&>();
    list.reserve(item.via.array.size);
    for (std::uint32_t i = 0; i < item.via.array.size; ++i) {
      JsonPath::Part part(path_, i);
      if (!value(type.args[0], item.via.array.ptr[i], list.emplace_back(nullptr))) return false;
    }
    return true;
  }

  bool map(const Type& type, const Object& item, Json& out) {
    if (item.type != msgpack::type::MAP) return expected(type, item);
    out = Json::object();
    auto& members = out.get_ref<Json::object_t&>();
    members.reserve(item.via.map.size);
    std::set<std::string> seen;
    for (std::uint32_t i = 0; i < item.via.map.size; ++i) {
      const auto& entry = item.via.map.ptr[i];
      Json key;
      JsonPath::Part part(path_, i);
      if (!value(type.args[0], entry.key, key)) return false;
      auto text = key.is_string() ? key.get<std::string>() : key.dump();
      if (!seen.insert(text).second) return fail("the same key twice");
      auto& member = members.emplace_back(std::move(text), nullptr);
      if (!value(type.args[1], entry.val, member.second)) return false;
    }
    return true;
  }

  bool variant(const Type& type, const Object& item, Json& out) {
    bool pair = item.type == msgpack::type::ARRAY && item.via.array.size == 2 &&
                item.via.array.ptr[0].type == msgpack::type::POSITIVE_INTEGER;
    if (!pair)
      return fail(fmt::format("expected [index, value] of {}, found {}", type.label(), item_name(item)));
    auto index = item.via.array.ptr[0].via.u64;
    if (index >= type.args.size()) {
      return fail(fmt::format("alternative {} of {}: unknown", index, type.label()), Errc::incompatible);
    }
    const auto& chosen = type.args[index];
    out = Json::object();
    auto& member = out.get_ref<Json::object_t&>().emplace_back(chosen.label(), nullptr);
    return value(chosen, item.via.array.ptr[1], member.second);
  }

  bool enumeration(const Type& type, const Object& item, Json& out) {
    if (!is_integer_item(item)) return expected(type, item);
    for (const auto& each : type.enumerators) {
      bool negative = item.type == msgpack::type::NEGATIVE_INTEGER;
      if (negative == (each.value < 0) && item.via.i64 == each.value) {
        out = each.name;
        return true;
      }
    }
    return fail(fmt::format("{} has no enumerator of this value", type.name), Errc::incompatible);
  }

  bool scalar(const Type& type, const Object& item, Json& out) {
    if (is_integer(type.kind)) return integer(type, item, out);
    switch (type.kind) {
      case Kind::boolean:
        if (item.type != msgpack::type::BOOLEAN) return expected(type, item);
        out = item.via.boolean;
        return true;
      case Kind::string:
        return string(type, item, out);
      case Kind::bytes:
        if (item.type != msgpack::type::BIN) return expected(type, item);
        out = codec::base64_text(as_bytes({item.via.bin.ptr, item.via.bin.size}));
        return true;
      case Kind::time:
      case Kind::duration:
        return nanoseconds(type, item, out);
      default:
        return real(type, item, out);
    }
  }

  bool integer(const Type& type, const Object& item, Json& out) {
    if (!is_integer_item(item)) return expected(type, item);
    bool negative = item.type == msgpack::type::NEGATIVE_INTEGER;
    if (!codec::fits(type.kind, negative, item.via.u64)) {
      return fail(fmt::format("an integer out of the range of {}", type.label()));
    }
    if (negative) {
      out = item.via.i64;
    } else {
      out = item.via.u64;
    }
    return true;
  }

  bool nanoseconds(const Type& type, const Object& item, Json& out) {
    bool fits = is_integer_item(item) &&
                codec::fits(Kind::i64, item.type == msgpack::type::NEGATIVE_INTEGER, item.via.u64);
    if (!fits) return expected(type, item);
    Duration count{item.via.i64};
    out = type.kind == Kind::time ? codec::time_text(Time{count}) : codec::duration_text(count);
    return true;
  }

  bool string(const Type& type, const Object& item, Json& out) {
    if (item.type != msgpack::type::STR) return expected(type, item);
    std::string_view text(item.via.str.ptr, item.via.str.size);
    if (!is_utf8(text)) return fail("a string that is not UTF-8");
    out = text;
    return true;
  }

  bool real(const Type& type, const Object& item, Json& out) {
    double number = 0;
    if (is_integer_item(item)) {
      number = item.type == msgpack::type::NEGATIVE_INTEGER ? static_cast<double>(item.via.i64)
                                                            : static_cast<double>(item.via.u64);
    } else if (item.type == msgpack::type::FLOAT32 || item.type == msgpack::type::FLOAT64) {
      number = item.via.f64;
    } else {
      return expected(type, item);
    }
    if (type.kind == Kind::f32) number = static_cast<float>(number);
    if (std::isfinite(number)) {
      out = number;
    } else {
      out = std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    return true;
  }

  JsonPath path_;
  std::string reason_;
  Errc code_ = Errc::malformed;
};

}  // namespace

Result<Json> to_json(const Schema& schema, BytesView bytes) {
  // A first pass proves that each count is backed by bytes, so that unpacking allocates in proportion to
  // them.
  codec::Reader whole(bytes);
  if (!whole.skip_item()) return whole.error(schema.name());
  if (whole.left() != 0) {
    whole.fail("trailing bytes");
    return whole.error(schema.name());
  }
  constexpr std::size_t any = 0xffffffff;
  msgpack::object_handle message;
  try {
    auto borrow = [](msgpack::type::object_type /*type*/, std::size_t /*size*/, void* /*user*/) {
      return true;
    };
    message = msgpack::unpack(as_text(bytes).data(), bytes.size(), borrow, nullptr,
                              msgpack::unpack_limit(any, any, any, any, any, max_schema_depth + 1));
  } catch (const msgpack::unpack_error& error) {
    return Error{Errc::malformed, fmt::format("decode {}: {}", schema.name(), error.what())};
  }
  Json json;
  Reading reading;
  if (!reading.value(schema.root(), message.get(), json)) return reading.error(schema);
  return json;
}

}  // namespace weft
