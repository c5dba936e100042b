#include "codec/filter_parser.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/planted_bug.hpp"
#include "type/names.hpp"

namespace weft::codec {
namespace {

using Node = Filter::Node;
using Operator = Filter::Operator;

constexpr std::size_t max_depth = 64;
/// Longer tokens before those that begin them.
constexpr std::array<std::pair<std::string_view, Operator>, 6> operators{{{"==", Operator::equal},
                                                                          {"!=", Operator::unequal},
                                                                          {"<=", Operator::less_equal},
                                                                          {">=", Operator::greater_equal},
                                                                          {"<", Operator::less},
                                                                          {">", Operator::greater}}};

/// A node of one part is that part.
void join(Node& out, Node::Kind kind, std::vector<Node> parts) {
  if (parts.size() == 1) {
    auto only = std::move(parts.front());
    out = std::move(only);
    return;
  }
  out.kind = kind;
  out.parts = std::move(parts);
}

bool is_number_char(char c) {
  return detail::is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

}  // namespace

bool FilterParser::parse(Filter::Node& root) {
  if (text_.size() > max_filter_bytes) return fail(fmt::format("more than {} bytes", max_filter_bytes));
  if (!any(root, 0)) return false;
  skip_spaces();
  return at_ == text_.size() || fail("expected && or || or the end");
}

Error FilterParser::error() const {
  return Error{Errc::invalid_argument, fmt::format("filter, byte {} of {}: {}", at_, text_.size(), reason_)};
}

bool FilterParser::fail(std::string_view reason) {
  if (reason_.empty()) reason_ = reason;
  return false;
}

void FilterParser::skip_spaces() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
    ++at_;
}

bool FilterParser::accept(std::string_view token) {
  skip_spaces();
  if (!text_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

bool FilterParser::any(Filter::Node& out, std::size_t depth) {
  std::vector<Node> parts;
  do {
    if (!all(parts.emplace_back(), depth)) return false;
  } while (accept("||"));
  join(out, Node::Kind::any, std::move(parts));
  return true;
}

bool FilterParser::all(Filter::Node& out, std::size_t depth) {
  std::vector<Node> parts;
  do {
    if (!one(parts.emplace_back(), depth)) return false;
  } while (accept("&&"));
  join(out, Node::Kind::all, std::move(parts));
  return true;
}

bool FilterParser::one(Filter::Node& out, std::size_t depth) {
  if (depth == max_depth) return fail("nested deeper than 64 levels");
  if (accept("!")) {
    out.kind = Node::Kind::negation;
    return one(out.parts.emplace_back(), depth + 1);
  }
  if (!accept("(")) return comparison(out.comparison);
  return any(out, depth + 1) && (accept(")") || fail("expected ')'"));
}

bool FilterParser::comparison(Filter::Comparison& out) {
  skip_spaces();
  out.path_at = out.literal_at = at_;
  std::size_t used = 0;
  auto path = FieldPath::parse_prefix(text_.substr(at_), used);
  if (!path) {
    at_ += used;
    return fail(used == 0 ? "expected a field's path" : "expected the rest of a field's path");
  }
  out.path = *std::move(path);
  at_ += used;
  return !comparator(out.op) || literal(out);
}

/// False where none stands: the path stands for itself.
bool FilterParser::comparator(Filter::Operator& out) {
  for (const auto& [token, op] : operators) {
    if (!accept(token)) continue;
    out = op;
    return true;
  }
  return false;
}

bool FilterParser::literal(Filter::Comparison& out) {
  skip_spaces();
  out.literal_at = at_;
  if (at_ == text_.size() && !planted_bug) return fail("expected a literal");
  if (text_[at_] == '"') return quoted(out.literal);
  if (detail::is_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '.') return number(out.literal);
  while (at_ < text_.size() && detail::is_word(text_[at_]))
    ++at_;
  const auto word = text_.substr(out.literal_at, at_ - out.literal_at);
  if (!is_field_name(word)) return fail("expected a number, a \"text\", true, false, null or an enumerator");
  if (word == "true" || word == "false") {
    out.literal = word == "true";
  } else if (word != "null") {
    out.literal = word;
    out.is_name = true;
  }
  return true;
}

bool FilterParser::number(Json& out) {
  const auto start = at_;
  while (at_ < text_.size() && is_number_char(text_[at_]))
    ++at_;
  out = Json::parse(text_.substr(start, at_ - start), nullptr, false);
  if (out.is_number()) return true;
  at_ = start;
  return fail("expected a number as in JSON");
}

bool FilterParser::quoted(Json& out) {
  const auto start = at_++;
  while (at_ < text_.size() && text_[at_] != '"')
    at_ += text_[at_] == '\\' ? 2 : 1;
  if (at_ >= text_.size()) {
    at_ = text_.size();
    return fail("expected a closing quote");
  }
  ++at_;
  out = Json::parse(text_.substr(start, at_ - start), nullptr, false);
  if (out.is_string()) return true;
  at_ = start;
  return fail("expected a text as in JSON");
}

}  // namespace weft::codec
