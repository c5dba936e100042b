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

}  // namespace weft::perf
