// expect: a_qos_value_is_out_of_range
#include "type/topic.hpp"

struct Ping {
  int value = 0;
  WEFT_MESSAGE("test/Ping", value)
};

#ifdef BROKEN
inline constexpr weft::Topic<Ping> ping{"test/ping", {.depth = 0}};
#else
inline constexpr weft::Topic<Ping> ping{"test/ping", {.depth = 1}};
#endif
