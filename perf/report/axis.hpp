// Axis: where on a line from 0 to 1 a value stands, and which values are named along it.
//
// Threads   Values.
// Numbers   Any will do: those that are not finite do not stretch an axis, and no place lies outside of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weft::perf {

enum class Scale {
  linear,  ///< From zero.
  logarithmic,  ///< With ticks at 1, 2 and 5, or at powers of ten. What is not above zero stands at its beginning, as "0".
  settings,  ///< The same, with ticks at the values themselves: sizes, numbers of subscribers.
  nines,  ///< Of parts from 0 to 1: 0, 90 %, 99 %, 99.9 % … equally far from each other; 1 stands at the end, as "max".
};

struct Tick {
  double at = 0;
  std::string label;
};

class Axis final {
 public:
  /// Wide enough for the values.
  Axis(Scale scale, const std::string& unit, std::vector<double> values);

  /// REQUIRES: the value is finite.
  [[nodiscard]] double place(double value) const { return place_(value); }
  /// From the beginning to the end.
  [[nodiscard]] const std::vector<Tick>& ticks() const noexcept { return ticks_; }

 private:
  std::function<double(double)> place_;
  std::vector<Tick> ticks_;
};

}  // namespace weft::perf
