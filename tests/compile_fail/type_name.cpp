// expect: a_type_name_must_have_the_form_package_slash_type
#include "type/message.hpp"

struct Ping {
  int value = 0;
#ifdef BROKEN
  WEFT_MESSAGE("Ping", value)
#else
  WEFT_MESSAGE("test/Ping", value)
#endif
};
