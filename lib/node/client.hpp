// Client<Q, R>: calls a service.
//
//     auto client = node.client(add).value();  // finds its servers by itself
//     Sum sum = *client.call({.a = 1, .b = 2}, 1s).wait().value();
//
// Threads   One at a time; may move between threads.
// Lifetime  Keeps its Context alive, and outlives its Calls. Replies may outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "node/call.hpp"
#include "node/client_port.hpp"
#include "type/topic.hpp"

namespace weft {

template <Message Q, Message R>
class Client final {
 public:
  /// Goes to a server that binds `uri`, now or whenever it comes, and again when it comes back. With several
  /// servers each call goes to the one with the fewest outstanding calls, and in turn. From then on it is joined to
  /// those alone: discovery finds nobody more for it. Errors: invalid_argument.
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }

  /// Begins a call to one server; the Call says what becomes of it. Where there is no server yet, or each has Qos::depth of
  /// this client's calls already, it waits for one, and ends unavailable if none comes in time. The
  /// request is not needed any more when this returns. Never blocks. What the server does not begin in time, it does not
  /// begin at all. If the service is idempotent, a call that is answered unavailable or resource_exhausted is tried again
  /// until the deadline, with a pause between, and on another server if there is one.
  Call<R> call(const Q& request, Deadline deadline) {
    return {*port_, port_->begin({node::type_support<Q>, &request}, deadline)};
  }

  /// A descriptor for poll and epoll (POLLIN), level-triggered: readable while one of its calls may have an outcome, until
  /// try_take() has answered nothing for each; and when links changed, or a reply came that nobody waits for, until one of
  /// the calls was asked, or, where none is under way, next_event() has answered nothing. The Client's own. Errors:
  /// resource_exhausted.
  Result<int> fd() { return port_->fd(); }

  /// Waits until n servers are matched. Errors: incompatible, with every difference by field, at once if a server is
  /// linked that does not fit; at the deadline timeout, or why a server that discovery knows is not linked, as
  /// Publisher::wait_matched. A server takes part whenever it takes something: one of the same thread is not matched
  /// meanwhile.
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }

  /// Servers matched now.
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }

  /// What happened to a peer: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks; waits are woken.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// For Node: takes over a port of this service.
  explicit Client(std::unique_ptr<node::ClientPort> port) noexcept : port_(std::move(port)) {}

 private:
  std::unique_ptr<node::ClientPort> port_;
};

}  // namespace weft
