#include "codec/json_text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include "base/planted_bug.hpp"

namespace weft::codec {
namespace {

constexpr std::int64_t per_second = 1'000'000'000;
constexpr std::int64_t per_day_s = 86'400;

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

/// A number of digits alone, nullopt if it is none or beyond 64 bit.
std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!all_digits(text) || error != std::errc{}) return std::nullopt;
  return value;
}

/// The digits after the point, as a number of `places` decimals; empty is 0.
std::optional<std::int64_t> decimals(std::string_view text, std::size_t places) {
  if (text.size() > places) return std::nullopt;
  std::string padded(text);
  padded.resize(places, '0');
  return padded.empty() ? 0 : digits(padded);
}

/// seconds * 10^9 + nanoseconds, 0 <= nanoseconds < 10^9.
std::optional<std::int64_t> joined(std::int64_t seconds, std::int64_t nanoseconds) {
  if (seconds < 0) {
    ++seconds;
    nanoseconds -= per_second;
  }
  std::int64_t product = 0;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(seconds, per_second, &product)) return std::nullopt;
  if (__builtin_add_overflow(product, nanoseconds, &sum)) return std::nullopt;
  return sum;
}

/// "03:04:05" as seconds.
std::optional<std::int64_t> clock_seconds(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  auto hours = digits(text.substr(0, 2));
  auto minutes = digits(text.substr(3, 2));
  auto seconds = digits(text.substr(6, 2));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  return *hours * 3600 + *minutes * 60 + *seconds;
}

/// "2026-01-02" as days since 1970.
std::optional<std::int64_t> date_days(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto year = digits(text.substr(0, 4));
  auto month = digits(text.substr(5, 2));
  auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
  std::size_t places;  ///< Decimals that are still whole nanoseconds.
};
constexpr std::array<Unit, 6> units{{{"ns", 1, 0},
                                     {"us", 1'000, 3},
                                     {"ms", 1'000'000, 6},
                                     {"min", 60'000'000'000, 9},
                                     {"h", 3'600'000'000'000, 9},
                                     {"s", 1'000'000'000, 9}}};

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string time_text(Time time) {
  auto total = time.time_since_epoch().count();
  auto seconds = total / per_second - (total % per_second < 0 ? 1 : 0);
  auto nanoseconds = total % per_second + (total % per_second < 0 ? per_second : 0);
  auto days = seconds / per_day_s - (seconds % per_day_s < 0 ? 1 : 0);
  auto of_day = seconds - days * per_day_s;
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day / 3600,
                     of_day / 60 % 60, of_day % 60, nanoseconds);
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
  auto days = date_days(text.substr(0, 10));
  auto of_day = clock_seconds(text.substr(11, 8));
  auto rest = text.substr(19, text.size() - 20);
  if (!days || !of_day || (!rest.empty() && (rest.front() != '.' || rest.size() == 1))) return std::nullopt;
  auto nanoseconds = decimals(rest.empty() ? rest : rest.substr(1), 9);
  if (!nanoseconds) return std::nullopt;
  auto total = joined(*days * per_day_s + *of_day, *nanoseconds);
  if (!total) return std::nullopt;
  return Time{Duration{*total}};
}

std::string duration_text(Duration duration) {
  auto count = duration.count();
  auto magnitude =
      count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  auto text = fmt::format("{}{}.{:09}", count < 0 && !planted_bug ? "-" : "", magnitude / per_second,
                          magnitude % per_second);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "s";
}

std::optional<Duration> parse_duration(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const Unit* unit = nullptr;
  for (const auto& each : units) {
    if (unit == nullptr && text.ends_with(each.name)) unit = &each;
  }
  if (unit == nullptr) return std::nullopt;
  text.remove_suffix(unit->name.size());
  auto point = text.find('.');
  auto whole = digits(text.substr(0, point));
  auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (point != std::string_view::npos && fraction.empty()) return std::nullopt;
  auto part = decimals(fraction, unit->places);
  if (!whole || !part) return std::nullopt;
  auto scale = unit->nanoseconds;
  for (std::size_t i = 0; i < unit->places; ++i)
    scale /= 10;
  std::uint64_t magnitude = 0;
  if (__builtin_mul_overflow(static_cast<std::uint64_t>(*whole), unit->nanoseconds, &magnitude))
    return std::nullopt;
  if (__builtin_add_overflow(magnitude, static_cast<std::uint64_t>(*part) * scale, &magnitude))
    return std::nullopt;
  if (magnitude > static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1U : 0U)) return std::nullopt;
  return Duration{static_cast<std::int64_t>(negative ? std::uint64_t{0} - magnitude : magnitude)};
}

std::string base64_text(BytesView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto left = bytes.size() - i;
    auto at = [&](std::size_t k) { return k < left ? std::to_integer<unsigned>(bytes[i + k]) : 0U; };
    auto group = at(0) << 16U | at(1) << 8U | at(2);
    text += alphabet[group >> 18U];
    text += alphabet[group >> 12U & 63U];
    text += left > 1 ? alphabet[group >> 6U & 63U] : '=';
    text += left > 2 ? alphabet[group & 63U] : '=';
  }
  return text;
}

std::optional<Bytes> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    std::size_t pad = i + 4 == text.size() ? padding : 0;
    for (std::size_t k = 0; k < 4; ++k) {
      auto value = k < 4 - pad ? alphabet.find(text[i + k]) : 0;
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6U | static_cast<std::uint32_t>(value);
    }
    if ((group & ((1U << (8U * pad)) - 1U)) != 0) return std::nullopt;
    for (std::size_t k = 0; k < 3 - pad; ++k)
      bytes.push_back(static_cast<std::byte>(group >> (16U - 8U * k) & 0xffU));
  }
  return bytes;
}

}  // namespace weft::codec
