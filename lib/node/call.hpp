// Call<R>: a call that is under way, and what becomes of it.
//
//     Sum sum = *client.call({.a = 1, .b = 2}, 1s).wait().value();      // waits here
//     Sum sum = *(co_await client.call(query, 1s)).value();             // a coroutine waits
//     auto one = client.call(left, 1s), two = client.call(right, 1s);   // both are under way
//
// What      It has begun when call() returns. Its outcome is handed out once: by wait(), by try_take(), or by co_await.
//           Dropped before, it is cancelled: its server is told.
// Caveats   Write no `{…}` with strings into an expression with co_await, and no co_await into `?:`: g++ 12 destroys such
//           temporaries in the wrong place, or twice. Name the request or the Call.
// Threads   Its Client's: one at a time.
// Lifetime  Its Client outlives it. What it answered may outlive both.
// Errors    What the server answered, with code and text; timeout; unavailable: no server, or it died during the call, and
//           whether it did the work is not known; resource_exhausted: too many requests wait there, or the transport has no
//           memory; too_big: the request, or the reply, for the transport; incompatible.
#pragma once

#include <optional>
#include <utility>

#include "node/client_port.hpp"
#include "node/sample.hpp"
#include "run/awaiting.hpp"

namespace weft {

template <Message R>
class [[nodiscard]] Call final {
 public:
  Call(Call&& other) noexcept : port_(std::exchange(other.port_, nullptr)), place_(other.place_) {}
  Call& operator=(Call&& other) noexcept {
    std::swap(port_, other.port_);
    std::swap(place_, other.place_);
    return *this;
  }
  /// Cancels it, unless its outcome was taken.
  ~Call() {
    if (port_ != nullptr) port_->cancel(place_);
  }

  /// Its outcome; waits for it up to the call's deadline. REQUIRES, like the others: it was not taken yet.
  Result<Sample<R>> wait() { return read(std::exchange(port_, nullptr)->wait(place_)); }

  /// Its outcome, if that is known; sends it again, if it is time. Never blocks.
  std::optional<Result<Sample<R>>> try_take() {
    auto outcome = port_->poll(place_);
    if (!outcome) return std::nullopt;
    port_ = nullptr;
    return read(*std::move(outcome));
  }

  /// For coroutines: `co_await call` answers as wait(), and `when_any(call.next(), timer.next())` waits for several. Errors
  /// also: cancelled (asked to stop). One coroutine at a time waits for the calls of one Client.
  auto next() noexcept { return run::Awaiting<Next>({this}); }
  auto operator co_await() noexcept { return next(); }

  /// For Client.
  Call(node::ClientPort& port, node::ClientPort::Place place) noexcept : port_(&port), place_(place) {}

 private:
  static Result<Sample<R>> read(Result<node::Incoming> incoming) {
    if (!incoming) return std::move(incoming).error();
    Result<Sample<R>> sample = Error{};
    if (auto done = sample.emplace(incoming->view.header).read(*incoming); !done)
      sample = std::move(done).error();
    return sample;
  }

  struct Next {
    Call* call;
    Result<int> fd() const { return call->port_->fd(); }
    std::optional<Result<Sample<R>>> poll() const { return call->try_take(); }
  };

  node::ClientPort* port_;
  node::ClientPort::Place place_;
};

}  // namespace weft
