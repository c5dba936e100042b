#include "run/waker.hpp"

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/sys.hpp"

namespace weft::run {

Result<Waker> Waker::create() {
  WEFT_TRY(auto event, sys::open("eventfd", "port", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  return Waker(std::move(event));
}

void Waker::wake() noexcept {
  // acq_rel pairs with clear(): what was done before wake() is seen by whoever clears and then looks.
  if (state_->awake.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      ::write(event_.get(), &one, sizeof one);            // cannot fail: the count is 0 or 1
  state_->wakes.fetch_add(1, std::memory_order_seq_cst);  // pairs with sleep_on(), like the next
  if (state_->slept_on.load(std::memory_order_seq_cst))   // pairs with sleep_on()
    futex_wake_all(state_->wakes);
}

// Whoever sleeps says so, and then looks whether it is awake; who wakes it changes the futex, and then looks whether
// somebody sleeps.
bool Waker::sleep_on(Futexes& futexes) noexcept {
  const auto seen = state_->wakes.load(std::memory_order_seq_cst);  // pairs with wake()
  state_->slept_on.store(true, std::memory_order_seq_cst);          // pairs with wake()
  if (state_->awake.load(std::memory_order_seq_cst))
    futexes.stay_awake();  // pairs with the exchange in wake()
  return futexes.add(state_->wakes, seen);
}

void Waker::clear() noexcept {
  if (!state_->awake.load(std::memory_order_relaxed))
    return;  // a wake() now is seen at the next look: pairs with nothing
  std::uint64_t count = 0;
  // Nothing to read: a wake() is about to write, and what it says is cleared once it is there.
  if (::read(event_.get(), &count, sizeof count) != sizeof count) return;
  state_->awake.exchange(false, std::memory_order_acq_rel);  // pairs with the exchange in wake()
}

}  // namespace weft::run
