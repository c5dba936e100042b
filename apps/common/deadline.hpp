// Time limits from the command line.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace weft::app {

/// `seconds` from now; 0: never.
inline Deadline deadline_in(double seconds) noexcept {
  return seconds > 0 ? Deadline(std::chrono::duration<double>(seconds)) : Deadline::none();
}

}  // namespace weft::app
