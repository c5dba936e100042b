// Waiting for descriptors up to a Deadline.
//
// Threads   Any.
#pragma once

#include <cerrno>
#include <span>
#include <string_view>

#include <poll.h>

#include "base/error.hpp"
#include "base/time.hpp"

namespace weft::sys {

/// How many of the descriptors are ready, as ::poll() notes in them; 0: none was by the deadline. However often a signal
/// interrupts it, it waits no longer. Errors name the `object` that is waited for.
inline Result<int> poll(std::span<pollfd> descriptors, Deadline deadline, std::string_view object) {
  for (;;) {
    const auto left = deadline.left(now());
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    const int ready =
        ::ppoll(descriptors.data(), descriptors.size(), deadline.is_none() ? nullptr : &timeout, nullptr);
    if (ready >= 0) return ready;
    if (errno != EINTR) return sys_error(errno, "ppoll", object);
  }
}

}  // namespace weft::sys
