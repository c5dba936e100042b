#include "report/csv.hpp"

#include <fmt/format.h>

#include "report/settings.hpp"

namespace weft::perf {

namespace {

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

std::string to_csv(const Report& report) {
  auto cells = cells_of(report);
  const auto subscribers = subscribers_of(cells);
  for (const auto& one : subscribers)
    cells.push_back(&one);
  Names settings{"verb"};
  std::ranges::copy(settings_of(cells), std::back_inserter(settings));
  auto names = settings;
  names.insert(names.end(), {"metric", "unit", "median", "low", "high"});
  auto out = csv_line(names);
  for (const auto* cell : cells) {
    for (const auto& metric : cell->metrics) {
      std::vector<std::string> fields;
      for (const auto& name : settings)
        fields.push_back(cell->setting(name));
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
