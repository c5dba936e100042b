#include "report/report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kit/files.hpp"

namespace weft::perf {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Metric& metric) {
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"better", metric.better == Better::less ? "less" : "more"},
          {"values", metric.values}};
}

Json json_of(const Curve& curve) {
  return {{"name", curve.name}, {"unit", curve.unit}, {"points", curve.points}};
}

Json json_of(const Cell& cell);

template <class T>
Json array_of(const std::vector<T>& values) {
  auto out = Json::array();
  for (const auto& value : values)
    out.push_back(json_of(value));
  return out;
}

Json json_of(const Cell& cell) {
  Json out{{"key", cell.key}, {"metrics", array_of(cell.metrics)}, {"curves", array_of(cell.curves)}};
  if (!cell.details.is_null()) out["details"] = cell.details;
  out["faults"] = cell.faults;
  return out;
}

/// The names of all settings, in the order in which they first come.
std::vector<std::string> settings_of(const Report& report) {
  std::vector<std::string> out;
  for (const auto& cell : report.cells) {
    for (const auto& [name, value] : cell.key.items()) {
      if (std::ranges::find(out, name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string out;
  for (const auto& field : fields) {
    if (&field != fields.data()) out += ',';
    out += csv_field(field);
  }
  return out + '\n';
}

}  // namespace

const Metric* Cell::find(std::string_view metric) const noexcept {
  const auto found = std::ranges::find(metrics, metric, &Metric::name);
  return found == metrics.end() ? nullptr : &*found;
}

std::string Cell::setting(const std::string& name) const {
  const auto found = key.find(name);
  if (found == key.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string Cell::id() const {
  return nlohmann::json(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool Report::sound() const noexcept {
  return std::ranges::all_of(cells, [](const Cell& cell) { return cell.faults.empty(); });
}

Json to_json(const Report& report) {
  return {{"format", "weft-perf/1"},           {"command", report.command},
          {"environment", report.environment}, {"complete", report.complete},
          {"cells", array_of(report.cells)},   {"skipped", report.skipped}};
}

std::string to_text(const Report& report, int indent) {
  return to_json(report).dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> write_report(const Report& report, const std::string& path) {
  return write_file(path, to_text(report, 1));
}

std::string to_csv(const Report& report) {
  const auto settings = settings_of(report);
  auto names = settings;
  names.insert(names.end(), {"metric", "unit", "median", "low", "high"});
  auto out = csv_line(names);
  for (const auto& cell : report.cells) {
    for (const auto& metric : cell.metrics) {
      std::vector<std::string> fields;
      for (const auto& name : settings)
        fields.push_back(cell.setting(name));
      const auto estimate = metric.estimate();
      const auto bound = [&](double value) {
        return estimate.sure ? fmt::format("{}", value) : std::string();
      };
      fields.insert(fields.end(), {metric.name, metric.unit, fmt::format("{}", estimate.median),
                                   bound(estimate.low), bound(estimate.high)});
      out += csv_line(fields);
    }
  }
  return out;
}

}  // namespace weft::perf
