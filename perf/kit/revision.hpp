// What is measured; the values are the build's.
#pragma once

namespace weft::perf {

extern const char* const revision;    ///< Of the sources, as git describes it.
extern const char* const build_type;  ///< meson's.

}  // namespace weft::perf
