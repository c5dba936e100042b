// What a copy and a reading of the clock cost one thread.
//
// Method    Warm: from one place to another again and again, so that both are in whatever cache they fit in. Cold, from 64 KiB
//           on: source and destination walk through an area each, which together are larger than the caches: what it costs
//           to copy a message that nobody has touched for a while. An area is as large as the last-level cache, but 64 MiB
//           at least, and at most an eighth of the memory.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include "limits/limits.hpp"

namespace weft::perf::limits {

namespace {

constexpr std::size_t least_cold = 64 << 10;
constexpr std::size_t most = 16 << 20;

/// So that the compiler cannot leave out a copy that nobody reads.
void* (*volatile const copy)(void*, const void*, std::size_t) = std::memcpy;

std::size_t area_bytes() {
  const auto cache = std::max<long>(::sysconf(_SC_LEVEL3_CACHE_SIZE), 64 << 20);
  const auto eighth = std::size_t(::sysconf(_SC_PHYS_PAGES)) / 8 * std::size_t(::sysconf(_SC_PAGESIZE));
  return std::min(std::size_t(cache), eighth);
}

/// Source and destination, whose pages are all there. The parties of other measurements do not inherit it.
class Areas final {
 public:
  static Result<std::shared_ptr<Areas>> create(std::size_t bytes) {
    void* memory =
        ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return sys_error(errno, "mmap", "what is to be copied");
    ::madvise(memory, 2 * bytes, MADV_DONTFORK);
    return std::shared_ptr<Areas>(new Areas(static_cast<std::byte*>(memory), bytes));
  }
  Areas(const Areas&) = delete;
  Areas& operator=(const Areas&) = delete;
  ~Areas() { ::munmap(memory_, 2 * bytes_); }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  void copy_at(std::size_t at, std::size_t bytes) const { copy(memory_ + bytes_ + at, memory_ + at, bytes); }

 private:
  Areas(std::byte* memory, std::size_t bytes) noexcept : memory_(memory), bytes_(bytes) {}
  std::byte* memory_;
  std::size_t bytes_;
};

/// Nanoseconds of one of `doing`, which is done for about that time, `batch` times between looks at the clock.
template <class Doing>
double time_of(Duration time, std::size_t batch, Doing doing) {
  const auto begin = now();
  std::size_t done = 0;
  Duration took{};
  do {
    for (std::size_t i = 0; i < batch; ++i)
      doing();
    done += batch;
    took = now() - begin;
  } while (took < time);
  return double(took.count()) / double(done);
}

struct Copies {
  std::size_t bytes;
  bool cold;
};

Result<void> take_copies(const Areas& areas, const Copies& copies, const Round& round, Cell& cell) {
  const auto bytes = copies.bytes;
  std::size_t at = 0;
  const double time = time_of(round.time, std::max<std::size_t>(1, (1 << 20) / bytes), [&] {
    areas.copy_at(at, bytes);
    if (copies.cold) at = at + 2 * bytes <= areas.bytes() ? at + bytes : 0;
  });
  add_value(cell, {"time", "ns", Better::less, {}}, time);
  add_value(cell, {"rate", "bytes/s", Better::more, {}}, double(bytes) * 1e9 / time);
  if (copies.cold) cell.details["area"] = areas.bytes();
  return {};
}

void add_memcpy(Plan& plan) {
  auto areas = Areas::create(area_bytes());
  if (!areas) return plan.skip("memcpy", areas.error());
  for (const bool cold : {false, true}) {
    for (std::size_t bytes = cold ? least_cold : 64; bytes <= most; bytes *= 4) {
      plan.add(
          {{{"verb", "limits"}, {"what", "memcpy"}, {"memory", cold ? "cold" : "warm"}, {"bytes", bytes}},
           [areas = *areas, copies = Copies{bytes, cold}](const Round& round, Cell& cell) {
             return take_copies(*areas, copies, round, cell);
           }});
    }
  }
}

}  // namespace

void add_copies(Plan& plan) {
  if (plan.wants("memcpy")) add_memcpy(plan);
  if (!plan.wants("clock")) return;
  plan.add(
      {{{"verb", "limits"}, {"what", "clock"}}, [](const Round& round, Cell& cell) -> Result<void> {
         add_value(cell, {"time", "ns", Better::less, {}}, time_of(round.time, 1000, [] { (void)now(); }));
         return {};
       }});
}

}  // namespace weft::perf::limits
