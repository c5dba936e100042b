// expect: WEFT_MESSAGE must list every field
#include "type/describe.hpp"

struct Nothing {
#ifdef BROKEN
  double x = 0;
#endif
  WEFT_MESSAGE("test/Nothing")
};
