#include "counting.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <zmq.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_OFF 0
#define PR_SYS_DISPATCH_ON 1
#endif

namespace weft::cost {

namespace {

thread_local Counts counts{};
thread_local bool counting = false;
thread_local std::size_t payload_bytes = 0;
thread_local volatile char blocked = 0;  // read by the kernel at each system call: 1 raises SIGSYS
thread_local bool catching = false;
thread_local bool in_library = false;
std::atomic<bool> own_time_of_all{false};

void count(Call call) noexcept {
  if (counting && !in_library) ++counts[static_cast<std::size_t>(call)];
}

/// While libzmq runs, allocations, copies and system calls are its own.
class Inside final {
 public:
  Inside() noexcept {
    blocked = 0;
    in_library = true;
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    in_library = false;
    rearm();
  }
};

/// Performs the system call that was caught. The return from the signal is one too, and must pass: so nothing is
/// blocked from here on, until rearm().
void caught(int /*signal*/, siginfo_t* info, void* context) {
  blocked = 0;
  count(Call::system_calls);
  auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto answer = ::syscall(info->si_syscall, registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                                registers[REG_R10], registers[REG_R8], registers[REG_R9]);
  registers[REG_RAX] = answer == -1 ? -errno : answer;
}

bool dispatch(bool on) {
  return ::prctl(PR_SET_SYSCALL_USER_DISPATCH, on ? PR_SYS_DISPATCH_ON : PR_SYS_DISPATCH_OFF, 0, 0,
                 on ? &blocked : nullptr) == 0;
}

}  // namespace

void rearm() noexcept {
  blocked = catching ? 1 : 0;
}

void start(std::size_t payload) {
  counts = {};
  payload_bytes = payload;
  struct sigaction action {};
  action.sa_sigaction = caught;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSYS, &action, nullptr);
  catching = dispatch(true);
  counting = true;
  rearm();
}

Counts stop() {
  counting = false;
  blocked = 0;
  if (std::exchange(catching, false)) dispatch(false);
  return counts;
}

void own_time() noexcept {
  own_time_of_all.store(true, std::memory_order_relaxed);  // pairs with nothing
}

bool catches_system_calls() {
  const bool works = dispatch(true);
  if (works) dispatch(false);
  return works;
}

}  // namespace weft::cost

// ---- what the linker leads here ---------------------------------------------------------------------------------

using weft::cost::Call;
using weft::cost::count;
using weft::cost::Inside;
using weft::cost::own_time_of_all;

// NOLINTBEGIN: names that the linker makes
extern "C" {

void* __real_malloc(std::size_t);
void* __wrap_malloc(std::size_t size) {
  count(Call::allocations);
  return __real_malloc(size);
}
void* __real_memcpy(void*, const void*, std::size_t);
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  if (size >= weft::cost::payload_bytes) count(Call::payload_copies);
  return __real_memcpy(to, from, size);
}
void* __real_memmove(void*, const void*, std::size_t);
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  if (size >= weft::cost::payload_bytes) count(Call::payload_copies);
  return __real_memmove(to, from, size);
}

#define WEFT_COUNTED(kind, answer, name, parameters, arguments) \
  answer __real_##name parameters;                              \
  answer __wrap_##name parameters {                             \
    count(Call::kind);                                          \
    const Inside inside;                                        \
    return __real_##name arguments;                             \
  }
WEFT_COUNTED(sends, int, zmq_msg_send, (zmq_msg_t * message, void* socket, int flags),
             (message, socket, flags))
/// Makes a message too.
int __real_zmq_send(void*, const void*, size_t, int);
int __wrap_zmq_send(void* socket, const void* data, size_t size, int flags) {
  count(Call::sends);
  count(Call::messages_made);
  const Inside inside;
  return __real_zmq_send(socket, data, size, flags);
}
WEFT_COUNTED(receives, int, zmq_msg_recv, (zmq_msg_t * message, void* socket, int flags),
             (message, socket, flags))
WEFT_COUNTED(receives, int, zmq_recv, (void* socket, void* data, size_t size, int flags),
             (socket, data, size, flags))
WEFT_COUNTED(options, int, zmq_poll, (zmq_pollitem_t * items, int n, long timeout), (items, n, timeout))
WEFT_COUNTED(options, int, zmq_setsockopt, (void* socket, int option, const void* value, size_t size),
             (socket, option, value, size))
WEFT_COUNTED(messages_made, int, zmq_msg_init_size, (zmq_msg_t * message, size_t size), (message, size))
WEFT_COUNTED(messages_made, int, zmq_msg_init_data,
             (zmq_msg_t * message, void* data, size_t size, zmq_free_fn* release, void* hint),
             (message, data, size, release, hint))
WEFT_COUNTED(messages_moved, int, zmq_msg_move, (zmq_msg_t * to, zmq_msg_t* from), (to, from))

WEFT_COUNTED(messages_closed, int, zmq_msg_close, (zmq_msg_t * message), (message))

int __real_zmq_getsockopt(void*, int, void*, size_t*);
int __wrap_zmq_getsockopt(void* socket, int option, void* value, size_t* size) {
  count(Call::options);
  const Inside inside;
  if (option != ZMQ_LAST_ENDPOINT) return __real_zmq_getsockopt(socket, option, value, size);
  constexpr char bound[] = "tcp://127.0.0.1:1";
  std::memcpy(value, bound, sizeof bound);
  *size = sizeof bound;
  return 0;
}

constexpr std::int64_t coarse = 4'000'000;  // nanoseconds, as Linux has it

/// In place of libc's, for libstdc++ too.
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static std::atomic<std::int64_t> reading{1'700'000'000'000'000'000};
  const bool wall = clock == CLOCK_REALTIME;
  if (!wall &&
      !own_time_of_all.load(std::memory_order_relaxed))  // pairs with nothing: said before all that counts
    return int(::syscall(SYS_clock_gettime, clock, time));
  if (wall) count(Call::clock_reads);
  auto now = reading.fetch_add(1000, std::memory_order_relaxed);  // pairs with nothing
  if (clock == CLOCK_MONOTONIC_COARSE) now -= now % coarse;
  *time = {now / 1'000'000'000, now % 1'000'000'000};
  return 0;
}
}

void* operator new(std::size_t size) {
  count(Call::allocations);
  if (void* memory = __real_malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
// NOLINTEND
