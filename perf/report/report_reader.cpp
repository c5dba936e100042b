// A report from JSON, of which nothing is taken for granted.
#include <array>
#include <cmath>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "report/report.hpp"

namespace weft::perf {

namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 32;  // levels of JSON

/// A value, and where it stands: "cells[3].metrics[0].values".
class Place {
 public:
  explicit Place(const Json& value) : value_(&value) {}

  [[nodiscard]] const Json& value() const noexcept { return *value_; }
  [[nodiscard]] Error wrong(std::string_view what) const {
    return {Errc::malformed, where_.empty() ? std::string(what) : fmt::format("{}: {}", where_, what)};
  }

  [[nodiscard]] Result<Place> member(const char* name) const {
    if (!value_->is_object()) return wrong("is no object");
    const auto found = value_->find(name);
    if (found == value_->end()) return wrong(fmt::format("has no \"{}\"", name));
    return Place(*found, where_.empty() ? name : fmt::format("{}.{}", where_, name));
  }

  [[nodiscard]] Result<std::vector<Place>> items() const {
    if (!value_->is_array()) return wrong("is no array");
    std::vector<Place> out;
    for (std::size_t i = 0; i < value_->size(); ++i)
      out.push_back(Place((*value_)[i], fmt::format("{}[{}]", where_, i)));
    return out;
  }

  [[nodiscard]] Result<std::string> text() const {
    if (!value_->is_string()) return wrong("is no text");
    return value_->get<std::string>();
  }

  [[nodiscard]] Result<double> number() const {
    if (!value_->is_number() || !std::isfinite(value_->get<double>())) return wrong("is no number");
    if (value_->get<double>() < 0) return wrong("is less than 0");
    return value_->get<double>();
  }

  /// An object of texts and numbers.
  [[nodiscard]] Result<Json> settings() const {
    if (!value_->is_object()) return wrong("is no object");
    for (const auto& [name, value] : value_->items()) {
      if (!value.is_string() && !value.is_number())
        return wrong(fmt::format("\"{}\" is neither text nor number", shown(name)));
    }
    return *value_;
  }

 private:
  Place(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  const Json* value_;
  std::string where_;
};

Result<std::string> text_of(const Place& place) {
  return place.text();
}

Result<double> number_of(const Place& place) {
  return place.number();
}

Result<std::string> text_at(const Place& place, const char* name) {
  WEFT_TRY(const auto member, place.member(name));
  return member.text();
}

template <class T>
Result<std::vector<T>> array_at(const Place& place, const char* name, Result<T> (*read)(const Place& item)) {
  WEFT_TRY(const auto member, place.member(name));
  WEFT_TRY(const auto items, member.items());
  std::vector<T> out;
  out.reserve(items.size());
  for (const auto& item : items) {
    WEFT_TRY(auto value, read(item));
    out.push_back(std::move(value));
  }
  return out;
}

Result<Metric> metric_of(const Place& place) {
  Metric out;
  WEFT_TRY(out.name, text_at(place, "name"));
  WEFT_TRY(out.unit, text_at(place, "unit"));
  WEFT_TRY(const auto better, place.member("better"));
  if (better.value() != "less" && better.value() != "more")
    return better.wrong("is neither \"less\" nor \"more\"");
  out.better = better.value() == "less" ? Better::less : Better::more;
  WEFT_TRY(out.values, array_at(place, "values", number_of));
  if (out.values.empty()) return place.wrong("has no values");
  return out;
}

Result<std::pair<double, double>> point_of(const Place& place) {
  WEFT_TRY(const auto pair, place.items());
  if (pair.size() != 2) return place.wrong("is no pair of part and value");
  WEFT_TRY(const double part, pair[0].number());
  WEFT_TRY(const double value, pair[1].number());
  if (part > 1) return pair[0].wrong("is more than 1");
  return std::pair(part, value);
}

Result<Curve> curve_of(const Place& place) {
  Curve out;
  WEFT_TRY(out.name, text_at(place, "name"));
  WEFT_TRY(out.unit, text_at(place, "unit"));
  WEFT_TRY(out.points, array_at(place, "points", point_of));
  for (std::size_t i = 1; i < out.points.size(); ++i) {
    const auto& [part, value] = out.points[i - 1];
    if (out.points[i].first < part || out.points[i].second < value)
      return place.wrong(fmt::format("falls at point {}", i));
  }
  return out;
}

Result<Cell> cell_of(const Place& place) {
  Cell out;
  WEFT_TRY(const auto key, place.member("key"));
  WEFT_TRY(out.key, key.settings());
  WEFT_TRY(out.metrics, array_at(place, "metrics", metric_of));
  std::set<std::string_view> names;
  for (const auto& metric : out.metrics) {
    if (!names.insert(metric.name).second)
      return place.wrong(fmt::format("has \"{}\" twice", shown(metric.name)));
  }
  WEFT_TRY(out.curves, array_at(place, "curves", curve_of));
  if (const auto details = place.member("details")) out.details = details->value();
  WEFT_TRY(out.faults, array_at(place, "faults", text_of));
  return out;
}

Result<std::string> text_in(const std::string& path) {
  constexpr std::size_t most_bytes = 1 << 30;
  WEFT_TRY(const auto file,
           sys::open("open", path, [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  std::string out;
  std::array<char, 65'536> piece{};
  for (;;) {
    const auto read = [&] { return ::read(file.get(), piece.data(), piece.size()); };
    WEFT_TRY(const auto size, sys::call("read", path, read));
    if (size == 0) return out;
    if (out.size() > most_bytes)
      return Error{Errc::too_big,
                   fmt::format("{} is no report of weft-perf: more than {} bytes", path, most_bytes)};
    out.append(piece.data(), std::size_t(size));
  }
}

}  // namespace

Result<Report> report_from(const Json& json) {
  const Place place(json);
  WEFT_TRY(const auto format, place.member("format"));
  if (format.value() != "weft-perf/1") return format.wrong("is not \"weft-perf/1\"");
  Report out;
  WEFT_TRY(out.command, text_at(place, "command"));
  WEFT_TRY(const auto environment, place.member("environment"));
  WEFT_TRY(out.environment, environment.settings());
  WEFT_TRY(const auto complete, place.member("complete"));
  if (!complete.value().is_boolean()) return complete.wrong("is neither true nor false");
  out.complete = complete.value().get<bool>();
  WEFT_TRY(out.cells, array_at(place, "cells", cell_of));
  std::set<std::string> ids;
  for (const auto& cell : out.cells) {
    if (auto id = cell.id(); !ids.insert(id).second) return place.wrong("has two cells of the key " + id);
  }
  WEFT_TRY(out.skipped, array_at(place, "skipped", text_of));
  return out;
}

Result<Report> read_report(const std::string& path) {
  WEFT_TRY(const auto text, text_in(path));
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
    too_deep = too_deep || depth > deepest;
    return depth <= deepest;
  };
  const auto json = Json::parse(text, watch, false);
  const auto why = [&](std::string_view what) {
    return Error{Errc::malformed, fmt::format("{}: {}", path, what)};
  };
  if (too_deep) return why("no report of weft-perf: too deep");
  if (json.is_discarded()) return why("no report of weft-perf: not JSON");
  auto report = report_from(json);
  if (!report) return std::move(report).error().within(path + ": no report of weft-perf");
  return report;
}

}  // namespace weft::perf
