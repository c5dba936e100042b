// Debug builds of the library detect two threads in one port at once; release builds pay nothing.
//
// What      Put a ThreadCheck into a port and a ThreadCheck::Inside at the top of each operation, in .cpp
//           files only: a program and the library may be built with different settings, so the layout is the
//           same in all.
// Threads   Any: it is there to see them.
#pragma once

#include <atomic>
#include <cassert>

namespace weft::node {

class ThreadCheck {
 public:
  class Inside {
   public:
    explicit Inside([[maybe_unused]] ThreadCheck& check) noexcept : check_(check) {
#ifndef NDEBUG
      // acq_rel pairs with itself in the next Inside: what one thread did in the port, the next one sees.
      const bool was_inside = check_.inside_.exchange(true, std::memory_order_acq_rel);
      assert(!was_inside && "a weft port is used by two threads at once; give each thread its own port");
#endif
    }
    ~Inside() {
#ifndef NDEBUG
      check_.inside_.store(false, std::memory_order_release);  // pairs with the exchange above
#endif
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    ThreadCheck& check_;
  };

 private:
  std::atomic<bool> inside_{false};
};

}  // namespace weft::node
