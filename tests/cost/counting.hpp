// Counts, exactly, what a stretch of code does: allocations, copies, calls of libzmq, system calls.
//
// What      The program is linked with --wrap (meson.build), so that every call that weft and the twin make of malloc,
//           memcpy and libzmq passes here; what libzmq does inside is not counted. System calls outside of libzmq are
//           caught by the kernel (syscall user dispatch). zmq_bind and zmq_connect lead to an address inside the
//           process, and the wall clock advances by a microsecond at each reading: no other thread moves the bytes, and
//           nothing depends on time.
// Threads   Counts the calling thread alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weft::cost {

enum class Call : std::uint8_t {
  allocations,      // malloc, operator new
  payload_copies,   // memcpy, memmove of at least `payload` bytes
  sends,            // zmq_msg_send, zmq_send
  receives,         // zmq_msg_recv, zmq_recv
  options,          // zmq_getsockopt, zmq_setsockopt, zmq_poll
  messages_made,    // zmq_msg_init_size and the like
  messages_moved,   // zmq_msg_move
  messages_closed,  // zmq_msg_close
  clock_reads,      // CLOCK_REALTIME
  system_calls,     // outside of libzmq; at least so many: see rearm()
};
inline constexpr std::size_t calls = 10;
inline constexpr std::array<const char*, calls> call_names{
    "allocations",       "payload copies",     "zmq sends",           "zmq receives", "zmq options",
    "zmq messages made", "zmq messages moved", "zmq messages closed", "clock reads",  "system calls"};

using Counts = std::array<std::uint64_t, calls>;

/// Counts from now on; copies of fewer than `payload` bytes are not counted.
void start(std::size_t payload);
Counts stop();

/// After a system call was caught none is until the next rearm() or call of libzmq: to be called for each message.
void rearm() noexcept;

/// From now on the other clocks, too, advance by a microsecond at each reading: for what depends on them.
void own_time() noexcept;

/// Whether the kernel catches system calls for us (Linux 5.11, not under valgrind).
bool catches_system_calls();

}  // namespace weft::cost
