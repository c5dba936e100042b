#include "report/plots.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "kit/files.hpp"
#include "report/settings.hpp"

namespace weft::perf {

namespace {

/// Who carried the messages: what is compared within a picture.
const Names carriers{"peer", "transport"};

/// What a trend is drawn over.
struct Over {
  std::string setting;
  std::string unit;
  std::string title;
};
const Over over_size{"bytes", "bytes", "message size"};
const std::vector<Over> over_numbers{{"subscribers", "", "subscribers"}, {"workers", "", "workers"}};

/// More lines than that nobody tells apart.
constexpr std::size_t most_curves = 12;

/// "c-64-kib" of "C: 64 KiB".
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) {
      out += lower;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  return out;
}

/// The settings that tell cells of one picture from those of others, all having the same verb.
std::string differing_words(const Cell& cell, const Names& differing, const Names& within) {
  std::string out;
  for (const auto& name : differing) {
    if (std::ranges::find(within, name) == within.end())
      out += fmt::format(" {} {}", name, cell.setting(name));
  }
  return out;
}

/// A line of the report's environment (kit/environment.hpp).
std::string where_measured(const Report& report) {
  std::string out;
  for (const auto& [name, form] : {std::pair{"cpu", "{}"},
                                   {"cores", "{} cores"},
                                   {"machine", "{} machine"},
                                   {"kernel", "{}"},
                                   {"libzmq", "libzmq {}"},
                                   {"revision", "revision {}"}}) {
    const auto found = report.environment.find(name);
    if (found == report.environment.end()) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format(fmt::runtime(form), found->is_string() ? found->get<std::string>() : found->dump());
  }
  return out;
}

/// A metric or a curve may have a name and a unit that another has not.
template <class Thing>
const Thing* find(const std::vector<Thing>& things, const Thing& like) {
  const auto found = std::ranges::find_if(
      things, [&](const Thing& thing) { return thing.name == like.name && thing.unit == like.unit; });
  return found == things.end() ? nullptr : &*found;
}

/// The first of each name and unit that the cells have.
template <class Thing>
std::vector<Thing> all_of(const Cells& cells, std::vector<Thing> Cell::*things) {
  std::vector<Thing> out;
  for (const auto* cell : cells) {
    for (const auto& thing : cell->*things) {
      if (find(out, thing) == nullptr) out.push_back(thing);
    }
  }
  return out;
}

Scale scale_of(const std::vector<Series>& series) {
  constexpr double wide = 15;
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const auto& one : series) {
    for (const auto& point : one.points) {
      if (point.y > 0) least = std::min(least, point.y);
      most = std::max(most, point.y);
    }
  }
  return most >= wide * least ? Scale::logarithmic : Scale::linear;
}

// Curves.

bool is_of_one_subscriber(const Curve& curve) {
  return curve.name.starts_with("subscriber ");
}

Series series_of(std::string name, const Curve& curve) {
  Series out{std::move(name), {}};
  for (const auto& [part, value] : curve.points)
    out.points.push_back({part, value});
  return out;
}

double at(const Series& series, double part) {
  for (const auto& point : series.points) {
    if (point.x >= part) return point.y;
  }
  return series.points.empty() ? 0 : series.points.back().y;
}

/// Some of too many, from the lowest at p99 to the highest. Answers what to tell of that.
std::string thin_out(std::vector<Series>& series) {
  if (series.size() <= most_curves) return {};
  std::ranges::stable_sort(series, {}, [](const Series& one) { return at(one, 0.99); });
  std::vector<Series> some;
  for (std::size_t i = 0; i < most_curves; ++i)
    some.push_back(series[i * (series.size() - 1) / (most_curves - 1)]);
  auto told = fmt::format("; {} of {}, from the lowest p99 to the highest", most_curves, series.size());
  series = std::move(some);
  return told;
}

Chart curves_chart(const Cells& cells, const std::string& what, const std::string& unit,
                   std::vector<Series> series) {
  Chart chart;
  const auto verb = cells.front()->setting("verb");
  chart.title = fmt::format("{}: {}", verb, what);
  chart.subtitle = described(*cells.front(), same_settings(cells)) + thin_out(series);
  chart.x = {Scale::nines, "percentile", ""};
  chart.y = {Scale::logarithmic, unit == "ns" ? "time" : what, unit};
  chart.series = std::move(series);
  return chart;
}

/// What curves of one picture differ in: who carried the messages, or, where that is always the same, another setting.
Names compared_in(const Cells& cells) {
  const auto differing = differing_settings(cells);
  const auto differs = [&](const std::string& name) {
    return std::ranges::find(differing, name) != differing.end();
  };
  if (std::ranges::any_of(carriers, differs)) return carriers;
  for (const auto* name : {"what", "subscribers", "workers", "window", "rate", "bytes"}) {
    if (differs(name)) return {name};
  }
  return {};
}

void add_curves(std::vector<Picture>& pictures, const Cells& family, const Names& differing) {
  const auto verb = family.front()->setting("verb");
  for (const auto& cells : grouped(family, compared_in(family))) {
    const auto own = differing_settings(cells);
    for (const auto& kind : all_of(cells, &Cell::curves)) {
      if (is_of_one_subscriber(kind)) continue;
      std::vector<Series> series;
      for (const auto* cell : cells) {
        if (const auto* curve = find(cell->curves, kind))
          series.push_back(series_of(described(*cell, own), *curve));
      }
      pictures.push_back({slug(verb + " " + kind.name + differing_words(*cells.front(), differing, own)),
                          curves_chart(cells, kind.name, kind.unit, std::move(series))});
    }
  }
}

