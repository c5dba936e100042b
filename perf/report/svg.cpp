#include "report/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/terminal.hpp"

namespace weft::perf {

namespace {

constexpr double width = 840;
constexpr double height = 520;
constexpr double side = 24;  ///< What is free at the picture's left and right.
constexpr double title_bottom = 34;
constexpr double text_line = 19;
constexpr std::size_t most_subtitle_lines = 2;
constexpr double plot_bottom = 432;
constexpr double legend_line = 20;
constexpr double legend_sample = 34;  ///< The line before a name, and the gap between them.
constexpr std::size_t longest_name = 26;
constexpr std::size_t most_names = 15;
constexpr std::size_t colours = 6;

/// A letter of the small text is about so wide, in whatever font the reader has.
constexpr double letter = 7;
constexpr double title_letter = 10.5;
constexpr double footer_letter = 6.1;

constexpr const char* style = R"(<style>
text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #444c56; }
text.title { font-size: 18px; font-weight: 600; fill: #1b1f24; }
text.small { font-size: 11px; fill: #6a737d; }
text.axis { fill: #1b1f24; }
text.right { text-anchor: end; }
text.middle { text-anchor: middle; }
.ground { fill: #ffffff; }
.grid { stroke: #e4e7eb; stroke-width: 1; }
.frame { stroke: #8c959f; stroke-width: 1.2; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.whisker { fill: none; stroke-width: 1.8; }
.marker { stroke-width: 1; }
.dashed { stroke-dasharray: 7 6; }
.s0 { stroke: #0072b2; } .m0 { fill: #0072b2; stroke: #ffffff; }
.s1 { stroke: #d55e00; } .m1 { fill: #d55e00; stroke: #ffffff; }
.s2 { stroke: #008f68; } .m2 { fill: #008f68; stroke: #ffffff; }
.s3 { stroke: #b5578d; } .m3 { fill: #b5578d; stroke: #ffffff; }
.s4 { stroke: #d39200; } .m4 { fill: #d39200; stroke: #ffffff; }
.s5 { stroke: #5b6670; } .m5 { fill: #5b6670; stroke: #ffffff; }
@media (prefers-color-scheme: dark) {
text { fill: #b7bfc8; }
text.title { fill: #f0f3f6; }
text.small { fill: #9198a1; }
text.axis { fill: #f0f3f6; }
.ground { fill: #0d1117; }
.grid { stroke: #262c34; }
.frame { stroke: #6e7681; }
.s0 { stroke: #4aa8e8; } .m0 { fill: #4aa8e8; stroke: #0d1117; }
.s1 { stroke: #f47b35; } .m1 { fill: #f47b35; stroke: #0d1117; }
.s2 { stroke: #2cc597; } .m2 { fill: #2cc597; stroke: #0d1117; }
.s3 { stroke: #e39ac4; } .m3 { fill: #e39ac4; stroke: #0d1117; }
.s4 { stroke: #f0c04a; } .m4 { fill: #f0c04a; stroke: #0d1117; }
.s5 { stroke: #b9c1ca; } .m5 { fill: #b9c1ca; stroke: #0d1117; }
}
</style>
)";

/// Text as XML has it: no control characters, nothing that is not UTF-8, nor the two of it that XML excludes.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : shown(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  for (const char* excluded : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = out.find(excluded, at)) != std::string::npos;)
      out.erase(at, 3);
  }
  return out;
}

std::string text_at(double x, double y, const char* kind, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, kind, escaped(text));
}

/// In at most `most` lines of the picture's width; what does not fit is cut.
std::vector<std::string> lines_of(const std::string& text, double letter_width, std::size_t most) {
  const auto columns = std::size_t((width - 2 * side) / letter_width);
  std::vector<std::string> out;
  std::string rest = shown(text);
  while (!rest.empty() && out.size() + 1 < most) {
    const auto wrapped = app::wrapped(rest, columns);
    out.push_back(wrapped.substr(0, wrapped.find('\n')));
    rest.erase(0, out.back().size());
    rest.erase(0, rest.find_first_not_of(' '));
  }
  if (!rest.empty()) out.push_back(app::cut(rest, columns));
  return out;
}

std::string line(double x1, double y1, double x2, double y2, const std::string& kind) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1,
                     x2, y2, kind);
}

/// The shapes of markers, about the origin.
std::string marker(double x, double y, std::size_t series) {
  constexpr std::array<const char*, 4> shapes{"M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0 -9.2 0z",
                                              "M-4.2 -4.2h8.4v8.4h-8.4z", "M0 -5.4l5.2 9.2h-10.4z",
                                              "M0 -5.8l5.8 5.8l-5.8 5.8l-5.8 -5.8z"};
  return fmt::format("<path transform=\"translate({:.1f} {:.1f})\" d=\"{}\" class=\"marker m{}\"/>\n", x, y,
                     shapes[series % shapes.size()], series % colours);
}

/// From `low` to `high`, with a bar across each end.
std::string whisker(double x, double low, double high, std::size_t series) {
  return fmt::format("<path d=\"M{0:.1f} {1:.1f}h8m-4 0V{2:.1f}m-4 0h8\" class=\"whisker s{3}\"/>\n", x - 4,
                     low, high, series % colours);
}

std::string stroke_of(std::size_t series) {
  return fmt::format("s{}{}", series % colours, series / colours % 2 == 1 ? " dashed" : "");
}

std::vector<double> values_of(const Chart& chart, const std::vector<double Point::*>& members) {
  std::vector<double> out;
  for (const auto& series : chart.series) {
    for (const auto& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      for (const auto member : members)
        out.push_back(point.*member);
    }
  }
  return out;
}

class Drawing final {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        x_(chart.x.scale, chart.x.unit, values_of(chart, {&Point::x})),
        y_(chart.y.scale, chart.y.unit, values_of(chart, {&Point::y, &Point::low, &Point::high})),
        subtitle_(lines_of(chart.subtitle, letter, most_subtitle_lines)),
        top_(title_bottom + 46 + text_line * double(subtitle_.size())),
        left_(side + letter + letter * double(widest_label())),
        right_(width - side - legend_width()) {}

  [[nodiscard]] std::string text() const {
    auto out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "role=\"img\">\n"
        "<title>{2}</title>\n{3}<rect width=\"{0}\" height=\"{1}\" class=\"ground\"/>\n",
        width, height, escaped(chart_.title), style);
    for (const auto& title : lines_of(chart_.title, title_letter, 1))
      out += text_at(side, title_bottom, "title", title);
    for (std::size_t i = 0; i < subtitle_.size(); ++i)
      out += text_at(side, title_bottom + 3 + text_line * double(i + 1), "subtitle", subtitle_[i]);
    for (const auto& footer : lines_of(chart_.footer, footer_letter, 1))
      out += text_at(side, height - 18, "small", footer);
    out += axes();
    if (values_of(chart_, {&Point::x}).empty())
      out += text_at((left_ + right_) / 2, (top_ + plot_bottom) / 2, "middle", "nothing was measured");
    for (std::size_t i = chart_.series.size(); i-- > 0;)  // the first above all others
      out += series(i);
    return out + legend() + "</svg>\n";
  }

 private:
  [[nodiscard]] std::size_t widest_label() const {
    std::size_t most = 0;
    for (const auto& tick : y_.ticks())
      most = std::max(most, app::columns(tick.label));
    return most;
  }
  [[nodiscard]] bool has_legend() const { return chart_.series.size() > 1; }
  [[nodiscard]] static std::string short_name(const Series& series) {
    return app::cut(shown(series.name), longest_name);
  }
  [[nodiscard]] double legend_width() const {
    std::size_t most = 0;
    for (const auto& series : chart_.series)
      most = std::max(most, app::columns(short_name(series)));
    return has_legend() ? side + legend_sample + letter * double(most) : 0;
  }

  [[nodiscard]] double x_of(double value) const { return left_ + x_.place(value) * (right_ - left_); }
  [[nodiscard]] double y_of(double value) const {
    return plot_bottom - y_.place(value) * (plot_bottom - top_);
  }

  [[nodiscard]] std::string axes() const {
    std::string out;
    for (const auto& tick : y_.ticks()) {
      const double y = plot_bottom - tick.at * (plot_bottom - top_);
      out += line(left_, y, right_, y, "grid") + text_at(left_ - letter, y + 4, "right", tick.label);
    }
    double free_from = 0;
    for (const auto& tick : x_.ticks()) {
      const double x = left_ + tick.at * (right_ - left_);
      const double half = letter * double(app::columns(tick.label)) / 2;
      out += line(x, top_, x, plot_bottom, "grid");
      if (x - half < free_from) continue;
      free_from = x + half + letter / 2;
      out += text_at(x, plot_bottom + 20, "middle", tick.label);
    }
    out += line(left_, top_, left_, plot_bottom, "frame");
    out += line(left_, plot_bottom, right_, plot_bottom, "frame");
    out += text_at(side, top_ - 14, "axis", chart_.y.title);
    return out + text_at((left_ + right_) / 2, plot_bottom + 44, "axis middle", chart_.x.title);
  }

  [[nodiscard]] std::string series(std::size_t index) const {
    std::vector<Point> points;
    for (const auto& point : chart_.series[index].points) {
      if (std::isfinite(point.x) && std::isfinite(point.y)) points.push_back(point);
    }
    std::string out = path(points, index);
    for (const auto& point : points) {
      if (std::isfinite(point.low) && std::isfinite(point.high))
        out += whisker(x_of(point.x), y_of(point.low), y_of(point.high), index);
    }
    if (!chart_.markers && points.size() > 1) return out;
    for (const auto& point : points)
      out += marker(x_of(point.x), y_of(point.y), index);
    return out;
  }

  /// Points that nobody could tell from the one before are left out.
  [[nodiscard]] std::string path(const std::vector<Point>& points, std::size_t index) const {
    if (points.size() < 2) return {};
    constexpr double near = 0.4;
    std::string steps;
    std::optional<std::pair<double, double>> before;
    for (const auto& point : points) {
      const std::pair now{x_of(point.x), y_of(point.y)};
      const bool last = &point == &points.back();
      if (before && !last && std::hypot(now.first - before->first, now.second - before->second) < near)
        continue;
      steps += fmt::format("{}{:.1f} {:.1f}", before ? "L" : "M", now.first, now.second);
      before = now;
    }
    return fmt::format("<path d=\"{}\" class=\"line {}\"/>\n", steps, stroke_of(index));
  }

  [[nodiscard]] std::string legend() const {
    if (!has_legend()) return {};
    std::string out;
    const double x = right_ + side;
    const auto line_at = [&](std::size_t i) { return top_ + 6 + legend_line * double(i); };
    const auto count = std::min(chart_.series.size(), most_names);
    for (std::size_t i = 0; i < count; ++i) {
      const double y = line_at(i);
      out += line(x, y, x + 24, y, fmt::format("line {}", stroke_of(i)));
      if (chart_.markers) out += marker(x + 12, y, i);
      out += text_at(x + legend_sample, y + 4, "name", short_name(chart_.series[i]));
    }
    const auto rest = chart_.series.size() - count;
    if (rest != 0)
      out += text_at(x + legend_sample, line_at(count) + 4, "small", fmt::format("and {} more", rest));
    return out;
  }

  const Chart& chart_;
  Axis x_;
  Axis y_;
  std::vector<std::string> subtitle_;
  double top_;  ///< The plot's; its bottom is always the same.
  double left_;
  double right_;
};

}  // namespace

std::string svg(const Chart& chart) {
  return Drawing(chart).text();
}

}  // namespace weft::perf
