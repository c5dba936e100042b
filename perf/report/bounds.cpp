#include "report/bounds.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace weft::perf {

namespace {

/// A number of the key; 0 if it has none of that name.
double number(const Cell& cell, const char* name) {
  return cell.key.contains(name) && cell.key[name].is_number() ? cell.key[name].get<double>() : 0;
}

class Bounds final {
 public:
  explicit Bounds(const Report& limits) : limits_(limits) {}

  /// In nanoseconds.
  [[nodiscard]] std::optional<double> one_way(const Cell& cell) const {
    const auto* hand_over = cell.setting("waits") == "spinning" ? "cache-line" : "futex";
    const auto cores = cell.setting("cores");
    const auto over = median(find([&](const Cell& limit) {
                               return limit.setting("what") == hand_over && limit.setting("cores") == cores;
                             }),
                             "p50");
    const auto copy =
        median(find_least("bytes", number(cell, "bytes"),
                          [](const Cell& limit) {
                            return limit.setting("what") == "memcpy" && limit.setting("memory") == "warm";
                          }),
               "time");
    if (!over || !copy) return {};
    return *over + *copy;
  }

  /// Messages a second, of all subscribers together.
  [[nodiscard]] std::optional<double> delivered(const Cell& cell) const {
    const auto is_ring = [cores = cell.setting("cores")](const Cell& limit) {
      return limit.setting("what") == "ring" && limit.setting("read") == "all" &&
             limit.setting("cores") == cores;
    };
    const auto* same_size = find_least("bytes", number(cell, "bytes"), is_ring);
    if (same_size == nullptr) return {};
    const auto readers = std::max(1.0, number(cell, "subscribers"));
    return median(find_least("readers", readers,
                             [&](const Cell& limit) {
                               return is_ring(limit) && limit.key["bytes"] == same_size->key["bytes"];
                             }),
                  "delivered");
  }

 private:
  template <class Fits>
  [[nodiscard]] const Cell* find(Fits fits) const {
    const auto found = std::ranges::find_if(limits_.cells, fits);
    return found == limits_.cells.end() ? nullptr : &*found;
  }

  /// Of those that fit the one with the least value of a setting that is not below `least`.
  template <class Fits>
  [[nodiscard]] const Cell* find_least(const char* setting, double least, Fits fits) const {
    const Cell* best = nullptr;
    for (const auto& cell : limits_.cells) {
      const auto value = number(cell, setting);
      if (fits(cell) && value >= least && (best == nullptr || value < number(*best, setting))) best = &cell;
    }
    return best;
  }

  static std::optional<double> median(const Cell* cell, std::string_view name) {
    const auto* metric = cell == nullptr ? nullptr : cell->find(name);
    if (metric == nullptr || metric->estimate().median <= 0) return {};
    return metric->estimate().median;
  }

  const Report& limits_;
};

/// Whether there was a bound, and such a metric.
bool add_multiple(Cell& cell, const char* name, std::optional<double> bound) {
  const auto* metric = cell.find(name);
  if (metric == nullptr || !bound) return false;
  Metric multiple{metric->name + " / limit", "ratio", metric->better, metric->values};
  for (auto& value : multiple.values)
    value /= *bound;
  cell.metrics.insert(cell.metrics.begin() + (metric - cell.metrics.data()) + 1, std::move(multiple));
  return true;
}

}  // namespace

Result<void> add_multiples(Report& report, const Report& limits) {
  const Bounds bounds(limits);
  bool any = false;
  for (auto& cell : report.cells) {
    const auto verb = cell.setting("verb");
    auto one_way = bounds.one_way(cell);
    const bool paced = number(cell, "rate") > 0;  // else p50 is of a full queue
    if (verb == "latency" || (verb == "fanout" && paced)) any = add_multiple(cell, "p50", one_way) || any;
    if (one_way) *one_way *= 2;
    if (verb == "latency") any = add_multiple(cell, "round trip p50", one_way) || any;
    if (verb == "rpc") any = add_multiple(cell, "p50", one_way) || any;
    if (verb == "throughput" || (verb == "fanout" && !paced))
      any = add_multiple(cell, "delivered", bounds.delivered(cell)) || any;
  }
  if (any) return {};
  return Error{Errc::not_found,
               "it has no limit that bounds any of these numbers; weft-perf limits measures them"};
}

}  // namespace weft::perf
