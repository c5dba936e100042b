// expect: this enum needs WEFT_ENUM
#include "type/describe.hpp"

enum class Mode : std::uint8_t { idle, busy };
#ifndef BROKEN
WEFT_ENUM(Mode, "test/Mode", idle, busy)
#endif

struct State {
  Mode mode = Mode::idle;
  WEFT_MESSAGE("test/State", mode)
};

static_assert(!weft::schema_text<State>().empty());
