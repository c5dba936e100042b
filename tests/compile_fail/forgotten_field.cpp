// expect: must_list_every_field
#include "type/describe.hpp"

struct Position {
  double x = 0;
  double y = 0;
#ifdef BROKEN
  double z = 0;
#endif
  WEFT_MESSAGE("test/Position", x, y)
};
