#include "type/plan.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/core.h>

#include "base/foreign_text.hpp"

namespace weft {
namespace {

using Effect = Difference::Effect;

constexpr std::size_t max_shown = 120;

/// Whether every value of the writer's scalar is one of the reader's, in a form that its decoder accepts.
bool widens(Kind writer, Kind reader) {
  if (writer == Kind::f32) return reader == Kind::f64;
  if (!is_integer(writer)) return false;
  if (reader == Kind::f64) return bits_of(writer) <= 32;
  if (!is_integer(reader) || bits_of(reader) <= bits_of(writer)) return false;
  return is_signed(reader) || is_unsigned(writer);
}

/// Walks two types side by side, each node once.
class Comparison {
 public:
  Step compare(const Type& writer, const Type& reader) {
    if (reader.kind == Kind::optional && writer.kind != Kind::optional)
      return widen_to_optional(writer, reader);
    if (is_scalar(writer.kind) && is_scalar(reader.kind)) return scalar(writer, reader);
    if (!alike(writer, reader)) return mismatch(writer.label(), reader.label());
    switch (writer.kind) {
      case Kind::message:
        return message(writer, reader);
      case Kind::enumeration:
        return enumeration(writer, reader);
      case Kind::variant:
        return variant(writer, reader);
      default:
        return container(writer, reader);
    }
  }

  std::vector<Difference> differences;
  bool mismatched = false;  ///< Also when the mismatch was found after max_differences others.

 private:
  /// Extends the path for the time of a scope.
  class Within {
   public:
    Within(std::string& path, std::string_view part) : path_(path), size_(path.size()) {
      bool word = !part.empty() && part.front() != '[' && part.front() != '<';
      if (word && !path.empty()) path += '.';
      path += part;
    }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;
    ~Within() { path_.resize(size_); }

   private:
    std::string& path_;
    std::size_t size_;
  };

  static bool alike(const Type& writer, const Type& reader) {
    return writer.kind == reader.kind && writer.name == reader.name && writer.count == reader.count;
  }

  void note(Effect effect, std::string_view writer, std::string_view reader) {
    mismatched = mismatched || effect == Effect::mismatch;
    if (differences.size() == max_differences) return;
    differences.push_back({effect, path_, shown(reader, max_shown), shown(writer, max_shown)});
  }
  Step mismatch(std::string_view writer, std::string_view reader) {
    note(Effect::mismatch, writer, reader);
    return {};
  }

  Step scalar(const Type& writer, const Type& reader) {
    if (writer.kind == reader.kind) return {};
    note(widens(writer.kind, reader.kind) ? Effect::widened : Effect::mismatch, writer.label(),
         reader.label());
    return {};
  }

  Step widen_to_optional(const Type& writer, const Type& reader) {
    const auto& inner = reader.args.front();
    bool scalars = is_scalar(writer.kind) && is_scalar(inner.kind);
    bool fits = scalars ? writer.kind == inner.kind || widens(writer.kind, inner.kind) : alike(writer, inner);
    note(fits ? Effect::widened : Effect::mismatch, writer.label(), reader.label());
    if (scalars || !fits) return {};
    return settled({.parts = {compare(writer, inner)}});
  }

  Step container(const Type& writer, const Type& reader) {
    Step step;
    for (std::size_t i = 0; i < writer.args.size(); ++i) {
      Within scope(path_, writer.kind == Kind::optional ? "" : i + 1 < writer.args.size() ? "[key]" : "[]");
      step.parts.push_back(compare(writer.args[i], reader.args[i]));
    }
    return settled(std::move(step));
  }

  Step message(const Type& writer, const Type& reader) {
    std::unordered_map<std::string_view, std::uint32_t> by_name;
    for (const auto& field : reader.fields)
      by_name.emplace(field.name, by_name.size());
    Step step;
    for (const auto& field : writer.fields) {
      Within scope(path_, field.name);
      auto found = by_name.find(field.name);
      if (found == by_name.end()) {
        note(Effect::skipped, field.type.label(), {});
        add(step, Step::none, {});
      } else {
        add(step, found->second, compare(field.type, reader.fields[found->second].type));
        by_name.erase(found);
      }
    }
    note_missing(step, reader, by_name);
    return settled(std::move(step), reader.fields.size());
  }

