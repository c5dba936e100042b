// Debug builds detect two threads in one port at once; release builds pay nothing.
//
// What      Put a ThreadCheck into a port and a ThreadCheck::Inside at the top of each operation.
#pragma once

#ifndef NDEBUG
#include <atomic>
#include <cassert>
#endif

namespace weft::node {

#ifdef NDEBUG

class ThreadCheck {
 public:
  class Inside {
   public:
    explicit Inside(ThreadCheck& /*check*/) noexcept {}
  };
};

#else

class ThreadCheck {
 public:
  class Inside {
   public:
    explicit Inside(ThreadCheck& check) noexcept : check_(check) {
      // acq_rel pairs with itself in the next Inside: what one thread did in the port, the next one sees.
      [[maybe_unused]] const bool was_inside = check_.inside_.exchange(true, std::memory_order_acq_rel);
      assert(!was_inside && "a weft port is used by two threads at once; give each thread its own port");
    }
    ~Inside() {
      check_.inside_.store(false, std::memory_order_release);  // pairs with the exchange above
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    ThreadCheck& check_;
  };

 private:
  std::atomic<bool> inside_{false};
};

#endif

}  // namespace weft::node