void add_subscribers(std::vector<Picture>& pictures, const Cells& family, const Names& differing) {
  const auto verb = family.front()->setting("verb");
  for (const auto* cell : family) {
    std::vector<Series> series;
    std::string unit;
    for (const auto& curve : cell->curves) {
      if (!is_of_one_subscriber(curve)) continue;
      series.push_back(series_of(curve.name, curve));
      unit = curve.unit;
    }
    if (series.empty()) continue;
    pictures.push_back({slug(verb + " each subscriber" + differing_words(*cell, differing, {})),
                        curves_chart({cell}, "each subscriber", unit, std::move(series))});
  }
}

// Trends.

Series trend_of(const Cells& cells, const std::string& setting, const Metric& metric) {
  Series out;
  for (const auto* cell : cells) {
    const auto x = number(*cell, setting);
    const auto* found = find(cell->metrics, metric);
    if (!x || found == nullptr || found->values.empty()) continue;
    const auto y = found->estimate();
    Point point{*x, y.median};
    if (found->values.size() > 1) {
      point.low = y.low;
      point.high = y.high;
    }
    out.points.push_back(point);
  }
  std::ranges::stable_sort(out.points, {}, &Point::x);
  return out;
}

bool is_worth_drawing(const std::vector<Series>& series) {
  return std::ranges::any_of(series, [](const Series& one) { return one.points.size() > 1; });
}

/// The metrics that are drawn over a setting: of a number, what comes of it for each subscriber.
bool is_drawn(const Metric& metric, const Over& over) {
  const bool is_rate = metric.unit.ends_with("/s");
  const bool is_time = metric.unit == "ns";
  if (is_time && metric.name.ends_with("p99")) return true;
  if (over.setting != over_size.setting) return is_rate && metric.name.starts_with("delivered");
  return is_rate || (is_time && metric.name.ends_with("p50"));
}

std::vector<Series> trends_of(const Cells& cells, const Over& over, const Metric& metric) {
  auto own = differing_settings(cells);
  std::erase(own, over.setting);
  std::vector<Series> out;
  for (const auto& line : grouped(cells, {over.setting})) {
    out.push_back(trend_of(line, over.setting, metric));
    out.back().name = described(*line.front(), own);
  }
  std::erase_if(out, [](const Series& series) { return series.points.empty(); });
  return out;
}

Chart trend_chart(const Cells& cells, const Over& over, const Metric& metric, std::vector<Series> series) {
  Chart chart;
  chart.title = fmt::format("{}: {} over {}", cells.front()->setting("verb"), metric.name, over.title);
  chart.subtitle = described(*cells.front(), same_settings(cells));
  chart.x = {Scale::settings, over.title, over.unit};
  chart.y = {scale_of(series), metric.name, metric.unit};
  chart.series = std::move(series);
  chart.markers = true;
  return chart;
}

void add_trends(std::vector<Picture>& pictures, const Cells& family, const Names& differing,
                const Over& over) {
  auto varied = carriers;
  varied.push_back(over.setting);
  for (const auto& cells : grouped(family, varied)) {
    const auto own = differing_settings(cells);
    for (const auto& metric : all_of(cells, &Cell::metrics)) {
      if (!is_drawn(metric, over)) continue;
      auto series = trends_of(cells, over, metric);
      if (!is_worth_drawing(series)) continue;
      pictures.push_back({slug(fmt::format("{} {} over {}{}", cells.front()->setting("verb"), metric.name,
                                           over.setting, differing_words(*cells.front(), differing, own))),
                          trend_chart(cells, over, metric, std::move(series))});
    }
  }
}

/// Makes names into names of files: neither empty, nor too long, nor one twice.
void name_apart(std::vector<Picture>& pictures) {
  constexpr std::size_t longest = 120;
  std::set<std::string> taken;
  for (auto& picture : pictures) {
    if (picture.name.empty()) picture.name = "plot";
    picture.name = slug(picture.name.substr(0, longest));
    const auto base = picture.name;
    for (int i = 2; !taken.insert(picture.name).second; ++i)
      picture.name = fmt::format("{}-{}", base, i);
  }
}

/// All of them, one below the other, as a page. Their names need no escaping.
std::string page_of(const std::vector<Picture>& pictures) {
  std::string out =
      "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>weft-perf</title>\n<style>body{max-width:60em;margin:auto}img{width:100%}</style>\n";
  for (const auto& picture : pictures)
    out += fmt::format("<a href=\"{0}.svg\"><img src=\"{0}.svg\" alt=\"{0}\"></a>\n", picture.name);
  return out;
}

}  // namespace

std::vector<Picture> pictures_of(const Report& report) {
  std::vector<Picture> out;
  for (const auto& verb_cells : by_verb(cells_of(report))) {
    const auto differing = differing_settings(verb_cells);
    for (const auto& family : families(verb_cells)) {
      add_curves(out, family, differing);
      add_subscribers(out, family, differing);
      add_trends(out, family, differing, over_size);
      for (const auto& over : over_numbers)
        add_trends(out, family, differing, over);
    }
  }
  name_apart(out);
  for (auto& picture : out)
    picture.chart.footer = where_measured(report);
  return out;
}

Result<void> write_plots(const Report& report, const std::string& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return sys_error(failure.value(), "mkdir", directory);
  const std::filesystem::path folder(directory);
  const auto pictures = pictures_of(report);
  for (const auto& picture : pictures)
    WEFT_CHECK(write_file(folder / (picture.name + ".svg"), svg(picture.chart)));
  return write_file(folder / "index.html", page_of(pictures));
}

}  // namespace weft::perf
