#include "type/schema_parser.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "base/planted_bug.hpp"
#include "type/names.hpp"

namespace weft::detail {
namespace {

constexpr std::pair<std::string_view, Kind> composites[] = {{"optional", Kind::optional},
                                                            {"list", Kind::list},
                                                            {"array", Kind::array},
                                                            {"map", Kind::map},
                                                            {"variant", Kind::variant}};

bool fits(std::int64_t value, Kind kind) {
  if (bits_of(kind) == 64) return is_signed(kind) || value >= 0;
  std::int64_t top = std::int64_t{1} << (is_signed(kind) ? bits_of(kind) - 1 : bits_of(kind));
  return value < top && value >= (is_signed(kind) ? -top : 0);
}

}  // namespace

bool SchemaParser::parse(Type& root) {
  if (text_.size() > max_schema_bytes) return fail("the text is longer than 64 KiB");
  if (!type(root, 1)) return false;
  if (root.kind != Kind::message) return fail("the whole must be a message");
  return at_ == text_.size() || fail("expected the end");
}

Error SchemaParser::error() const {
  return Error{Errc::malformed, fmt::format("schema text: {} at byte {} of {}", reason_, at_, text_.size())};
}

bool SchemaParser::fail(std::string_view reason) {
  if (reason_.empty()) reason_ = reason;
  return false;
}

std::string_view SchemaParser::word() {
  auto start = at_;
  while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '/'))
    ++at_;
  return text_.substr(start, at_ - start);
}

bool SchemaParser::accept(char c) {
  if ((at_ == text_.size() && !planted_bug) || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool SchemaParser::expect(char c) {
  return accept(c) || fail(fmt::format("expected '{}'", c));
}

bool SchemaParser::type(Type& out, std::size_t depth) {
  if (depth > max_schema_depth) return fail("types are nested deeper than 64 levels");
  auto name = word();
  bool parsed = accept('{')   ? message(out, name, depth)
                : accept(':') ? enumeration(out, name)
                : accept('<') ? composite(out, name, depth)
                              : scalar(out, name);
  return parsed && measure(out);
}

bool SchemaParser::scalar(Type& out, std::string_view word) {
  const auto* found = std::find(std::begin(scalar_names), std::end(scalar_names), word);
  if (found == std::end(scalar_names)) return fail("expected a type");
  out.kind = static_cast<Kind>(found - std::begin(scalar_names));
  return true;
}

bool SchemaParser::message(Type& out, std::string_view name, std::size_t depth) {
  if (!is_type_name(name)) return fail("a message's name must be package/Type");
  out.kind = Kind::message;
  out.name = name;
  if (accept('}')) return true;
  Names seen;
  do {
    if (!field(out, seen, depth)) return false;
  } while (accept(','));
  return expect('}');
}

bool SchemaParser::field(Type& out, Names& seen, std::size_t depth) {
  auto name = word();
  if (!is_field_name(name)) return fail("expected a field's name");
  if (!seen.insert(name).second) return fail("the same field twice");
  auto& added = out.fields.emplace_back();
  added.name = name;
  return expect(':') && type(added.type, depth + 1);
}

bool SchemaParser::enumeration(Type& out, std::string_view name) {
  if (!is_type_name(name)) return fail("an enum's name must be package/Type");
  out.kind = Kind::enumeration;
  out.name = name;
  Type underlying;
  if (!scalar(underlying, word())) return false;
  if (!is_integer(underlying.kind)) return fail("an enum's underlying type must be an integer");
  out.underlying = underlying.kind;
  if (!expect('(')) return false;
  Names seen;
  do {
    if (!enumerator(out, seen)) return false;
  } while (accept(','));
  std::vector<std::int64_t> values;
  for (const auto& each : out.enumerators)
    values.push_back(each.value);
  std::sort(values.begin(), values.end());
  if (std::adjacent_find(values.begin(), values.end()) != values.end())
    return fail("two enumerators of one value");
  return expect(')');
}

bool SchemaParser::enumerator(Type& out, Names& seen) {
  auto name = word();
  if (!is_field_name(name)) return fail("expected an enumerator's name");
  if (!seen.insert(name).second) return fail("the same enumerator twice");
  auto& added = out.enumerators.emplace_back();
  added.name = name;
  if (!expect('=') || !number(added.value)) return false;
  return fits(added.value, out.underlying) || fail("the enumerator's value does not fit the underlying type");
}

bool SchemaParser::composite(Type& out, std::string_view word, std::size_t depth) {
  const auto* found = std::find_if(std::begin(composites), std::end(composites),
                                   [&](const auto& each) { return each.first == word; });
  if (found == std::end(composites)) return fail("expected optional, list, array, map or variant before '<'");
  out.kind = found->second;
  return composite_args(out, depth) && check_composite(out) && expect('>');
}

bool SchemaParser::composite_args(Type& out, std::size_t depth) {
  if (!arg(out, depth)) return false;
  if (out.kind == Kind::variant) {
    while (accept(',')) {
      if (!arg(out, depth)) return false;
    }
  } else if (out.kind == Kind::map) {
    return expect(',') && arg(out, depth);
  } else if (out.kind == Kind::array) {
    std::int64_t count = 0;
    if (!expect(',') || !number(count)) return false;
    if (count < 0 || count > std::numeric_limits<std::uint32_t>::max())
      return fail("an array's length is out of range");
    out.count = static_cast<std::uint32_t>(count);
  }
  return true;
}

bool SchemaParser::arg(Type& out, std::size_t depth) {
  return type(out.args.emplace_back(), depth + 1);
}

bool SchemaParser::check_composite(const Type& type) {
  const auto& first = type.args.front();
  if (type.kind == Kind::optional && first.kind == Kind::optional) return fail("an optional of an optional");
  if (type.kind == Kind::map && !can_be_key(first.kind))
    return fail("a map's key must be a string, integer or enum");
  if (type.kind != Kind::variant) return true;
  std::unordered_set<std::string> labels;
  for (const auto& each : type.args) {
    if (!labels.insert(each.label()).second) return fail("two alternatives of one name");
  }
  return true;
}

bool SchemaParser::number(std::int64_t& out) {
  auto rest = text_.substr(at_);
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out);
  if (error != std::errc{}) return fail("expected a number");
  auto length = static_cast<std::size_t>(end - rest.data());
  if (rest.substr(0, length) != fmt::format("{}", out)) return fail("a number must have no leading zeros");
  at_ += length;
  return true;
}

bool SchemaParser::measure(Type& out) {
  std::uint64_t bytes = is_scalar(out.kind) ? scalar_least_bytes(out.kind) : 1;
  if (out.kind == Kind::variant) bytes = 2 + out.args.front().least_bytes;
  if (out.kind == Kind::array)
    bytes = array_header_bytes(out.count) + out.count * out.args.front().least_bytes;
  if (out.kind == Kind::message) {
    bytes = array_header_bytes(out.fields.size());
    for (const auto& field : out.fields)
      bytes += field.type.least_bytes;
  }
  out.least_bytes = bytes;
  return bytes <= max_least_bytes || fail("the type's zero value takes more than 64 MiB");
}

}  // namespace weft::detail
