#include "base/near.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"

namespace weft {

namespace {

constexpr std::size_t longest = 256;
constexpr std::size_t longest_shown = 200;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > longest || b.size() > longest) return std::max(a.size(), b.size());
  std::array<std::size_t, longest + 1> before_last{};
  std::array<std::size_t, longest + 1> last{};
  std::array<std::size_t, longest + 1> row{};
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

std::optional<std::size_t> nearness(std::string_view name, std::string_view other) {
  const auto differ = std::mismatch(name.begin(), name.end(), other.begin(), other.end()).first;
  const std::string_view common(name.data(), std::size_t(differ - name.begin()));
  const auto begin = common.rfind('/') + 1;  // 0 where there is none
  name.remove_prefix(begin);
  const auto distance = edit_distance(name, other.substr(begin));
  if (distance > std::clamp<std::size_t>(name.size() / 3, 1, 3)) return std::nullopt;
  return distance;
}

std::string nearest(std::string_view name, std::span<const std::string> names) {
  std::optional<std::size_t> best;
  std::string found;
  for (const auto& each : names) {
    const auto distance = nearness(name, each);
    if (!distance || (best && *distance >= *best)) continue;
    best = distance;
    found = each;
  }
  if (!found.empty() || name.empty()) return found;
  const auto begins = [&](const std::string& each) { return each.starts_with(name); };
  const auto first = std::find_if(names.begin(), names.end(), begins);
  const bool only = first != names.end() && std::count_if(names.begin(), names.end(), begins) == 1;
  return only ? *first : std::string();
}

std::string did_you_mean(std::span<const std::string> names) {
  std::string out;
  for (const auto& name : names)
    out += fmt::format("{}\"{}\"", out.empty() ? "; did you mean " : " or ", shown(name, longest_shown));
  return out.empty() ? out : out + "?";
}

}  // namespace weft
