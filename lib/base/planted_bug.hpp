// Whether the bugs that the fuzz corpora must find are compiled in (tests/fuzz).
//
// Threads   Any: a constant.
#pragma once

namespace weft {

#ifdef WEFT_PLANTED_BUG
inline constexpr bool planted_bug = true;
#else
inline constexpr bool planted_bug = false;
#endif

}  // namespace weft
