// expect: a message cannot have pointers or references
#include "type/describe.hpp"

struct Holder {
#ifdef BROKEN
  const char* name = nullptr;
#else
  std::string name;
#endif
  WEFT_MESSAGE("test/Holder", name)
};

static_assert(!weft::schema_text<Holder>().empty());
