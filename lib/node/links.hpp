// The links of one end: who is at the other side, whether the types fit, what was carried and lost.
//
// What      A port gives each of its Ends one Links as observer. It judges every peer by its announcement,
//           keeps a row of counters for each, for the last that ended, too, and of older ones the sum, so
//           that churn costs no memory.
// Threads   The observer's functions from any thread; find() and the row's counting by the port's thread; the
//           rest from any thread. A Row stays valid for the port's thread until its next find().
// Lifetime  Outlives its End.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "node/counters.hpp"
#include "node/peer_events.hpp"
#include "transport/transport.hpp"
#include "type/plan.hpp"
#include "type/schema.hpp"

namespace weft::node {

/// What a port thinks of a peer.
struct Verdict {
  bool announced = false;                  ///< It introduced itself, and so the link has a beginning.
  bool same = false;                       ///< It takes exactly the type that this port sends.
  std::uint64_t fingerprint = 0;           ///< Of what the peer sends; 0: it did not say.
  std::uint32_t depth = 0;                 ///< How many messages it takes in flight; 0: it did not say.
  std::shared_ptr<const Schema> schema;    ///< What it announced of messages or requests, and
  std::shared_ptr<const Schema> response;  ///< of responses, where the port has no type of its own.
  discovery::Peer who;                     ///< As it says itself, for people; without key and kind.
  std::optional<Plan> plan;                ///< How to read it, where it differs from the port's own type.
  std::optional<Error> refusal;            ///< The two do not fit.
};

/// Judges a peer by its announcement's bytes; total. Called on any thread.
using Judge = std::function<Verdict(BytesView announcement)>;

/// What a publisher, its links and the agent tell each other: each stores, and then looks at what the others have stored
/// (all seq_cst). Either the publisher sees the news, or the link begins after the sequence that it has stored.
struct Course {
  std::atomic<std::uint64_t> sequence{0};  ///< The last that was given out; written by the port's thread.
  std::atomic<std::uint64_t> news{0};      ///< How many links have begun and Ends arrived so far.
};

class Links final : public transport::LinkObserver {
 public:
  struct Row {
    PortId peer;
    std::shared_ptr<const Verdict> verdict;  // never null
    std::atomic<bool> live{true};
    bool begun = false;                       // has a frame been taken? (port's thread)
    std::uint64_t last = 0;                   // receiver: the highest sequence known (port's thread)
    std::uint64_t first = 0;                  // publisher: its sequence when the link began (under Links'
    std::uint64_t end = 0;                    // mutex, like the next two), and when it ended
    bool acknowledges = false;                // publisher: the peer tells what it has consumed
    std::atomic<std::uint64_t> sent{0};       // receiver: frames known to have been sent
    std::atomic<std::uint64_t> delivered{0};  // publisher: how far beyond `first` the peer has consumed
    std::array<std::atomic<std::uint64_t>, drop_causes> dropped{};

    /// Takes note of a received frame of `count` messages up to that sequence: what is missing before it is counted as
    /// dropped. Sequence 0 is a peer's that does not number.
    void arrived(std::uint64_t sequence, std::uint32_t count = 1) noexcept;
    /// `sequence` was the last one sent: what is missing up to it is counted as dropped.
    void tail(std::uint64_t sequence) noexcept;
    void drop(DropCause why, std::uint64_t n = 1) noexcept;
    void deliver(std::uint64_t n = 1) noexcept;
    /// At a publisher whose sequence is `sequence`: how many were sent on this link.
    [[nodiscard]] std::uint64_t sent_by(std::uint64_t sequence) const noexcept;
  };

  /// `course`: at a publisher, the port's; nullptr at other ports.
  Links(Judge judge, PeerEvents& events, Course* course);

  bool matched(PortId peer, BytesView announcement, std::uint64_t last_sequence) override;
  void unmatched(PortId peer, DropCause cause) override;
  void consumed(PortId peer, std::uint64_t sequence) override;

  /// Its End is closed: no link is live any more. Tells nobody.
  void end_all();

