// expect: this struct needs WEFT_MESSAGE
#include "type/describe.hpp"

struct Point {
  double x = 0;
#ifndef BROKEN
  WEFT_MESSAGE("test/Point", x)
#endif
};

struct Path {
  std::vector<Point> points;
  WEFT_MESSAGE("test/Path", points)
};

static_assert(!weft::schema_text<Path>().empty());
