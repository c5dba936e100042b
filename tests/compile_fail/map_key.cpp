// expect: a map's key must be a string, an integer or a WEFT_ENUM enum
#include "type/describe.hpp"

struct Table {
#ifdef BROKEN
  std::map<double, int> rows;
#else
  std::map<int, double> rows;
#endif
  WEFT_MESSAGE("test/Table", rows)
};

static_assert(!weft::schema_text<Table>().empty());
