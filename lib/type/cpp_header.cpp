#include "type/cpp_header.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/core.h>

namespace weft {
namespace {

constexpr std::string_view root_namespace = "weft_messages";
constexpr std::size_t max_fields = 256;

// Keywords, alternative tokens, and the macros that are names of C's own headers; sorted.
constexpr std::array taken = std::to_array<std::string_view>({
    "EOF",           "NAN",          "NULL",
    "alignas",       "alignof",      "and",
    "and_eq",        "asm",          "assert",
    "auto",          "bitand",       "bitor",
    "bool",          "break",        "case",
    "catch",         "char",         "char16_t",
    "char32_t",      "char8_t",      "class",
    "co_await",      "co_return",    "co_yield",
    "compl",         "concept",      "const",
    "const_cast",    "consteval",    "constexpr",
    "constinit",     "continue",     "decltype",
    "default",       "delete",       "do",
    "double",        "dynamic_cast", "else",
    "enum",          "errno",        "explicit",
    "export",        "extern",       "false",
    "float",         "for",          "friend",
    "goto",          "if",           "inline",
    "int",           "linux",        "long",
    "mutable",       "namespace",    "new",
    "noexcept",      "not",          "not_eq",
    "nullptr",       "operator",     "or",
    "or_eq",         "private",      "protected",
    "public",        "register",     "reinterpret_cast",
    "requires",      "return",       "short",
    "signed",        "sizeof",       "static",
    "static_assert", "static_cast",  "stderr",
    "stdin",         "stdout",       "struct",
    "switch",        "template",     "this",
    "thread_local",  "throw",        "true",
    "try",           "typedef",      "typeid",
    "typename",      "union",        "unix",
    "unsigned",      "using",        "virtual",
    "void",          "volatile",     "wchar_t",
    "while",         "xor",          "xor_eq",
});
static_assert(std::is_sorted(taken.begin(), taken.end()));

bool is_reserved(std::string_view name) {
  return name.find("__") != std::string_view::npos || name.starts_with("weft_") ||
         name.starts_with("WEFT_") || (name.size() > 1 && name[0] == '_' && name[1] >= 'A' && name[1] <= 'Z');
}

/// Writes each type once, the parts of a type before it; every member returns false after noting the first failure.
class Writer {
 public:
  bool declare(const Type& type) {
    for (const auto& arg : type.args) {
      if (!declare(arg)) return false;
    }
    for (const auto& field : type.fields) {
      if (!declare(field.type)) return false;
    }
    if (type.kind != Kind::message && type.kind != Kind::enumeration) return true;
    return is_known(type) || add(type);
  }

