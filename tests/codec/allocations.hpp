// Counts what a piece of code takes from the heap, through this program's own operator new.
#pragma once

#include <cstddef>

namespace weft::test {

struct Allocated {
  std::size_t count = 0;
  std::size_t bytes = 0;
};

/// What this thread has allocated so far.
Allocated allocated();

/// What `body` allocates.
template <class Body>
Allocated allocated_by(Body body) {
  auto before = allocated();
  body();
  auto after = allocated();
  return {after.count - before.count, after.bytes - before.bytes};
}

}  // namespace weft::test