  template <class Names>
  void note_missing(Step& step, const Type& reader, const Names& left) {
    for (const auto& [name, index] : left)
      step.missing.push_back(index);
    std::sort(step.missing.begin(), step.missing.end());
    for (auto index : step.missing) {
      Within scope(path_, reader.fields[index].name);
      note(Effect::defaulted, {}, reader.fields[index].type.label());
    }
  }

  Step variant(const Type& writer, const Type& reader) {
    std::unordered_map<std::string, std::uint32_t> by_label;
    for (const auto& arg : reader.args)
      by_label.emplace(arg.label(), by_label.size());
    Step step;
    bool any = false;
    for (const auto& arg : writer.args) {
      const auto label = arg.label();
      auto found = by_label.find(label);
      any = any || found != by_label.end();
      Within scope(path_, fmt::format("<{}>", shown(label, max_shown)));
      if (found == by_label.end()) {
        note(Effect::unknown, label, {});
        add(step, Step::none, {});
      } else {
        add(step, found->second, compare(arg, reader.args[found->second]));
      }
    }
    if (!any) return mismatch(writer.label(), reader.label());
    return settled(std::move(step), writer.args.size());
  }

  Step enumeration(const Type& writer, const Type& reader) {
    std::unordered_map<std::string_view, std::int64_t> by_name;
    std::unordered_map<std::int64_t, std::string_view> by_value;
    for (const auto& each : reader.enumerators) {
      by_name.emplace(each.name, each.value);
      by_value.emplace(each.value, each.name);
    }
    Step step;
    for (const auto& each : writer.enumerators) {
      auto found = by_name.find(each.name);
      auto same_value = by_value.find(each.value);
      if (same_value != by_value.end() && same_value->second != each.name) step.direct = false;
      if (found == by_name.end()) {
        Within scope(path_, fmt::format("<{}>", each.name));
        note(Effect::unknown, std::to_string(each.value), {});
      } else {
        if (found->second != each.value) step.direct = false;
        step.values.emplace_back(each.value, found->second);
      }
    }
    if (step.values.empty()) return mismatch(writer.text(), reader.text());
    if (step.direct) return {};
    std::sort(step.values.begin(), step.values.end());
    return step;
  }

  static void add(Step& step, std::uint32_t target, Step part) {
    step.targets.push_back(target);
    step.parts.push_back(std::move(part));
  }

  /// Drops what the step holds if the reader's own decoder does the same: `count` targets in their order.
  static Step settled(Step step, std::size_t count = 0) {
    bool direct = step.targets.size() == count && step.missing.empty();
    for (std::size_t i = 0; direct && i < step.targets.size(); ++i)
      direct = step.targets[i] == i;
    for (const auto& part : step.parts)
      direct = direct && part.direct;
    if (direct) return {};
    step.direct = false;
    return step;
  }

  std::string path_;
};

}  // namespace

std::string Difference::text() const {
  constexpr std::string_view notes[] = {"", " (widened)", " (keeps its default)", " (skipped)",
                                        " (undecodable)"};
  const auto by = [](std::string_view verb, const std::string& type) {
    return type.empty() ? fmt::format("not {}", verb) : fmt::format("{} as {}", verb, type);
  };
  return fmt::format("{}{}{}, {}{}", path, path.empty() ? "" : ": ", by("read", reader),
                     by("written", writer), notes[static_cast<std::size_t>(effect)]);
}

std::vector<Difference> diff(const Schema& writer, const Schema& reader) {
  Comparison comparison;
  comparison.compare(writer.root(), reader.root());
  return std::move(comparison.differences);
}

Result<Plan> make_plan(const Schema& writer, const Schema& reader) {
  if (writer.text() == reader.text()) return Plan({}, reader.fingerprint());
  Comparison comparison;
  auto root = comparison.compare(writer.root(), reader.root());
  if (!comparison.mismatched) return Plan(std::move(root), reader.fingerprint());
  std::string mismatches;
  for (const auto& each : comparison.differences) {
    if (each.effect != Effect::mismatch) continue;
    mismatches += mismatches.empty() ? "" : "; ";
    mismatches += each.text();
  }
  if (mismatches.empty()) mismatches = fmt::format("beyond the first {} differences", max_differences);
  return Error{Errc::incompatible,
               fmt::format("{}: the schemas do not match: {}", reader.name(), mismatches)};
}

}  // namespace weft