  [[nodiscard]] Error error() const { return Error{Errc::unsupported, reason_}; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  static std::string qualified(const Type& type) {
    const auto slash = type.name.find('/');
    return fmt::format("::{}::{}::{}", root_namespace, type.name.substr(0, slash),
                       type.name.substr(slash + 1));
  }

 private:
  bool fail(std::string reason) {
    if (reason_.empty()) reason_ = "C++ header: " + std::move(reason);
    return false;
  }

  bool is_known(const Type& type) {
    const auto found = known_.find(type.name);
    return found != known_.end() && found->second == type.text();
  }

  bool add(const Type& type) {
    if (!known_.emplace(type.name, type.text()).second)
      return fail("two different types are named " + type.name);
    const auto slash = type.name.find('/');
    const auto package = type.name.substr(0, slash);
    const auto name = type.name.substr(slash + 1);
    if (!check(package, type.name) || !check(name, type.name)) return false;
    text_ += fmt::format("namespace {}::{} {{\n", root_namespace, package);
    const bool written = type.kind == Kind::message ? message(type, name) : enumeration(type, name);
    text_ += fmt::format("}}  // namespace {}::{}\n\n", root_namespace, package);
    return written;
  }

  bool check(std::string_view name, std::string_view of) {
    if (std::binary_search(taken.begin(), taken.end(), name) || is_reserved(name))
      return fail(fmt::format("{}: the name \"{}\" is C++'s own", of, name));
    return true;
  }

  bool message(const Type& type, std::string_view name) {
    if (type.fields.size() > max_fields)
      return fail(fmt::format("{} has {} fields, at most {} can be described", type.name, type.fields.size(),
                              max_fields));
    std::string list;
    text_ += fmt::format("struct {} {{\n", name);
    for (const auto& field : type.fields) {
      if (!check(field.name, type.name)) return false;
      if (field.name == name) return fail(fmt::format("{}: a field is named like its struct", type.name));
      text_ += fmt::format("  {} {}{};\n", cpp_type(field.type), field.name, initialiser(field.type));
      list += ", " + field.name;
    }
    text_ += fmt::format("  WEFT_MESSAGE(\"{}\"{})\n}};\n", type.name, list);
    return true;
  }

  bool enumeration(const Type& type, std::string_view name) {
    std::string list;
    text_ += fmt::format("enum class {} : {} {{\n", name, scalar(type.underlying));
    for (const auto& each : type.enumerators) {
      if (!check(each.name, type.name)) return false;
      text_ += fmt::format("  {} = {},\n", each.name, literal(each.value));
      list += ", " + each.name;
    }
    text_ += fmt::format("}};\nWEFT_ENUM({}, \"{}\"{})\n", name, type.name, list);
    return true;
  }

  static std::string literal(std::int64_t value) {
    return value == std::numeric_limits<std::int64_t>::min() ? fmt::format("{} - 1", value + 1)
                                                             : fmt::format("{}", value);
  }

  /// A value of its own for what would otherwise be undefined.
  static std::string initialiser(const Type& type) {
    if (type.kind == Kind::enumeration) {
      const auto zero = std::find_if(type.enumerators.begin(), type.enumerators.end(),
                                     [](const Enumerator& each) { return each.value == 0; });
      const auto& first = zero == type.enumerators.end() ? type.enumerators.front() : *zero;
      return fmt::format(" = {}::{}", qualified(type), first.name);
    }
    const bool number = is_scalar(type.kind) && type.kind != Kind::string && type.kind != Kind::bytes;
    return number || type.kind == Kind::array ? "{}" : "";
  }

  static std::string scalar(Kind kind) {
    if (is_integer(kind)) return fmt::format("::std::{}int{}_t", is_signed(kind) ? "" : "u", bits_of(kind));
    switch (kind) {
      case Kind::boolean:
        return "bool";
      case Kind::f32:
        return "float";
      case Kind::f64:
        return "double";
      case Kind::string:
        return "::std::string";
      case Kind::bytes:
        return "::weft::Bytes";
      case Kind::time:
        return "::weft::Time";
      default:
        return "::weft::Duration";
    }
  }

  static std::string cpp_type(const Type& type) {
    switch (type.kind) {
      case Kind::message:
      case Kind::enumeration:
        return qualified(type);
      case Kind::optional:
        return composite("optional", type);
      case Kind::list:
        return composite("vector", type);
      case Kind::map:
        return composite("map", type);
      case Kind::variant:
        return composite("variant", type);
      case Kind::array:
        return fmt::format("::std::array<{}, {}>", cpp_type(type.args[0]), type.count);
      default:
        return scalar(type.kind);
    }
  }

  static std::string composite(std::string_view name, const Type& type) {
    std::string args;
    for (const auto& arg : type.args)
      args += (args.empty() ? "" : ", ") + cpp_type(arg);
    return fmt::format("::std::{}<{}>", name, args);
  }

  std::string text_;
  std::string reason_;
  std::map<std::string, std::string, std::less<>> known_;  // name and canonical text of what was written
};

constexpr std::string_view opening = R"(// {}, generated by weft from its schema. Do not edit.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <weft.hpp>

)";

}  // namespace

Result<std::string> cpp_header(const Schema& schema) {
  Writer writer;
  if (!writer.declare(schema.root())) return writer.error();
  return fmt::format(opening, schema.name()) + writer.text() +
         fmt::format("static_assert(::weft::fingerprint<{}>() == 0x{:016x});\n",
                     Writer::qualified(schema.root()), schema.fingerprint());
}

}  // namespace weft
