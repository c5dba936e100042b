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
  if (awake_->exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      ::write(event_.get(), &one, sizeof one);  // cannot fail: the count is 0 or 1
}

void Waker::clear() noexcept {
  if (!awake_->load(std::memory_order_relaxed))
    return;  // a wake() now is seen at the next look: pairs with nothing
  std::uint64_t count = 0;
  // Nothing to read: a wake() is about to write, and what it says is cleared once it is there.
  if (::read(event_.get(), &count, sizeof count) != sizeof count) return;
  awake_->exchange(false, std::memory_order_acq_rel);  // pairs with the exchange in wake()
}

}  // namespace weft::run
