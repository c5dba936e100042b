#include "kit/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <nlohmann/json.hpp>

namespace weft::perf {

namespace {

constexpr unsigned exact_bits = 11;  // values of so many bits are counted each by itself
constexpr std::uint64_t parts = 1ULL << (exact_bits - 1);  // of each doubling above
constexpr std::uint64_t greatest = 1ULL << 62;

constexpr std::size_t index_of(std::uint64_t value) noexcept {
  const auto shift = std::max(unsigned(std::bit_width(value)), exact_bits) - exact_bits;
  return std::size_t(shift * parts + (value >> shift));
}

/// The greatest value that is counted there.
constexpr std::uint64_t value_at(std::size_t index) noexcept {
  if (index < 2 * parts) return index;
  const auto shift = index / parts - 1;
  return ((index - shift * parts + 1) << shift) - 1;
}

static_assert(index_of(2047) == 2047 && index_of(2048) == 2048 && index_of(2049) == 2048);
static_assert(value_at(index_of(2048)) == 2049 && value_at(index_of(1'000'000)) - 1'000'000 < 1000);

}  // namespace

Histogram::Histogram() : counts_(index_of(greatest) + 1) {}

void Histogram::record(std::uint64_t value, std::uint64_t times) noexcept {
  value = std::min(value, greatest);
  counts_[index_of(value)] += times;
  count_ += times;
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
  sum_ += double(value) * double(times);
}

void Histogram::add(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  sum_ += other.sum_;
}

double Histogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / double(count_);
}

std::uint64_t Histogram::quantile(double q) const noexcept {
  const auto rank = std::clamp<double>(std::ceil(q * double(count_)), 1, double(count_));
  double below = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    below += double(counts_[i]);
    if (below >= rank) return std::min(value_at(i), most_);
  }
  return most_;
}

nlohmann::json Histogram::to_json() const {
  auto pairs = nlohmann::json::array();
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) pairs.push_back({std::min(value_at(i), most_), counts_[i]});
  }
  return pairs;
}

Result<Histogram> Histogram::from_json(const nlohmann::json& json) {
  const Error bad{Errc::malformed, "a histogram is an array of pairs of a value and a count"};
  if (!json.is_array()) return bad;
  Histogram made;
  for (const auto& pair : json) {
    const bool sound =
        pair.is_array() && pair.size() == 2 && pair[0].is_number_unsigned() && pair[1].is_number_unsigned();
    if (!sound || pair[1] == 0U) return bad;
    made.record(pair[0].get<std::uint64_t>(), pair[1].get<std::uint64_t>());
  }
  return made;
}

}  // namespace weft::perf
