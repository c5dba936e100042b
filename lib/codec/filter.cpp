#include "codec/filter.hpp"

#include <algorithm>
#include <compare>
#include <limits>
#include <optional>

#include <fmt/core.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "codec/filter_parser.hpp"
#include "codec/json_text.hpp"

namespace weft {
namespace {

using Comparison = Filter::Comparison;
using Node = Filter::Node;
using Operator = Filter::Operator;
using Sort = Filter::Sort;

constexpr std::size_t most_shown = 40;

Sort sort_of(const Type& type) {
  if (is_integer(type.kind)) return Sort::number;
  switch (type.kind) {
    case Kind::f32:
    case Kind::f64:
      return Sort::number;
    case Kind::boolean:
      return Sort::boolean;
    case Kind::string:
      return Sort::text;
    case Kind::enumeration:
      return Sort::enumerator;
    case Kind::time:
      return Sort::time;
    case Kind::duration:
      return Sort::duration;
    default:
      return Sort::unknown;
  }
}

std::optional<std::int64_t> nanoseconds(const Json& value, Sort sort) {
  if (value.is_number_integer()) {
    const bool fits = !value.is_number_unsigned() ||
                      value.get<std::uint64_t>() <= std::uint64_t(std::numeric_limits<std::int64_t>::max());
    return fits ? std::optional(value.get<std::int64_t>()) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (sort == Sort::duration) {
    const auto read = codec::parse_duration(text);
    return read ? std::optional(read->count()) : std::nullopt;
  }
  const auto read = codec::parse_time(text);
  return read ? std::optional(read->time_since_epoch().count()) : std::nullopt;
}

// ---- fitting a comparison to a type -------------------------------------------------------------------------------

/// What is wrong with the literal; empty if nothing is.
std::string fit_enumerator(const Type& type, const Json& literal) {
  std::vector<std::string> names;
  for (const auto& each : type.enumerators)
    names.push_back(each.name);
  if (!literal.is_string()) return fmt::format("expected an enumerator of {}", type.name);
  const auto& name = literal.get_ref<const std::string&>();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const auto near = nearest(name, names);
  return fmt::format("{} has no enumerator \"{}\"{}", type.name, shown(name, most_shown),
                     near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near));
}

std::string fit_literal(const Type& type, Comparison& comparison) {
  auto& literal = comparison.literal;
  switch (comparison.sort) {
    case Sort::boolean:
      return literal.is_boolean() ? "" : "expected true or false";
    case Sort::number:
      return literal.is_number() ? "" : "expected a number";
    case Sort::text:
      return literal.is_string() && !comparison.is_name ? "" : "expected a text in double quotes";
    case Sort::enumerator:
      return fit_enumerator(type, literal);
    case Sort::time:
    case Sort::duration: {
      const auto count = nanoseconds(literal, comparison.sort);
      if (!count) {
        return comparison.sort == Sort::time ? "expected a time such as \"2026-01-02T03:04:05Z\""
                                             : "expected a duration such as \"1.5s\"";
      }
      literal = *count;
      return {};
    }
    default:
      return fmt::format("{} cannot be compared with it; name one of its parts", type.label());
  }
}

bool is_order(Operator op) {
  return op != Operator::is_true && op != Operator::equal && op != Operator::unequal;
}

std::string fit(const Type& path_type, Comparison& comparison) {
  const Type& type = path_type.kind == Kind::optional ? path_type.args.front() : path_type;
  comparison.sort = sort_of(type);
  if (comparison.op == Operator::is_true)
    return comparison.sort == Sort::boolean
               ? ""
               : fmt::format("{} is no bool: compare it", comparison.path.text());
  const bool unordered =
      comparison.literal.is_null() || comparison.sort == Sort::boolean || comparison.sort == Sort::enumerator;
  if (unordered && is_order(comparison.op)) return "only == and != compare with this";
  if (comparison.literal.is_null()) {
    comparison.sort = Sort::null;
    return {};
  }
  return fit_literal(type, comparison);
}

Result<void> fit_all(const Schema& schema, Node& node, std::size_t size) {
  for (auto& part : node.parts)
    WEFT_CHECK(fit_all(schema, part, size));
  if (node.kind != Node::Kind::comparison) return {};
  const auto wrong = [&](std::size_t at, std::string_view what) {
    return Error{Errc::invalid_argument, fmt::format("filter, byte {} of {}: {}", at, size, what)};
  };
  auto& comparison = node.comparison;
  const auto type = comparison.path.type_in(schema);
  if (!type) return wrong(comparison.path_at, type.error().message);
  const auto problem = fit(**type, comparison);
  return problem.empty() ? Result<void>() : wrong(comparison.literal_at, problem);
}

// ---- evaluating ---------------------------------------------------------------------------------------------------

std::partial_ordering compare_numbers(const Json& a, const Json& b) {
  const auto real = [](const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (value == "inf") return std::numeric_limits<double>::infinity();
    if (value == "-inf") return -std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
  };
  const auto is_negative = [](const Json& value) {
    return !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
  };
  if (!a.is_number_integer() || !b.is_number_integer()) return real(a) <=> real(b);
  if (is_negative(a) != is_negative(b))
    return is_negative(a) ? std::partial_ordering::less : std::partial_ordering::greater;
  if (is_negative(a)) return a.get<std::int64_t>() <=> b.get<std::int64_t>();
  return a.get<std::uint64_t>() <=> b.get<std::uint64_t>();
}

std::partial_ordering order(const Json& value, const Comparison& comparison) {
  const auto& literal = comparison.literal;
  switch (comparison.sort) {
    case Sort::number:
      return compare_numbers(value, literal);
    case Sort::time:
    case Sort::duration: {
      const auto count = nanoseconds(value, comparison.sort);
      return count ? std::partial_ordering(*count <=> literal.get<std::int64_t>())
                   : std::partial_ordering::unordered;
    }
    case Sort::boolean:
      if (!value.is_boolean()) return std::partial_ordering::unordered;
      return value.get<bool>() <=> literal.get<bool>();
    default:
      if (!value.is_string()) return std::partial_ordering::unordered;
      return value.get_ref<const std::string&>().compare(literal.get_ref<const std::string&>()) <=> 0;
  }
}

bool holds(std::partial_ordering order, Operator op) {
  switch (op) {
    case Operator::equal:
      return std::is_eq(order);
    case Operator::unequal:
      return std::is_neq(order);
    case Operator::less:
      return std::is_lt(order);
    case Operator::less_equal:
      return std::is_lteq(order);
    case Operator::greater:
      return std::is_gt(order);
    default:
      return std::is_gteq(order);
  }
}

bool evaluate(const Comparison& comparison, const Json& message) {
  const auto* value = comparison.path.resolve(message);
  const bool absent = value == nullptr || value->is_null();
  if (comparison.sort == Sort::null) return absent == (comparison.op == Operator::equal);
  if (absent) return false;
  if (comparison.op == Operator::is_true) return value->is_boolean() && value->get<bool>();
  return holds(order(*value, comparison), comparison.op);
}

bool evaluate(const Node& node, const Json& message) {
  const auto passes = [&](const Node& part) { return evaluate(part, message); };
  switch (node.kind) {
    case Node::Kind::comparison:
      return evaluate(node.comparison, message);
    case Node::Kind::negation:
      return !passes(node.parts.front());
    case Node::Kind::all:
      return std::all_of(node.parts.begin(), node.parts.end(), passes);
    default:
      return std::any_of(node.parts.begin(), node.parts.end(), passes);
  }
}

}  // namespace

Result<Filter> Filter::parse(std::string_view text) {
  codec::FilterParser parser(text);
  Node root;
  if (!parser.parse(root)) return parser.error();
  return Filter(std::move(root), text.size());
}

Result<Filter> Filter::for_type(const Schema& schema) const {
  Filter fitted = *this;
  WEFT_CHECK(fit_all(schema, fitted.root_, size_));
  return fitted;
}

bool Filter::passes(const Json& message) const {
  return evaluate(root_, message);
}

}  // namespace weft
