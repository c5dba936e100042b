// draw DIRECTORY: pictures of what a chart is hardly made for, for test_pictures.py to look at.
#include <fstream>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "report/svg.hpp"

using namespace weft::perf;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double none = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::pair<std::string, std::vector<Series>>> kinds{
    {"nothing", {}},
    {"no-points", {{"a", {}}, {"b", {}}}},
    {"one-point", {{"a", {{0.5, 7}}}}},
    {"zero", {{"a", {{0, 0}, {0.5, 0}, {1, 0}}}}},
    {"equal", {{"a", {{1, 7}, {2, 7}, {3, 7}}}, {"b", {{1, 7}, {1, 7}}}}},
    {"negative", {{"a", {{-1, -7}, {-2, -8}}}}},
    {"not-finite", {{"a", {{none, 1}, {1, none}, {infinite, 1}, {1, -infinite}, {0.9, 3, -infinite, none}}}}},
    {"none-finite", {{"a", {{none, none}, {infinite, infinite}}}}},
    {"huge", {{"a", {{0, 5e-324}, {0.5, 1e308, -1e308, 1e308}, {1, -1e308}}}}},
    {"tiny", {{"a", {{1e-310, 1e-310}, {2e-310, 2e-310}}}}},
    {"hostile-text", {{"<&\">'\x01\x1b[2J\xff\xef\xbf\xbf", {{0.1, 1}, {0.2, 2}}}, {"]]><!--", {{0.1, 1}}}}},
};

std::vector<Series> crowd() {
  std::vector<Series> out;
  for (int i = 0; i < 40; ++i)
    out.push_back({std::string(100, 'w') + std::to_string(i), {{0, double(i)}, {1, double(i)}}});
  return out;
}

void draw(const std::string& path, const std::vector<Series>& series, Scale x, Scale y) {
  Chart chart{"a <title> & \"more\"",
              std::string(500, 'x'),
              "footer",
              {x, "x", "bytes"},
              {y, "y", "ns"},
              series,
              false};
  for (const bool markers : {false, true}) {
    chart.markers = markers;
    std::ofstream(path + (markers ? "-markers.svg" : ".svg")) << svg(chart);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::vector<std::pair<std::string, Scale>> scales{{"linear", Scale::linear},
                                                          {"logarithmic", Scale::logarithmic},
                                                          {"settings", Scale::settings},
                                                          {"nines", Scale::nines}};
  for (const auto& [name, scale] : scales) {
    for (const auto& [kind, series] : kinds) {
      draw(fmt::format("{}/{}-{}", argv[1], kind, name), series, scale, Scale::linear);
      draw(fmt::format("{}/{}-{}-logarithmic", argv[1], kind, name), series, scale, Scale::logarithmic);
    }
    draw(fmt::format("{}/crowd-{}", argv[1], name), crowd(), scale, Scale::linear);
  }
}
