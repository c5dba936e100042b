// Fanout: what a publisher and its subscribers say to each other beside the messages (framing.hpp).
//
// What      Reads what came upstream, keeps Readers, introduces the publisher, answers for the schema, sends
//           tails.
// Threads   One at a time: under the publisher's lock.
// Lifetime  Socket, outlet, options, observer and log outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/zmq/outlet.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/readers.hpp"

namespace weft::transport::zeromq {

class Fanout final {
 public:
  Fanout(Socket& socket, Outlet& outlet, const EndOptions& options, LinkObserver& observer, LogSink& log);

  /// Takes in at most `most` things that subscribers said, and answers them; true if there was one. After it
  /// took in fewer than `most`, libzmq has nothing more. What waits to be sent goes first.
  bool look(std::size_t most = std::numeric_limits<std::size_t>::max());

  /// A frame with this sequence was sent.
  void sent(std::uint64_t sequence) noexcept { last_ = sequence; }
  /// Whether every reliable reader has room for one more. By who calls sent(), also without the lock.
  [[nodiscard]] bool has_room() const noexcept { return last_ < readers_.limit(); }
  /// Whether `sequence`, the next, may wait for others: all listeners take bundles, none of them lags so far behind that its
  /// queue would grow by them, and each has many before it; or, if `pressed`, any: there was no room just now.
  [[nodiscard]] bool may_gather(std::uint64_t sequence, bool pressed) const noexcept {
    const bool busy = pressed ? readers_.none_waits(sequence) : readers_.all_busy(sequence);
    return busy && plain_ == 0 && !readers_.any_lags(sequence);
  }
  /// While there is no room: gives up on readers that have stalled by now; when to call again.
  Duration hold(Instant time);

  [[nodiscard]] bool has_listeners() const noexcept { return plain_ != 0 || !readers_.table().empty(); }
  /// Whether a reader has yet to confirm that it knows the last sequence.
  [[nodiscard]] bool unconfirmed() const noexcept;
  /// Whether so much is under way to a reader that the tail may have found no room: it would not know what it
  /// lost.
  [[nodiscard]] bool at_risk() const noexcept;
  /// Whether a reliable reader has not confirmed that it has taken all.
  [[nodiscard]] bool holds_back() const noexcept;
  /// True once after a reader that lags behind said something: a tail would now be taken.
  bool wants_tail() noexcept { return std::exchange(wants_tail_, false); }

  /// Tells everybody the last sequence; `final`: nothing follows.
  void tail(bool final);
  /// Tells it to those who have not confirmed it.
  void tail_again(bool final);

 private:
  void take(BytesView said);
  void subscribed(BytesView topic);
  void unsubscribed(BytesView topic);
  void met(const Token& token);
  void introduced(BytesView said);
  void took(BytesView said);
  void asked(BytesView said);
  Readers::Entry* progress(BytesView said);
  void leaving(BytesView said);
  void left(Readers::Entry& entry);
  void join(Readers::Entry& entry);
  void prompt(Reader& reader) noexcept;
  void match(Readers::Entry& entry, BytesView announcement);
  void supersede(const Token& token);
  void introduce(const Readers::Entry& entry);
  void match_plain();
  bool answer();

  [[nodiscard]] std::uint64_t current() const noexcept;
  void send(BytesView prefix, wire::Kind kind, BytesView payload);
  void send_to(const Token& token, BytesView frame);
  void tail_to(const Token& token, BytesView payload = {});

  Socket& socket_;
  Outlet& outlet_;
  const EndOptions& options_;
  LinkObserver& observer_;
  const Bytes data_prefix_;
  const Bytes schema_prefix_;

  Readers readers_;
  std::uint64_t last_ = 0;          // sequence sent
  std::uint64_t looked_ = 0;        // last_ when libzmq had nothing more to say
  std::vector<bool> plain_topics_;  // by length: which prefixes of NAME 00 are subscribed to
  std::size_t plain_ = 0;           // how many of them
  bool schema_wanted_ = false;
  bool wants_tail_ = false;
  bool prompts_due_ = false;
  bool progressed_ = false;  // somebody has, of which readers_ have yet to take note
  Warning too_many_;
  Warning bad_announcement_;
};

}  // namespace weft::transport::zeromq
