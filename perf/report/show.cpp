#include "report/show.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/table.hpp"
#include "report/settings.hpp"
#include "report/units.hpp"

namespace weft::perf {

namespace {

constexpr std::size_t widest = 100;
constexpr std::size_t narrowest = 40;
constexpr std::size_t widest_metric = 30;
constexpr std::size_t narrowest_setting = 4;
constexpr std::size_t gap = 2;
constexpr std::size_t indent = 2;

/// A column of the table, all of its cells.
struct Column {
  app::Table::Column head;
  std::vector<std::string> cells;

  [[nodiscard]] std::size_t width() const {
    auto most = app::columns(head.title);
    for (const auto& cell : cells)
      most = std::max(most, app::columns(cell));
    return most;
  }
};
using Columns = std::vector<Column>;

std::size_t width_of(const Columns& columns) {
  return std::accumulate(columns.begin(), columns.end(), std::size_t{0},
                         [](std::size_t sum, const Column& column) { return sum + column.width() + gap; });
}

/// "±3%", of a ratio its ends; empty if all rounds were the same.
std::string uncertainty(const Metric& metric, const Estimate& estimate) {
  if (metric.unit == "ratio" && estimate.low != estimate.high)
    return fmt::format("[{:.2f} {:.2f}]", estimate.low, estimate.high);
  const double half = (estimate.high - estimate.low) / 2;
  if (half == 0) return {};
  if (estimate.median == 0) return fmt::format("±{}", readable(half, metric.unit));
  const double percent = std::max(1.0, std::abs(100 * half / estimate.median));
  return percent < 1000 ? fmt::format("±{:.0f}%", percent) : "±>999%";
}

/// Values with what they are uncertain by, each part aligned.
Column metric_column(const Cells& cells, const Metric& like) {
  Column out{{shown(like.name), true}, {}};
  std::vector<std::string> behind;
  std::size_t most = 0;
  for (const auto* cell : cells) {
    const auto metric = std::ranges::find_if(cell->metrics, [&](const Metric& other) {
      return other.name == like.name && other.unit == like.unit;
    });
    const bool has = metric != cell->metrics.end() && !metric->values.empty();
    const auto estimate = has ? metric->estimate() : Estimate{};
    out.cells.push_back(has ? measured(estimate.median, shown(like.unit)) : std::string("-"));
    behind.push_back(has ? uncertainty(*metric, estimate) : std::string());
    most = std::max(most, app::columns(behind.back()));
  }
  for (std::size_t i = 0; i < out.cells.size() && most > 0; ++i)
    out.cells[i] += std::string(1 + most - app::columns(behind[i]), ' ') + behind[i];
  for (auto& cell : out.cells)
    cell = app::cut(cell, widest_metric);
  out.head.title = app::cut(out.head.title, widest_metric);
  return out;
}

Columns metric_columns(const Cells& cells) {
  Columns out;
  std::vector<std::pair<std::string, std::string>> known;
  for (const auto* cell : cells) {
    for (const auto& metric : cell->metrics) {
      const std::pair name{metric.name, metric.unit};
      if (std::ranges::find(known, name) != known.end()) continue;
      known.push_back(name);
      out.push_back(metric_column(cells, metric));
    }
  }
  return out;
}

/// Where they would not leave room for a metric, the widest are cut; if even that does not do, the last are left out.
Columns setting_columns(const Cells& cells, std::size_t most) {
  Columns out;
  for (const auto& name : differing_settings(cells)) {
    const bool right = std::ranges::all_of(
        cells, [&](const Cell* cell) { return number(*cell, name) || cell->setting(name).empty(); });
    out.push_back({{shown(name), right}, {}});
    for (const auto* cell : cells)
      out.back().cells.push_back(readable(*cell, name));
  }
  while (width_of(out) > most) {
    auto& column = *std::ranges::max_element(out, {}, &Column::width);
    const auto width = column.width() - 1;
    if (width < narrowest_setting) {
      out.pop_back();
      continue;
    }
    column.head.title = app::cut(column.head.title, width);
    for (auto& cell : column.cells)
      cell = app::cut(cell, width);
  }
  return out;
}

std::string table_text(const Cells& cells, const Columns& columns, const app::Terminal& terminal) {
  std::vector<app::Table::Column> heads;
  for (const auto& column : columns)
    heads.push_back(column.head);
  app::Table table(std::move(heads));
  for (std::size_t row = 0; row < cells.size(); ++row) {
    std::vector<app::Table::Cell> texts;
    for (const auto& column : columns) {
      if (cells[row]->faults.empty()) {
        texts.emplace_back(column.cells[row]);
      } else {
        texts.emplace_back(column.cells[row], app::Colour::red);
      }
    }
    table.add(std::move(texts));
  }
  return table.text(terminal);
}

/// One table, or several where all metrics do not fit in one.
std::string tables(const Cells& cells, const app::Terminal& terminal) {
  const auto metrics = metric_columns(cells);
  std::size_t widest_one = 0;
  for (const auto& metric : metrics)
    widest_one = std::max(widest_one, metric.width());
  const auto settings = setting_columns(cells, terminal.width - std::min(terminal.width, widest_one));
  if (metrics.empty()) return settings.empty() ? std::string() : table_text(cells, settings, terminal);
  std::string out;
  for (auto metric = metrics.begin(); metric != metrics.end();) {
    auto columns = settings;
    auto used = width_of(settings);
    do {
      used += metric->width() + gap;
      columns.push_back(*metric++);
    } while (metric != metrics.end() && used + metric->width() <= terminal.width);
    if (!out.empty()) out += '\n';
    out += table_text(cells, columns, terminal);
  }
  return out;
}

std::string line(const std::string& text, const app::Terminal& terminal) {
  return app::wrapped(text, terminal.width, indent) + "\n";
}

std::string painted_line(app::Colour colour, const std::string& text, const app::Terminal& terminal) {
  return terminal.paint(colour, app::wrapped(text, terminal.width, indent)) + "\n";
}

std::string head_of(const Report& report, const app::Terminal& terminal) {
  std::string environment;
  for (const auto& [name, value] : report.environment.items()) {
    const auto text = value.is_string() ? value.get<std::string>() : value.dump();
    environment += fmt::format("{}{} {}", environment.empty() ? "" : ", ", shown(name), shown(text));
  }
  auto out = painted_line(app::Colour::bold, shown(report.command), terminal);
  if (!environment.empty()) out += painted_line(app::Colour::grey, environment, terminal);
  if (!report.complete)
    out += painted_line(app::Colour::yellow, "It ended before its end: this is what was measured so far.",
                        terminal);
  return out;
}

/// What became of the target that the cell was to reach, a line for each metric.
std::vector<std::string> targets_of(const Cell& cell) {
  std::vector<std::string> lines;
  if (!cell.details.is_object() || !cell.details.contains("target") || !cell.details["target"].is_object())
    return lines;
  for (const auto& [metric, verdict] : cell.details["target"].items()) {
    if (verdict.is_string())
      lines.push_back(fmt::format("{}, {}", shown(metric), shown(verdict.get<std::string>())));
  }
  return lines;
}

/// Whether a ± is not yet of 95 %.
bool is_rough(const Cells& cells) {
  return std::ranges::any_of(cells, [](const Cell* cell) {
    return std::ranges::any_of(cell->metrics, [](const Metric& metric) {
      return metric.values.size() > 1 && !metric.estimate().sure;
    });
  });
}

std::string section(const Cells& cells, const app::Terminal& terminal) {
  const auto same = described(*cells.front(), same_settings(cells));
  const auto verb = shown(cells.front()->setting("verb"));
  auto out = line(
      terminal.paint(app::Colour::bold, verb) + (same.empty() ? std::string() : fmt::format("  {}", same)),
      terminal);
  out += tables(cells, terminal);
  if (is_rough(cells))
    out += painted_line(app::Colour::grey, "± spans all rounds: they are fewer than six.", terminal);
  for (const auto* cell : cells) {
    for (const auto& judged : targets_of(*cell))
      out += line(fmt::format("{}: {}", described(*cell, differing_settings(cells)), judged), terminal);
  }
  const auto subscribers = subscribers_of(cells);
  Cells each;
  for (const auto& one : subscribers)
    each.push_back(&one);
  if (!each.empty()) out += "\neach subscriber, in all rounds together\n" + tables(each, terminal);
  for (const auto* cell : cells) {
    for (const auto& fault : cell->faults) {
      const auto which = described(*cell, differing_settings(cells));
      out += painted_line(
          app::Colour::red,
          fmt::format("FAULT {}{}{}", which, which.empty() ? std::string_view() : ": ", shown(fault)),
          terminal);
    }
  }
  return out;
}

}  // namespace

std::string tables_of(const Report& report, const app::Terminal& terminal) {
  auto page = terminal;
  page.is_terminal = true;
  page.width = std::clamp(terminal.width == 0 ? widest : terminal.width, narrowest, widest);
  auto out = head_of(report, page);
  for (const auto& cells : families(cells_of(report)))
    out.append("\n").append(section(cells, page));
  if (!report.skipped.empty()) out += "\n";
  for (const auto& skipped : report.skipped)
    out += painted_line(app::Colour::grey, fmt::format("skipped: {}", shown(skipped)), page);
  return out;
}

}  // namespace weft::perf
