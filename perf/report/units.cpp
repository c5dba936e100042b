#include "report/units.hpp"

#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace weft::perf {

namespace {

struct Step {
  double factor;
  std::string_view name;
};

constexpr std::array<Step, 4> times{{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};
constexpr std::array<Step, 4> rates{{{1, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}}};
constexpr std::array<Step, 4> counts{{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}}};
constexpr std::array<Step, 4> sizes{
    {{1, "B"}, {1024, "KiB"}, {1024.0 * 1024, "MiB"}, {1024.0 * 1024 * 1024, "GiB"}}};

/// What would be shown as the next step's 1 belongs to that.
constexpr double nearly = 0.9995;

enum class Zeros { cut, kept };

std::string three_digits(double value, Zeros zeros) {
  const double size = std::abs(value);
  if (size != 0 && (size < 0.01 || size >= 1e5)) return fmt::format("{:.3g}", value);
  auto text = fmt::format("{:.{}f}", value,
                          size >= 100   ? 0
                          : size >= 10  ? 1
                          : size >= 1   ? 2
                          : size >= 0.1 ? 3
                                        : 4);
  if (zeros == Zeros::kept || text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string number(double value, Zeros zeros) {
  if (std::isnan(value)) return "?";
  if (std::isinf(value)) return value < 0 ? "-∞" : "∞";
  return three_digits(value, zeros);
}

struct Form {
  std::span<const Step> steps;
  std::string_view behind;  ///< The unit, or the rest of it.
};

Form form_of(std::string_view unit) {
  static constexpr std::array<Step, 1> one{{{1, ""}}};
  if (unit == "bytes") return {sizes, {}};
  if (unit == "bytes/s") return {rates, {}};
  if (unit == "ratio") return {one, {}};
  if (unit == "%") return {one, "%"};
  if (unit == "ns" || unit.starts_with("ns/")) return {times, unit.substr(2)};
  if (unit.ends_with("/s")) return {counts, "/s"};
  return {counts, unit};
}

std::string text_of(double value, std::string_view unit, Zeros zeros) {
  const auto form = form_of(unit);
  const auto* step = form.steps.data();
  for (const auto& next : form.steps) {
    if (std::isfinite(value) && std::abs(value) >= next.factor * nearly) step = &next;
  }
  if (step->factor == 1 && value == std::round(value)) zeros = Zeros::cut;
  auto out = number(value / step->factor, zeros);
  if (!step->name.empty()) out += fmt::format(" {}", step->name);
  if (form.behind.empty()) return out;
  return fmt::format("{}{}{}", out, form.behind.front() == '/' ? "" : " ", form.behind);
}

}  // namespace

std::string readable(double value, std::string_view unit) {
  return text_of(value, unit, Zeros::cut);
}

std::string measured(double value, std::string_view unit) {
  return text_of(value, unit, Zeros::kept);
}

}  // namespace weft::perf
