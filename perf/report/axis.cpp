#include "report/axis.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/units.hpp"

namespace weft::perf {

namespace {

/// What an axis is: a place for each value, and the values that are named.
struct Form {
  std::function<double(double)> place;
  std::vector<Tick> ticks;
};

/// Beyond these, the differences and quotients below would not be finite.
constexpr double greatest = 1e200;
constexpr double smallest = 1e-200;

/// What of a logarithmic axis is for that which has no logarithm.
constexpr double room_for_zero = 0.1;
/// What is left free beside the first and the last value, so that no marker stands on the frame.
constexpr double margin = 0.04;

double between(double value, double from, double to) {
  return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

/// The least of 1, 2 and 5 times a power of ten that is not below.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (times * power >= least * (1 - 1e-9)) return times * power;
  }
  return 10 * power;
}

Form linear(const std::string& unit, const std::vector<double>& values) {
  constexpr double most_steps = 6;
  double from = values.empty() ? 0 : std::min(0.0, values.front());
  double to = values.empty() ? 0 : std::max(0.0, values.back());
  if (to - from < smallest) to = from + 1;
  const double step = round_step((to - from) / most_steps);
  const double first = std::floor(from / step + 1e-9);
  const double last = std::ceil(to / step - 1e-9);
  from = first * step;
  to = last * step;
  Form form{[=](double value) { return between(value, from, to); }, {}};
  for (int i = int(first); i <= int(last); ++i)
    form.ticks.push_back({form.place(i * step), readable(i * step, unit)});
  return form;
}

/// Round values from at most `from` to at least `to`.
std::vector<double> round_values(double from, double to) {
  constexpr int few = 3;
  constexpr int many = 8;
  const int low = int(std::floor(std::log10(from)));
  const int high = int(std::ceil(std::log10(to)));
  const int step = std::max(1, (high - low + many - 1) / many);
  std::vector<double> out;
  for (int power = low; power < high + step; power += step) {
    for (const double times : {1.0, 2.0, 5.0}) {
      if (times == 1 || high - low <= few) out.push_back(times * std::pow(10, power));
    }
  }
  while (out.size() > 2 && out[1] <= from)
    out.erase(out.begin());
  while (out.size() > 2 && out[out.size() - 2] >= to)
    out.pop_back();
  return out;
}

/// Of `named` values, and from the first to the last of them, but for margins.
Form logarithmic(const std::string& unit, const std::vector<double>& named, bool has_rest, double free) {
  const double from = std::log10(named.front());
  const double to = std::log10(named.back());
  const double begin = (has_rest ? room_for_zero : 0) + free;
  Form form{[=](double value) {
              if (value <= 0) return free;
              const double part = to > from ? between(std::log10(value), from, to) : 0.5;
              return begin + part * (1 - begin - free);
            },
            {}};
  if (has_rest) form.ticks.push_back({form.place(0), readable(0, unit)});
  for (const double value : named)
    form.ticks.push_back({form.place(value), readable(value, unit)});
  return form;
}

Form logarithmic(const std::string& unit, const std::vector<double>& values, bool names_values) {
  std::vector<double> positive;
  std::ranges::copy_if(values, std::back_inserter(positive), [](double value) { return value > 0; });
  const bool has_rest = positive.size() < values.size();
  for (auto& value : positive)
    value = std::max(value, smallest);
  if (positive.empty()) positive = {1};
  if (names_values) return logarithmic(unit, positive, has_rest, margin);
  return logarithmic(unit, round_values(positive.front(), positive.back()), has_rest, 0);
}

double nines(double part) {
  constexpr double most = 12;  // a double tells hardly more of them from 1
  return part >= 1 ? most : std::min(most, -std::log10(1 - std::max(part, 0.0)));
}

std::string percent(int count) {
  return fmt::format("{:.{}f}", 100 - 100 * std::pow(10, -count), std::max(0, count - 2));
}

Form nines(const std::vector<double>& values) {
  constexpr double for_most = 0.6;  // of the way from one nine to the next
  const bool has_most = !values.empty() && values.back() >= 1;
  const auto end = std::ranges::find_if(values, [](double value) { return value >= 1; });
  const double last = std::max(1.0, end == values.begin() ? 1 : nines(*(end - 1)));
  const double to = last + (has_most ? for_most : 0);
  Form form{[=](double value) { return value >= 1 ? 1 : std::clamp(nines(value) / to, 0.0, last / to); }, {}};
  form.ticks = {{0, "0"}, {form.place(0.5), "50"}};
  for (int count = 1; count <= last + 1e-6; ++count)
    form.ticks.push_back({count / to, percent(count)});
  if (has_most) form.ticks.push_back({1, "max"});
  return form;
}

Form form_of(Scale scale, const std::string& unit, const std::vector<double>& values) {
  switch (scale) {
    case Scale::linear:
      return linear(unit, values);
    case Scale::nines:
      return nines(values);
    default:
      return logarithmic(unit, values, scale == Scale::settings);
  }
}

}  // namespace

Axis::Axis(Scale scale, const std::string& unit, std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  for (auto& value : values)
    value = std::clamp(value, -greatest, greatest);
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  auto form = form_of(scale, unit, values);
  place_ = std::move(form.place);
  ticks_ = std::move(form.ticks);
}

}  // namespace weft::perf
