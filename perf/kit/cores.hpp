// Cores: where the two sides of a measurement run.
//
// Threads   Pure functions of what the kernel says of this machine.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace weft::perf {

enum class Cores {
  one,   ///< Both are pinned to the same.
  two,   ///< Each is pinned to one of its own, and these are no two threads of one core.
  free,  ///< As the scheduler likes.
};
std::string_view name_of(Cores cores) noexcept;
/// The one of that name: free, if there is none.
Cores cores_of(std::string_view name) noexcept;

/// The processors that each is pinned to; nothing: to none.
struct Pins {
  std::optional<int> first;
  std::optional<int> second;
};

/// Errors: unsupported where this process may use one core only, and two are asked for.
Result<Pins> pins_of(Cores cores);

/// Keeps this process on that processor. Errors: invalid_argument.
Result<void> pin(int processor);

}  // namespace weft::perf
