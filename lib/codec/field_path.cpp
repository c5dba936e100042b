#include "codec/field_path.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/foreign_text.hpp"
#include "base/near.hpp"
#include "base/planted_bug.hpp"
#include "type/names.hpp"

namespace weft {
namespace {

constexpr std::size_t most_shown = 60;

/// Cuts a path into steps; every member returns false after noting where it failed, and what was expected.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text.substr(0, max_path_bytes)) {}

  bool name(std::string& out) {
    const auto start = at_;
    while (at_ < text_.size() && detail::is_word(text_[at_]))
      ++at_;
    out = text_.substr(start, at_ - start);
    if (is_field_name(out)) return true;
    at_ = start;
    return fail("a field's name");
  }

  bool index(std::size_t& out) {
    const auto rest = text_.substr(at_);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out);
    if (error != std::errc{}) return fail("an index or a text in quotes");
    at_ += static_cast<std::size_t>(end - rest.data());
    return true;
  }

  bool quoted(std::string& out) {
    const auto start = at_;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"')
      at_ = std::min(at_ + (text_[at_] == '\\' ? 2 : 1), text_.size());
    if (at_ == text_.size()) return fail("a closing quote");
    ++at_;
    const auto value = Json::parse(text_.substr(start, at_ - start), nullptr, false);
    if (!value.is_string()) return fail("a text in quotes, as in JSON, before this");
    out = value.get<std::string>();
    return true;
  }

  [[nodiscard]] bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool accept(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }
  bool fail(std::string_view expected) {
    expected_ = expected;
    return false;
  }
  [[nodiscard]] std::size_t used() const noexcept { return at_; }
  [[nodiscard]] Error error() const {
    return Error{Errc::invalid_argument, fmt::format("path \"{}\": expected {} at byte {}",
                                                     shown(text_, most_shown), expected_, at_)};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string expected_;
};

template <class Step>
bool bracket(Cursor& cursor, std::vector<Step>& steps) {
  std::string key;
  std::size_t index = 0;
  if (cursor.at('"')) {
    if (!cursor.quoted(key)) return false;
    steps.emplace_back(std::move(key));
  } else {
    if (!cursor.index(index)) return false;
    steps.emplace_back(index);
  }
  return cursor.accept(']') || cursor.fail("']'");
}

template <class Step>
bool path(Cursor& cursor, std::vector<Step>& steps) {
  std::string name;
  if (!cursor.name(name)) return false;
  steps.emplace_back(std::move(name));
  for (;;) {
    if (cursor.accept('.')) {
      if (!cursor.name(name)) return false;
      steps.emplace_back(std::move(name));
    } else if (!cursor.accept('[')) {
      return true;
    } else if (!bracket(cursor, steps)) {
      return false;
    }
  }
}

/// What is there in place of a name that is not.
std::string instead(std::string_view name, const std::vector<std::string>& names) {
  const auto near = nearest(name, names);
  if (!near.empty()) return fmt::format("; did you mean \"{}\"?", near);
  std::string all;
  for (const auto& each : names)
    all += (all.empty() ? "" : ", ") + each;
  return all.empty() ? "" : fmt::format("; there are: {}", shown(all, most_shown));
}

Error lost(const std::string& path, const std::string& what) {
  return Error{Errc::invalid_argument, fmt::format("path \"{}\": {}", shown(path, most_shown), what)};
}

/// The field or alternative of that name, or what is wrong in `problem`.
const Type* named(const Type& type, const std::string& name, std::string& problem) {
  std::vector<std::string> names;
  for (const auto& field : type.fields) {
    if (field.name == name) return &field.type;
    names.push_back(field.name);
  }
  if (type.kind == Kind::variant) {
    for (const auto& arg : type.args) {
      if (arg.label() == name) return &arg;
      names.push_back(arg.label());
    }
  } else if (type.kind == Kind::map) {
    return &type.args[1];
  }
  problem =
      fmt::format("{} has no {} \"{}\"{}", type.label(), type.kind == Kind::variant ? "alternative" : "field",
                  shown(name, most_shown), instead(name, names));
  return nullptr;
}

const Type* element(const Type& type, std::size_t index, std::string& problem) {
  const bool integer_key = type.kind == Kind::map && is_integer(type.args[0].kind);
  if (integer_key) return &type.args[1];
  if (type.kind == Kind::list || (type.kind == Kind::array && index < type.count)) return &type.args[0];
  problem = fmt::format("{} has no element [{}]", type.label(), index);
  return nullptr;
}

}  // namespace

Result<FieldPath> FieldPath::parse_prefix(std::string_view text, std::size_t& used) {
  FieldPath out;
  Cursor cursor(text);
  if (!path(cursor, out.steps_)) {
    used = cursor.used();
    return cursor.error();
  }
  used = cursor.used();
  out.text_ = text.substr(0, used);
  return out;
}

Result<FieldPath> FieldPath::parse(std::string_view text) {
  if (text.size() > max_path_bytes)
    return Error{Errc::invalid_argument, fmt::format("a path of more than {} bytes", max_path_bytes)};
  std::size_t used = 0;
  WEFT_TRY(auto out, parse_prefix(text, used));
  if (used == text.size()) return out;
  return Error{Errc::invalid_argument,
               fmt::format("path \"{}\": expected '.' or '[' at byte {}", shown(text, most_shown), used)};
}

Result<const Type*> FieldPath::type_in(const Schema& schema) const {
  const Type* type = &schema.root();
  for (const auto& step : steps_) {
    if (type->kind == Kind::optional) type = type->args.data();
    std::string problem;
    const auto* name = std::get_if<std::string>(&step);
    type =
        name != nullptr ? named(*type, *name, problem) : element(*type, std::get<std::size_t>(step), problem);
    if (type == nullptr) return lost(text_, problem);
  }
  return type;
}

const Json* FieldPath::resolve(const Json& message) const {
  const Json* value = &message;
  for (const auto& step : steps_) {
    const auto* name = std::get_if<std::string>(&step);
    const auto index = name == nullptr ? std::get<std::size_t>(step) : 0;
    if (name == nullptr && value->is_array()) {
      if (index >= value->size() && !planted_bug) return nullptr;
      value = &(*value)[index];
      continue;
    }
    if (!value->is_object()) return nullptr;
    const auto member = value->find(name != nullptr ? *name : fmt::format("{}", index));
    if (member == value->end()) return nullptr;
    value = &*member;
  }
  return value;
}

}  // namespace weft