  /// The peer's row, the live one if there is one; made for a peer that sends without having announced
  /// itself. nullptr if there are too many of those: their frames are strays.
  Row* find(const PortId& peer) {
    const bool same = recent_ != nullptr && recent_->peer == peer;
    if (same && recent_->live.load(std::memory_order_acquire)) [[likely]]  // pairs with the store in finish()
      return recent_;
    return search(peer);
  }
  /// So many messages of the peer's that arrived() were handed to the program.
  void delivered(const PortId& peer, std::uint32_t messages = 1) {
    if (recent_ == nullptr || recent_->peer != peer) [[unlikely]]
      return settle_older(peer, std::nullopt, messages);
    recent_->deliver(messages);
  }
  /// So many messages of the peer's that arrived() were dropped, and why.
  void dropped(const PortId& peer, DropCause why, std::uint32_t messages) {
    if (recent_ == nullptr || recent_->peer != peer) [[unlikely]]
      return settle_older(peer, why, messages);
    recent_->drop(why, messages);
  }
  /// Counts a frame that belongs to no row as undecodable.
  void stray() noexcept;

  /// Live links whose types fit.
  [[nodiscard]] std::uint32_t live() const noexcept {
    return live_.load(std::memory_order_seq_cst);  // pairs with the fetch_add in matched()
  }
  /// Live links of any kind: whether sending reaches anybody.
  [[nodiscard]] std::uint32_t listening() const noexcept {
    return listening_.load(std::memory_order_relaxed);  // pairs with nothing: a hint, which orders nothing
  }
  /// Like listening(), ordered after the caller's store of its sequence (transport.hpp,
  /// EndOptions::sequence).
  [[nodiscard]] std::uint32_t listening_ordered() const noexcept {
    return listening_.load(std::memory_order_seq_cst);  // pairs with the fetch_add in matched()
  }
  /// Whether all live peers that fit take exactly the type that this port sends, so that it may travel as raw
  /// memory.
  [[nodiscard]] bool alike() const noexcept {
    return unlike_.load(std::memory_order_relaxed) ==
           0;  // pairs with nothing: who comes now counts what it misses
  }
  /// How many links have ended so far: a call's server died if this moved.
  [[nodiscard]] std::uint64_t ended() const noexcept {
    return ended_.load(std::memory_order_acquire);  // pairs with the fetch_add in finish()
  }
  /// Why the last of these has. REQUIRES: ended() != 0.
  [[nodiscard]] DropCause last_end() const noexcept {
    return last_end_.load(std::memory_order_relaxed);  // pairs with nothing: ended() orders it
  }
  /// Whether the live peer is no weft program, and so understands what FORMAT.md asks of it and no more; of none, the last.
  [[nodiscard]] bool is_foreign() const;
  /// Why the last refused live peer was refused.
  [[nodiscard]] std::optional<Error> refusal() const;
  /// What a live peer that fits announced of its type; null if there is none.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const;
  /// How many messages in flight the live peers take, the least of them; nothing if none said so.
  [[nodiscard]] std::optional<std::uint32_t> peer_depth() const;
  /// Appends the last ended links, then the live ones, and adds every one that ever was to the total.
  void collect(Counters& counters) const;

 private:
  static constexpr std::size_t most_ended_rows = 16;
  static constexpr std::size_t most_rows = 4096;

  using Rows = std::deque<std::unique_ptr<Row>>;

  Row* search(const PortId& peer);
  void settle_older(const PortId& peer, std::optional<DropCause> dropped, std::uint32_t messages);
  [[nodiscard]] Row* known(PortId peer) const;
  [[nodiscard]] Rows::const_iterator live_row(PortId peer) const;
  Row& insert(PortId peer, std::shared_ptr<const Verdict> verdict);
  void end(PortId peer, DropCause cause);
  void finish(Row& row, DropCause cause);
  void prune();
  [[nodiscard]] LinkCounters snapshot(const Row& row) const;

  const Judge judge_;
  PeerEvents& events_;
  Course* const course_;
  std::atomic<std::uint32_t> live_{0};
  std::atomic<std::uint32_t> listening_{0};
  std::atomic<std::uint32_t> unlike_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<DropCause> last_end_{DropCause::peer_left};
  Row* recent_ = nullptr;     // the row found last; written by the port's thread, under the mutex
  mutable std::mutex mutex_;  // guards all below
  Rows rows_;                 // the live ones
  Rows ended_rows_;           // the last that ended, in that order
  LinkCounters past_;         // the sum of all others
};

}  // namespace weft::node
