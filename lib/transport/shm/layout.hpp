// The layout of shared memory: what a writer and its readers have in common. No algorithm: that is in ring_writer.hpp,
// ring_reader.hpp and slots.hpp, where the invariants stand.
//
//   the data of one writer, in regions: memory that it alone can write. Region 0:
//
//     0            64         128         192        256                   4096
//     ┌────────────┬──────────┬───────────┬──────────┬────────────────────┬──────────────────────────┐
//     │who, version│written   │reclaimed… │bell      │unused              │ring 0                    │
//     └────────────┴──────────┴───────────┴──────────┴────────────────────┴──────────────────────────┘
//
//   Every other region is a larger ring, or slots of one size, each a line of its own and a frame behind it.
//
//   a ring: records one behind the other, each at a multiple of 64 bytes, at (position & (capacity - 1)):
//
//     0        8                                       up to the next multiple of 64
//     ┌────────┬──────────────────────────────────────┐
//     │word    │frame or reference                    │
//     └────────┴──────────────────────────────────────┘
//     word: bits 0 to 15: bytes behind it; 16 to 23: what they are (Kind); 24 to 63: of a frame, how many messages there have
//     been before it, of which these are the lowest bits
//
//   a page for each link, which its two ends can write and nobody else:
//
//     0                                          64                                  192        256        320
//     ┌────────┬──────┬────────┬─────────────────┬──────────────────────────────────┬──────────┬──────────┐
//     │position│taken │sequence│held 0 to 4      │held 5 to 20                      │reader's  │writer's  │
//     │        │      │        │                 │                                  │sleep     │sleep     │
//     └────────┴──────┴────────┴─────────────────┴──────────────────────────────────┴──────────┴──────────┘
//
// Threads   As is said at each member: who writes it. All atomic members are lock-free and have no address in them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weft::transport::shm {

inline constexpr std::uint64_t magic = 0x316d'6873'7466'6577;  // "weftshm1", as bytes
/// Of everything in this file and in greeting.hpp. A peer of another one is refused with a message.
inline constexpr std::uint32_t version = 2;

inline constexpr std::size_t line_bytes = 64;

/// Another word for a number that both sides may see at any time.
using Shared32 = std::atomic<std::uint32_t>;
using Shared64 = std::atomic<std::uint64_t>;
static_assert(Shared32::is_always_lock_free && Shared64::is_always_lock_free);
static_assert(sizeof(Shared32) == 4 && sizeof(Shared64) == 8);

/// The beginning of region 0.
struct Head {
  // Written before anybody can see it.
  alignas(line_bytes) std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t port;
  std::uint64_t context;
  /// Behind the last whole record. Positions count bytes, from the first ring's first on.
  alignas(line_bytes) Shared64 written;
  /// What lies before this position may be overwritten at any moment. A position at which a record began.
  alignas(line_bytes) Shared64 reclaimed;
  /// The region of the newest ring; written before `reclaimed` is in there.
  Shared32 ring;
  /// A futex that readers sleep on; changes before each wake.
  alignas(line_bytes) Shared32 bell;
};
static_assert(offsetof(Head, magic) == 0 && offsetof(Head, version) == 8 && offsetof(Head, port) == 12);
static_assert(offsetof(Head, context) == 16 && offsetof(Head, written) == 64);
static_assert(offsetof(Head, reclaimed) == 128 && offsetof(Head, ring) == 136 &&
              offsetof(Head, bell) == 192 && sizeof(Head) == 256);

/// Where region 0's ring begins, and how long it is.
inline constexpr std::size_t head_bytes = 4096;
inline constexpr std::size_t first_ring_bytes = 32 << 10;

/// What a record holds.
enum class Kind : std::uint8_t {
  frame = 1,      ///< One, whole.
  reference = 2,  ///< A Reference: where the frame is.
  filler = 3,     ///< Nothing: the next record is at the ring's beginning.
  moved = 4,      ///< Nothing: the next record is in the next ring, at the same position.
};

/// A record's first word.
struct Word {
  Kind kind{};
  std::uint16_t bytes = 0;
  std::uint64_t number = 0;  ///< Below numbers.

  static constexpr std::uint64_t numbers = std::uint64_t(1) << 40;  ///< More than there ever are in flight.

  [[nodiscard]] constexpr std::uint64_t value() const noexcept {
    return number << 24 | std::uint64_t(kind) << 16 | bytes;
  }
  static constexpr Word of(std::uint64_t value) noexcept {
    return {Kind(std::uint8_t(value >> 16)), std::uint16_t(value), value >> 24};
  }
};

/// Where a long frame is.
struct Reference {
  std::uint32_t region;
  std::uint32_t zero;
  std::uint64_t offset;  ///< Of its Slot in there.
  std::uint64_t bytes;   ///< Of the frame.
  std::uint64_t tag;     ///< Of the slot, while it is this frame's.
};
static_assert(offsetof(Reference, offset) == 8 && offsetof(Reference, bytes) == 16);
static_assert(offsetof(Reference, tag) == 24 && sizeof(Reference) == 32);

/// What stands before each long frame; written by the writer.
struct alignas(line_bytes) Slot {
  Shared64 tag;  ///< 0: it is being written.
};
static_assert(sizeof(Slot) == line_bytes);

/// How many long frames of one writer a reader holds at a time without a copy.
inline constexpr std::size_t most_held = 21;

/// How somebody sleeps, and so how he is to be woken.
enum class Sleep : std::uint32_t {
  awake = 0,
  on_futex = 1,   ///< A reader on the Head's bell, a writer on its page's.
  on_socket = 2,  ///< On a socket of its own, into which a byte is sent.
};

/// What the two ends of a link tell each other.
struct Page {
  // The reader's:
  alignas(line_bytes) Shared64 position;  ///< Every record before it is done with, but for what is held.
  Shared64 taken;                         ///< The number (Word) of the frame that it takes next.
  Shared64 sequence;                      ///< The last frame's that it has taken; 0: none.
  std::array<Shared64, most_held> held;   ///< Tags of slots that it holds; 0: none.
  // Of both: who sleeps says so, who wakes takes it back.
  alignas(line_bytes) Shared32 reader_sleeps;  ///< A Sleep.
  Shared32 reader_refuses;  ///< Not 0: the reader takes nothing, and so is never waited for.
  alignas(line_bytes) Shared32 writer_sleeps;  ///< A Sleep.
  Shared32 writer_bell;                        ///< A futex; changes before each wake.
  Shared64 wake_at;  ///< A writer on its futex is to be woken once so many are taken.
};
static_assert(offsetof(Page, taken) == 8 && offsetof(Page, sequence) == 16 && offsetof(Page, held) == 24);
static_assert(offsetof(Page, reader_sleeps) == 192 && offsetof(Page, reader_refuses) == 196);
static_assert(offsetof(Page, writer_sleeps) == 256 && offsetof(Page, writer_bell) == 260);
static_assert(offsetof(Page, wake_at) == 264 && sizeof(Page) == 320);

/// Pages of several links begin at different lines, since equal ones would share a few places of the first-level cache.
inline constexpr std::size_t page_bytes = 4096;
constexpr std::size_t page_offset(std::uint64_t link) noexcept {
  return (link % (page_bytes / sizeof(Page))) * sizeof(Page);
}

}  // namespace weft::transport::shm
