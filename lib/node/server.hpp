// Server<Q, R>: answers the requests of one service.
//
//     auto server = node.serve(add, [](const Add& q) { return Sum{q.a + q.b}; }).value();
//     server.bind("ipc://add").value();
//     server.run(stop_token).value();
//     server.drain(5s).value();
//
// Threads   One at a time: the handler runs inside run(), serve_one() and try_serve(), on the caller's thread.
// Lifetime  Keeps its Context alive. The handler lives as long as the Server.
// Errors    A handler answers a Result<R> or an R; its Error reaches the caller as it is, an exception as
//           Errc::internal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "node/request.hpp"
#include "node/sample.hpp"
#include "node/server_port.hpp"
#include "run/call_user.hpp"
#include "type/topic.hpp"

namespace weft {

template <Message Q, Message R>
class Server final {
 public:
  using Handler = std::function<Result<R>(const Q&, Request&)>;

  /// Waits for clients at `uri`, as Publisher::bind.
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }

  /// Answers one request if one is there: whether it was. Never waits for one.
  bool try_serve() {
    auto* arrival = port_->take();
    if (arrival == nullptr) return false;
    answer(*arrival);
    return true;
  }

  /// Answers the next request, waiting for it. Errors: timeout.
  Result<void> serve_one(Deadline deadline) {
    while (!try_serve())
      WEFT_CHECK(port_->wait(deadline));
    return {};
  }

  /// Answers requests until `stop` is requested; the request at hand is finished first.
  Result<void> run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { port_->wake(); });
    while (!stop.stop_requested()) {
      if (try_serve()) continue;
      if (stop.stop_requested()) break;  // again: try_serve() may have forgotten its wake-up
      WEFT_CHECK(port_->wait(Deadline::none()));
    }
    return {};
  }

  /// Ends its service without losing a request: it withdraws from discovery, so that clients turn to other servers; answers
  /// what comes within the next 100 ms, until they have heard of that; and turns away what comes still later, with
  /// unavailable, which clients of an idempotent service take elsewhere. Then destroy it. Errors: timeout, if there was
  /// more to do than the deadline allows: the rest is turned away, too.
  Result<void> drain(Deadline deadline) {
    using namespace std::chrono_literals;
    port_->withdraw();
    const auto heard = earlier(deadline, 100ms);
    while (!heard.has_passed(now()) && serve_one(heard)) {
    }
    port_->turn_away();
    bool more = true;
    while (more && !deadline.has_passed(now()))
      more = try_serve();
    const auto left = port_->send_back();
    if (left == 0) return {};
    return Error{Errc::timeout, std::to_string(left) + " requests were turned away at the drain's deadline"};
  }

  /// What became of its requests so far.
  [[nodiscard]] ServerCounters counters() const noexcept { return port_->counters(); }

  /// What happened to a peer: it was matched or unmatched, or does not fit, and why; the oldest first. Nothing if there
  /// is no more; of events that nobody asks for the last 256 are kept. Never blocks; waits and fd() are woken. Links change while requests are taken.
  std::optional<PeerEvent> next_event() { return port_->next_event(); }

  /// A descriptor for poll and epoll (POLLIN), level-triggered: readable while a request may be there, until
  /// try_serve() has answered false. The Server's own. Errors: resource_exhausted.
  Result<int> fd() { return port_->fd(); }

  /// For Node: takes over a port of this service.
  Server(std::unique_ptr<node::ServerPort> port, Handler handler) noexcept
      : port_(std::move(port)), handler_(std::move(handler)) {}

 private:
  void answer(node::Arrival& arrival) {
    Sample<Q> query(arrival.incoming.view.header);
    if (auto read = query.read(arrival.incoming); !read) return port_->reply(read.error());
    Request request(*port_, arrival);
    auto response = run::call_user<R>(handler_, *query, request);
    if (!response) return port_->reply(response.error());
    port_->reply(node::Outgoing{node::type_support<R>, &*response});
  }

  std::unique_ptr<node::ServerPort> port_;
  Handler handler_;
};

}  // namespace weft
