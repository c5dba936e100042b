#include "codec/pretty.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "base/foreign_text.hpp"

namespace weft {
namespace {

constexpr std::size_t most_scalars = 16;      // of a list in one line
constexpr std::size_t most_elements = 8;      // of a list or map of anything else
constexpr std::size_t most_text = 200;        // bytes of a string
constexpr std::size_t most_base64 = 48;       // characters
constexpr std::size_t widest_one_liner = 72;  // of a message of scalars
constexpr std::string_view ellipsis = "…";

bool is_plain(const Type& type) {
  return is_scalar(type.kind) || type.kind == Kind::enumeration ||
         (type.kind == Kind::optional && is_plain(type.args.front()));
}

class Printing {
 public:
  explicit Printing(PrettyOptions options) noexcept : options_(options) {}

  /// What stands behind "name:", from the space to the end of the last line.
  void behind_name(const Type& type, const Json& value, std::size_t depth) {
    const auto line = one_line(type, value);
    if (!line.empty()) {
      out_ += " " + line + "\n";
      return;
    }
    if (type.kind == Kind::optional) return behind_name(type.args.front(), value, depth);
    if (type.kind == Kind::list || type.kind == Kind::array)
      out_ += fmt::format(" {} elements", value.size());
    out_ += "\n";
    parts(type, value, depth + 1);
  }

  void parts(const Type& type, const Json& value, std::size_t depth) {
    switch (type.kind) {
      case Kind::message:
        for (const auto& field : type.fields)
          part(field.name, field.type, value.contains(field.name) ? value[field.name] : Json(), depth);
        return;
      case Kind::list:
      case Kind::array:
        return elements(type, value, depth);
      case Kind::map:
        return entries(type, value, depth);
      case Kind::variant:
        return alternative(type, value, depth);
      default:
        return;
    }
  }

  /// The value in one line; empty if it takes more.
  std::string one_line(const Type& type, const Json& value) {
    if (value.is_null()) return "null";
    if (is_scalar(type.kind) || type.kind == Kind::enumeration) return scalar(type, value);
    switch (type.kind) {
      case Kind::optional:
        return one_line(type.args.front(), value);
      case Kind::list:
      case Kind::array:
        if (value.empty()) return "[]";
        return is_plain(type.args.front()) ? scalars(type, value) : "";
      case Kind::map:
        return value.empty() ? "{}" : "";
      case Kind::message:
        return short_message(type, value);
      default:
        return "";
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void part(std::string_view name, const Type& type, const Json& value, std::size_t depth) {
    out_.append(2 * depth, ' ');
    out_ += coloured(shown(name, most_text)) + ":";
    behind_name(type, value, depth);
  }

  [[nodiscard]] std::string coloured(const std::string& name) const {
    return options_.colour ? "\x1b[36m" + name + "\x1b[0m" : name;
  }

  void elements(const Type& type, const Json& value, std::size_t depth) {
    std::size_t i = 0;
    for (const auto& element : value) {
      if (i == most_elements && !options_.full) return left_out(value.size() - i, depth);
      part(fmt::format("[{}]", i++), type.args.front(), element, depth);
    }
  }

  void entries(const Type& type, const Json& value, std::size_t depth) {
    std::size_t i = 0;
    for (const auto& [key, entry] : value.items()) {
      if (i++ == most_elements && !options_.full) return left_out(value.size() - i + 1, depth);
      part(key, type.args.back(), entry, depth);
    }
  }

  void alternative(const Type& type, const Json& value, std::size_t depth) {
    for (const auto& [label, chosen] : value.items()) {
      for (const auto& each : type.args) {
        if (each.label() == label) part(label, each, chosen, depth);
      }
    }
  }

  void left_out(std::size_t count, std::size_t depth) {
    out_.append(2 * depth, ' ');
    out_ += fmt::format("{} {} more\n", ellipsis, count);
  }

  std::string scalar(const Type& type, const Json& value) const {
    if (!value.is_string()) return value.dump();
    const auto& text = value.get_ref<const std::string&>();
    if (type.kind == Kind::bytes) return bytes(text);
    if (type.kind != Kind::string) return text;
    if (text.empty()) return "\"\"";
    if (options_.full || text.size() <= most_text) return shown(text);
    auto size = most_text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
      --size;
    return fmt::format("{}{} {} bytes more", shown(std::string_view(text).substr(0, size)), ellipsis,
                       text.size() - size);
  }

  std::string bytes(const std::string& base64) const {
    const auto padding = static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '='));
    const auto size = base64.size() / 4 * 3 - padding;
    if (size == 0) return "0 bytes";
    if (options_.full || base64.size() <= most_base64) return fmt::format("{} bytes {}", size, base64);
    return fmt::format("{} bytes {}{} {} more", size, base64.substr(0, most_base64), ellipsis,
                       size - most_base64 / 4 * 3);
  }

  std::string scalars(const Type& type, const Json& value) {
    std::string line;
    std::size_t i = 0;
    for (const auto& element : value) {
      if (i == most_scalars && !options_.full) {
        line += fmt::format(", {} {} more", ellipsis, value.size() - i);
        break;
      }
      line += (i++ == 0 ? "" : ", ") + one_line(type.args.front(), element);
    }
    return "[" + line + "]";
  }

  std::string short_message(const Type& type, const Json& value) {
    std::string line;
    std::size_t width = 0;  // without colours
    for (const auto& field : type.fields) {
      if (!is_plain(field.type) || !value.contains(field.name)) return "";
      const auto text = one_line(field.type, value[field.name]);
      width += field.name.size() + text.size() + 4;
      if (width > widest_one_liner) return "";
      line += (line.empty() ? "" : ", ") + coloured(field.name) + ": " + text;
    }
    return "{" + line + "}";
  }

  PrettyOptions options_;
  std::string out_;
};

}  // namespace

std::string pretty(const Type& type, const Json& value, PrettyOptions options) {
  Printing printing(options);
  if (type.kind == Kind::message || type.kind == Kind::map || type.kind == Kind::variant) {
    printing.parts(type, value, 0);
    return printing.take();
  }
  const auto line = printing.one_line(type, value);
  if (!line.empty()) return line + "\n";
  printing.parts(type.kind == Kind::optional ? type.args.front() : type, value, 0);
  return printing.take();
}

}  // namespace weft
