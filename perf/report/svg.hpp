// Chart: a picture of a few series of points, as an SVG file that needs nothing beside it.
//
// Ground    It paints its own, light or dark as the reader's system is set (prefers-color-scheme; light where that is not
//           known), and has no script.
// Series    Their colours are those of Okabe and Ito, which colour-blind people tell apart, darkened or lightened for the
//           ground; beyond six, dashed lines. Markers differ, too.
// Threads   Values and a pure function.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "report/axis.hpp"

namespace weft::perf {

struct Point {
  double x = 0;
  double y = 0;
  /// Where the value may lie as well; no numbers: it is sure.
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

struct Series {
  std::string name;
  std::vector<Point> points;  ///< Joined by a line, in their order. Those that are not finite are left out.
};

/// How an axis is to be.
struct AxisStyle {
  Scale scale = Scale::linear;
  std::string title;
  std::string unit;  ///< report/units.hpp
};

struct Chart {
  std::string title;
  std::string subtitle;
  std::string footer;  ///< Where and how it was measured.
  AxisStyle x;
  AxisStyle y;
  std::vector<Series> series;
  bool markers = false;  ///< At each point; without, a series is a line alone, if it is more than one point.
};

/// The file's text. Names may hold anything.
std::string svg(const Chart& chart);

}  // namespace weft::perf
