// Lanes: what one end has on its way into another's queue, in one address space.
//
// What      A Seat is the part of an End that its peers know: a queue of what came in, and the lanes that
//           lead out. A Lane is one direction of a link: how much is in flight, what to do when that is too
//           much.
// Threads   Sending and receiving end on a thread each; who uses what is said at each member.
// Locks     An Exchange's own, then Seat::out, then Seat::in; observers are called under the first two.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "base/fd.hpp"
#include "transport/exchange.hpp"

namespace weft::transport {

struct Lane;

/// What waits in a queue: a frame, the news of frames that are missing, or the end of a lane.
struct Item {
  std::shared_ptr<Lane> lane;
  Parcel parcel;
  bool tail = false;
  std::optional<DropCause> ended = std::nullopt;
};

struct Seat {
  Seat(EndOptions given, LinkObserver& told, Fd made);
  [[nodiscard]] bool is(Role role) const noexcept { return options.role == role; }
  [[nodiscard]] PortId id() const noexcept { return options.id; }

  void push(Item item);  ///< REQUIRES: `in` is held.
  std::optional<Item>
  take();       ///< The next item; after nothing, the event tells of the next push() or ring().
  void ring();  ///< REQUIRES: `in` is held.

  const EndOptions options;
  LinkObserver& observer;
  const Fd event;  ///< An eventfd.

  std::mutex out;                                 ///< Guards the next two.
  std::map<PortId, std::shared_ptr<Lane>> lanes;  ///< To each peer.
  std::condition_variable room;                   ///< There may be some in a lane, or a lane has gone.
  std::atomic<bool> waits_for_room{false};

  /// Peers whose end waits in the queue, untold; guarded by the Exchange's own lock.
  std::set<PortId> ending;

  std::mutex in;  ///< Guards the rest.
  std::deque<Item> queue;
  bool asleep = true;  ///< The event is to be written at the next item.
};

/// The owner of a Lane makes no copies: it lives in its sender's `lanes` and in its items.
struct Lane {
  /// A publisher's frames up to `last` are from before the link.
  Lane(std::shared_ptr<Seat> from, std::shared_ptr<Seat> to, bool gates, std::uint64_t last);

  /// Puts a frame of this link into the receiver's queue; false if that is full and the lane does not gate. The
  /// receiver learns the sequence of what it missed. REQUIRES: `self` is this lane, from->out is held.
  bool carry(const std::shared_ptr<Lane>& self, const Parcel& parcel);
  /// The receiver took a frame: tells and wakes the sender where that is due. REQUIRES: to->in is not held.
  void took(const Parcel& parcel);
  /// The receiver is taking this tail. REQUIRES: to->in is held.
  void forget_tail() noexcept { tail_ = nullptr; }

  [[nodiscard]] bool holds_up() const noexcept { return gates && full(); }
  /// Whether it has held up its sender without progress for options.stall. Called by the sender while
  /// holds_up().
  bool stalls(Instant time);

  const std::shared_ptr<Seat> from;
  const std::shared_ptr<Seat> to;
  const bool gates;  ///< When full it holds up its sender; else it drops.
  std::atomic<bool> stalled{false};

 private:
  [[nodiscard]] bool full() const noexcept { return in_flight() >= limit_; }
  [[nodiscard]] std::uint64_t in_flight() const noexcept {
    return put_ - taken_.load(std::memory_order_seq_cst);  // pairs with took(): see there
  }
  void lose(const std::shared_ptr<Lane>& self, const Parcel& parcel);
  void report(std::uint64_t sequence);

  const std::uint64_t limit_;
  const std::uint64_t last_before_;
  std::atomic<std::uint64_t> put_{0};      // by the sender
  std::atomic<std::uint64_t> taken_{0};    // by the receiver
  std::uint64_t seen_taken_ = 0;           // by the sender: taken_ when the lane held it up last,
  std::optional<Instant> held_since_;      // and since when that has not changed
  std::shared_ptr<std::uint64_t[]> tail_;  // guarded by to->in: the lane's last item, if that is a tail
};

/// Memory for a frame of so many bytes, 8-aligned, uninitialised; nullptr if there is none.
std::shared_ptr<std::uint64_t[]> frame_memory(std::size_t bytes);

}  // namespace weft::transport
