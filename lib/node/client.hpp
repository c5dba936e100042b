// Client<Q, R>: calls a service.
//
//     auto client = node.client(add).value();  // finds its servers by itself
//     Sum sum = *client.call({.a = 1, .b = 2}, 1s).value();
//
// Threads   One at a time; may move between threads.
// Lifetime  Keeps its Context alive. Replies may outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "node/client_port.hpp"
#include "node/sample.hpp"
#include "type/topic.hpp"

namespace weft {

template <Message Q, Message R>
class Client final {
 public:
  /// Goes to a server that binds `uri`, now or whenever it comes, and again when it comes back. With several
  /// servers each call goes to the one with the fewest outstanding calls, and in turn. From then on it is joined to
  /// those alone: discovery finds nobody more for it. Errors: invalid_argument.
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }

  /// Calls one server and waits for its reply. Errors: what the server answered; timeout; unavailable (no
  /// server, or it died during the call: whether it did the work is not known); those of wait_matched.
  Result<Sample<R>> call(const Q& request, Deadline deadline) {
    WEFT_TRY(auto incoming, port_->call({node::type_support<Q>, &request}, deadline));
    Result<Sample<R>> sample = Error{};
    if (auto read = sample.emplace(incoming.view.header).read(incoming); !read)
      sample = std::move(read).error();
    return sample;
  }

  /// Waits until n servers are matched. Errors: incompatible, with every difference by field, at once if a server is
  /// linked that does not fit; at the deadline timeout, or why a server that discovery knows is not linked, as
  /// Publisher::wait_matched.
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
