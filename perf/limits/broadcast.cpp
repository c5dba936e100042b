// Fan-out at best: how many messages the bare ring (ring.hpp) delivers, between processes: the writer on one core, its readers
// on the same or another, or nobody pinned.
//
// Method    The writer writes every byte of a message. A reader reads every byte of it, or its header alone; of one cache
//           line these are the same. A delivery is one message at one reader. Processor time is that of all processes,
//           and has their waiting in it, since they spin.
// Slots     As many as take 1 MiB, 2 to 1,024: a ring that stays in the caches is faster than a long one.
#include "limits/broadcast.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/core.h>

#include "kit/cores.hpp"
#include "limits/limits.hpp"
#include "limits/parties.hpp"
#include "stage/usage.hpp"

namespace weft::perf::limits {

namespace {

constexpr std::uint64_t farewell = UINT64_MAX;

void write(RingWriter& writer, std::uint64_t number) {
  std::ranges::fill(writer.claim(), number);
  writer.publish();
}

bool is_message(Words words, std::uint64_t number, Read read) {
  if (read == Read::header) return words[0] == number;
  return std::accumulate(
             words.begin(), words.end(), std::uint64_t{0},
             [&](std::uint64_t differ, std::uint64_t word) { return differ | (word ^ number); }) == 0;
}

struct Setting {
  std::size_t readers;
  std::size_t bytes;
  Read read;
  Cores cores;
};

Ring::Shape shape_of(const Setting& setting) {
  return {setting.readers, std::clamp<std::size_t>((1 << 20) / setting.bytes, 2, 1024), setting.bytes / 8};
}

/// Adds what the accounts say, the writer's is the first.
void settle(std::span<const Account> accounts, std::uint64_t warm_up, Cell& cell) {
  const auto& writer = accounts[0];
  double processor = writer.processor;
  for (std::size_t i = 1; i < accounts.size(); ++i) {
    const auto& reader = accounts[i];
    processor += reader.processor;
    if (reader.messages != writer.messages || reader.wrong != 0)
      cell.faults.push_back(fmt::format("reader {} got {} of {} messages, {} of them wrong", i,
                                        reader.messages, writer.messages, reader.wrong));
  }
  const double deliveries = double(writer.messages - warm_up) * double(accounts.size() - 1);
  add_value(cell, {"delivered", "messages/s", Better::more, {}}, deliveries / writer.seconds);
  add_value(cell, {"processor", "ns", Better::less, {}}, processor * 1e9 / deliveries);
}

Result<void> take(const Setting& setting, const Round& round, Cell& cell) {
  WEFT_TRY(const auto ring, Ring::create(shape_of(setting)));
  WEFT_TRY(const auto accounts, Shared<Account>::create(1 + setting.readers));
  WEFT_TRY(const auto pins, pins_of(setting.cores));
  std::vector<Party> parties{{[&] {
                                write_broadcast(ring, round.time, accounts[0]);
                                return 0;
                              },
                              pins.first}};
  for (std::size_t i = 0; i < setting.readers; ++i) {
    parties.push_back({[&, i] {
                         read_broadcast(ring, i, setting.read, accounts[i + 1]);
                         return 0;
                       },
                       pins.second});
  }
  WEFT_CHECK(run_together(round.interrupt, parties, "ring"));
  settle({accounts.data(), accounts.size()}, warm_up_of(ring), cell);
  return {};
}

}  // namespace

void write_broadcast(const Ring& ring, Duration time, Account& account) {
  RingWriter writer(ring);
  const auto warm_up = warm_up_of(ring);
  // The clock is read once in 64 KiB.
  const std::uint64_t batch = std::clamp<std::uint64_t>((64 << 10) / 8 / ring.shape().slot_words, 1, 1024);
  std::uint64_t number = 0;
  while (number < warm_up)
    write(writer, number++);
  const auto begin = now();
  const double before = processor_seconds();
  do {
    for (std::uint64_t i = 0; i < batch; ++i)
      write(writer, number++);
  } while (now() - begin < time);
  writer.drain();
  account.seconds = std::chrono::duration<double>(now() - begin).count();
  account.processor = processor_seconds() - before;
  account.messages = number;
  write(writer, farewell);
}

void read_broadcast(const Ring& ring, std::size_t index, Read read, Account& account) {
  RingReader reader(ring, index);
  const auto warm_up = warm_up_of(ring);
  double before = 0;
  std::uint64_t wrong = 0;
  for (std::uint64_t number = 0;; ++number) {
    if (number == warm_up) before = processor_seconds();
    const auto words = reader.next();
    if (words[0] == farewell) {
      account = {number, wrong, processor_seconds() - before, 0};
      return;
    }
    wrong += std::uint64_t(!is_message(words, number, read));
    reader.release();
  }
}

namespace {

void add_ring_on(Cores cores, Plan& plan) {
  for (const std::size_t readers : {1, 4, 16}) {
    for (const auto& [bytes, read] : {std::pair{std::size_t{64}, Read::all},
                                      {std::size_t{64} << 10, Read::all},
                                      {std::size_t{64} << 10, Read::header},
                                      {std::size_t{1} << 20, Read::all},
                                      {std::size_t{1} << 20, Read::header}}) {
      plan.add({{{"verb", "limits"},
                 {"what", "ring"},
                 {"readers", readers},
                 {"bytes", bytes},
                 {"read", read == Read::all ? "all" : "header"},
                 {"cores", name_of(cores)}},
                [setting = Setting{readers, bytes, read, cores}](const Round& round, Cell& cell) {
                  return take(setting, round, cell);
                }});
    }
  }
}

}  // namespace

void add_ring(Plan& plan) {
  if (!plan.wants("ring")) return;
  for (const auto cores : {Cores::one, Cores::two, Cores::free}) {
    if (const auto pins = pins_of(cores); pins) {
      add_ring_on(cores, plan);
    } else {
      plan.skip(fmt::format("ring, {}", name_of(cores)), pins.error());
    }
  }
}

}  // namespace weft::perf::limits
