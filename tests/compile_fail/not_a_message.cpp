// expect: constraint
#include "type/topic.hpp"

struct Ping {
  int value = 0;
#ifndef BROKEN
  WEFT_MESSAGE("test/Ping", value)
#endif
};

inline constexpr weft::Topic<Ping> ping{"test/ping"};
