// Readers: the weft subscribers of one publisher, and how far each lets it go.
//
// What      A table and its arithmetic, without any input or output. A best-effort reader is matched once it has
//           introduced itself. Where both sides are reliable it joins first: its way may be full of frames from
//           before, for which libzmq would drop those after. Once it is known to have taken nearly all of them
//           it is matched, and then gates the publisher if it fits: at most `window` sequences beyond what it
//           has taken. So that a flood does not keep it from that for ever, the publisher gets no further than
//           half a window while it joins. A reader that holds the publisher up and makes no progress for `stall`
//           is stalled; it is matched again, from a new beginning, when it has caught up. Readers tell what they
//           have taken after each quarter of a window: so many may seem to be before them that are not.
// Threads   One at a time; limit() from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "transport/zmq/framing.hpp"

namespace weft::transport::zeromq {

struct Reader {
  enum class State : std::uint8_t { met, joining, matched, stalled };

  State state = State::met;
  bool prompted = false;        ///< It was asked who it is and how far it is.
  bool fits = false;            ///< The observer's verdict.
  bool leaving = false;         ///< It said goodbye.
  std::uint64_t joined = 0;     ///< The last sequence that was sent when it began to join.
  std::uint64_t begin = 0;      ///< The last sequence before its link.
  std::uint64_t taken = 0;      ///< All after this one may be under way to it, nothing before.
  std::optional<Instant> held;  ///< Since when it has held the publisher up without progress.
  Bytes announcement;           ///< Kept of readers that may begin anew.
};

class Readers final {
 public:
  /// More subscribers than these are ignored.
  static constexpr std::size_t most = 4096;
  /// A reader that has this many before it is busy for as long as what is sent now may wait.
  static constexpr std::uint32_t many = 256;
  using Table = std::map<Token, Reader>;
  using Entry = Table::value_type;

  /// `reliable` and `depth` as the publisher offers them.
  Readers(bool reliable, std::uint32_t depth, Duration stall)
      : reliable_(reliable), depth_(depth), stall_(stall) {}

  /// nullptr if there are too many. REQUIRES: no such reader is there.
  Entry* join(const Token& token);
  Entry* find(const Token& token) noexcept;
  /// A reader that was matched by another end of the same port; nullptr: there is none.
  Entry* other_end(const Token& token) noexcept;
  /// REQUIRES: it is there.
  void leave(const Token& token);
  /// To be called after anything in entries has changed, before limit() and what follows it are asked.
  void update() noexcept;

  /// Whether each of them has many before sequence `last`, or any: beside what it may have taken and not told.
  [[nodiscard]] bool all_busy(std::uint64_t last) const noexcept { return busy_from_ <= last; }
  [[nodiscard]] bool none_waits(std::uint64_t last) const noexcept { return waits_until_ < last; }
  /// Whether to one of them more are under way than its window, as may be only where it does not gate.
  [[nodiscard]] bool any_lags(std::uint64_t last) const noexcept { return last > lags_from_; }

  [[nodiscard]] Table& table() noexcept { return table_; }
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  /// Whether both sides are reliable.
  [[nodiscard]] bool reliable(const Token& token) const noexcept { return reliable_ && token.terms.reliable; }
  [[nodiscard]] bool gates(const Entry& entry) const noexcept;
  /// The last sequence that every reader has room for.
  [[nodiscard]] std::uint64_t limit() const noexcept {
    return limit_.load(
        std::memory_order_relaxed);  // pairs with nothing: a limit read late is one read earlier
  }
  /// Whether a joining or stalled reader has caught up with `last`: nearly all that was queued to it is gone.
  [[nodiscard]] bool caught_up(const Entry& entry, std::uint64_t last) const noexcept;

  /// What holds up sequence `next` at `time`: the matched readers that have stalled now, and when to ask again.
  struct Hold {
    std::vector<Entry*> stalled;
    Duration ask_again = Duration::max();
  };
  Hold hold(std::uint64_t next, Instant time);

 private:
  [[nodiscard]] std::uint32_t window(const Entry& entry) const noexcept;
  [[nodiscard]] std::uint64_t limit_of(const Entry& entry) const noexcept;

  const bool reliable_;
  const std::uint32_t depth_;
  const Duration stall_;
  Table table_;
  std::uint64_t busy_from_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t waits_until_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t lags_from_ = 0;
  std::atomic<std::uint64_t> limit_{std::numeric_limits<std::uint64_t>::max()};
};

}  // namespace weft::transport::zeromq
