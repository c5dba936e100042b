#include "codec/flat.hpp"

#include <fmt/core.h>

namespace weft::flat {

Error misfit(std::string_view type, std::size_t size, std::size_t found) {
  if (size == found)
    return Error{Errc::malformed, fmt::format("view {}: the bytes are not aligned for it", type)};
  return Error{Errc::malformed,
               fmt::format("view {}: {} bytes, not the {} of its memory", type, found, size)};
}

}  // namespace weft::flat
