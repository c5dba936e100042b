// The calls of one client that are not finished, and where each of them is.
//
// What      A call has a place here from its beginning until its caller knows what came of it, or gives it up. The place
//           stands in the number that travels, so that a reply finds its call at once; no number is used twice, so that a
//           reply to a call that was given up finds nobody.
// Threads   One at a time.
// Cost      Places are used again: no allocation but for more calls at a time than there ever were.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "node/incoming.hpp"

namespace weft::node {

struct Pending {
  enum class State : std::uint8_t {
    free,      ///< Nobody's.
    resting,   ///< With no server, and not before `due`.
    sent,      ///< With a server.
    finished,  ///< Its outcome waits for the caller.
  };

  State state = State::free;
  std::uint32_t place = 0;
  std::uint32_t attempt = 0;  ///< How often it has been sent.
  std::uint64_t number = 0;   ///< The last attempt's, as it travels.
  std::uint64_t slot = 0;     ///< Where that went: Ends::Slot::number,
  std::uint64_t ended = 0;    ///< when so many of that one's links had ended.
  Deadline deadline = Deadline::none();
  Instant due{};  ///< Of one that rests: Instant::min(), as soon as there is a server.
  std::uint64_t fingerprint = 0;
  Bytes request;  ///< Encoded, if it may have to be sent later. Kept for its memory.
  Result<Incoming> outcome =
      Error{};  ///< Of one that rests: why it could not be done so far; code 0: it was not tried.

  /// When something is to be done for it, if nothing comes before.
  [[nodiscard]] Instant next() const noexcept {
    const bool rests = state == State::resting && due != Instant::min();
    return rests ? std::min(due, deadline.instant()) : deadline.instant();
  }
};

class PendingCalls final {
 public:
  using Place = std::uint32_t;

  /// A call that rests. Its place stays where it is until it is released.
  Place add(Deadline deadline);
  Pending& operator[](Place place) noexcept { return calls_[place]; }
  /// Gives its next attempt a number: no other attempt's, and higher than those before.
  void number(Pending& call) noexcept;
  /// The call that a server has, by the number; nullptr if it is nobody's.
  Pending* find(std::uint64_t number) noexcept;
  /// Its outcome waits for the caller from now on.
  void finish(Pending& call) noexcept;
  void release(Pending& call) noexcept;
  /// Calls `function` for each that a server has.
  template <class Function>
  void for_each_sent(Function function) {
    for (auto& call : calls_) {
      if (call.state == Pending::State::sent) function(call);
    }
  }

  /// Places in use.
  [[nodiscard]] std::size_t count() const noexcept { return calls_.size() - free_.size(); }
  /// Of those the finished ones.
  [[nodiscard]] std::size_t finished() const noexcept { return finished_; }
  /// When something is to be done for the first of the others.
  [[nodiscard]] Instant next() const noexcept;

 private:
  static constexpr unsigned place_bits = 24;

  std::deque<Pending> calls_;
  std::vector<Place> free_;
  std::size_t finished_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace weft::node
