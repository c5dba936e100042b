// expect: a_topic_name_must_be_lower_case_words_joined_by_slashes
#include "type/topic.hpp"

struct Ping {
  int value = 0;
  WEFT_MESSAGE("test/Ping", value)
};

#ifdef BROKEN
inline constexpr weft::Topic<Ping> ping{"test/Ping"};
#else
inline constexpr weft::Topic<Ping> ping{"test/ping"};
#endif
