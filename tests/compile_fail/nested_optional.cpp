// expect: an optional of an optional cannot travel
#include "type/describe.hpp"

struct Maybe {
#ifdef BROKEN
  std::optional<std::optional<int>> value;
#else
  std::optional<int> value;
#endif
  WEFT_MESSAGE("test/Maybe", value)
};

static_assert(!weft::schema_text<Maybe>().empty());
