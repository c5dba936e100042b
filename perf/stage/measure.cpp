#include "stage/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "kit/program.hpp"

namespace weft::perf {

namespace {

constexpr std::uint64_t enough_for_a_ten_thousandth = 1'000'000;

struct Percentile {
  double part;
  const char* name;
};
constexpr std::array percentiles{Percentile{0.5, "p50"}, Percentile{0.9, "p90"}, Percentile{0.99, "p99"},
                                 Percentile{0.999, "p99.9"}};

/// Ten points for each halving of what is left, down to a single value; and the greatest.
Curve curve_of(const std::string& name, const Histogram& histogram) {
  Curve curve{name, "ns", {}};
  double left = 1;
  while (left * double(histogram.count()) >= 1) {
    curve.points.emplace_back(1 - left, double(histogram.quantile(1 - left)));
    left *= 0.933;
  }
  curve.points.emplace_back(1, double(histogram.most()));
  return curve;
}

/// The values of the metric of that name, which is new if there is none.
std::vector<double>& values_of(Cell& cell, Metric metric) {
  auto found = std::ranges::find(cell.metrics, metric.name, &Metric::name);
  if (found == cell.metrics.end()) found = cell.metrics.insert(found, std::move(metric));
  return found->values;
}

/// What a peer says may be anything.
Result<void> once(const Setting& setting, Sheet& sheet) {
  try {
    return setting.once(sheet);
  } catch (const nlohmann::json::exception& error) {
    return Error{Errc::malformed, fmt::format("a peer says what nobody understands: {}", error.what())};
  }
}

/// Says it once.
void skip(Report& report, const std::string& line) {
  if (std::ranges::count(report.skipped, line) == 0) report.skipped.push_back(line);
}

void show(int round, int rounds, std::size_t done, std::size_t all, const nlohmann::ordered_json& key) {
  constexpr std::size_t width = 20;
  const auto full = width * done / all;
  std::string what;
  for (const auto& [name, value] : key.items())
    what += value.is_string() ? fmt::format(" {}", value.get<std::string>())
                              : fmt::format(" {}={}", name, value.dump());
  show_progress(fmt::format("[{}{}] round {} of {}:{}", std::string(full, '#'),
                            std::string(width - full, '.'), round + 1, rounds, what.substr(0, 60)));
}

}  // namespace

void add_value(Cell& cell, Metric metric, double value) {
  values_of(cell, std::move(metric)).push_back(value);
}

void Sheet::add(const std::string& metric, const std::string& unit, Better better, double value) {
  if (!std::isfinite(value) || value < 0) {
    cell.faults.push_back(fmt::format("{}: nothing that can be counted was measured", metric));
  } else {
    add_value(cell, {metric, unit, better, {}}, value);
  }
}

void Sheet::count(const std::string& metric, std::uint64_t number) {
  counts_.insert(metric);
  auto& values = values_of(cell, {metric, "", Better::less, {}});
  values.resize(rounds_);
  values.push_back(double(number));
}

void Sheet::end_round() {
  ++rounds_;
  for (const auto& metric : counts_)
    values_of(cell, {metric, "", Better::less, {}}).resize(rounds_);
}

void Sheet::add(const std::string& prefix, const std::string& curve, const Histogram& round) {
  if (round.count() == 0) return;
  for (const auto& [part, name] : percentiles)
    add(prefix + name, "ns", Better::less, double(round.quantile(part)));
  add(prefix + "max", "ns", Better::less, double(round.most()));
  histograms[curve].add(round);
}

void measure(const std::vector<Setting>& settings, int rounds, app::Interrupt& interrupt, Report& report) {
  std::vector<Sheet> sheets;
  for (const auto& setting : settings)
    sheets.emplace_back().cell.key = setting.key;
  std::vector<bool> left_out(settings.size());
  const auto all = std::size_t(rounds) * settings.size();
  for (std::size_t done = 0; done < all && report.complete; ++done) {
    const auto round = done / settings.size();
    const auto i = (done + round) % settings.size();  // each is the first as often
    auto& sheet = sheets[i];
    if (!sheet.cell.faults.empty() || left_out[i]) continue;
    show(int(round), rounds, done, all, settings[i].key);
    auto measured = once(settings[i], sheet);
    if (interrupt.requested() || (!measured && measured.error().code == Errc::cancelled)) {
      report.complete = false;
    } else if (!measured && measured.error().code == Errc::unsupported) {
      left_out[i] = true;
      skip(report, fmt::format("{}: {}", sheet.cell.setting("peer"), measured.error().message));
    } else if (!measured) {
      sheet.cell.faults.push_back(measured.error().message);
    } else {
      sheet.end_round();
    }
  }
  show_progress({});
  if (!report.complete) interrupt.forget();
  for (auto& sheet : sheets) {
    for (const auto& [name, histogram] : sheet.histograms) {
      sheet.cell.curves.push_back(curve_of(name, histogram));
      if (histogram.count() >= enough_for_a_ten_thousandth)
        sheet.add(name + " p99.99", "ns", Better::less, double(histogram.quantile(0.9999)));
    }
    for (const auto& [name, histogram] : sheet.parts) {
      if (sheet.parts.size() > 1) sheet.cell.curves.push_back(curve_of(name, histogram));
    }
    if (!sheet.cell.metrics.empty() || !sheet.cell.faults.empty())
      report.cells.push_back(std::move(sheet.cell));
  }
}

}  // namespace weft::perf
