// Request: the request that a handler is at, for those that want to know more than its message.
//
//     node.serve(search, [&](const Query& query, weft::Request& request) -> Result<Hits> {
//       auto pages = index.call({query.words}, request.deadline()).wait();  // hands on what time there is left
//       while (more) {
//         if (request.cancelled()) return Error{Errc::cancelled, "nobody waits"};
//         …
//
// Threads   The handler's.
// Lifetime  The handler's call.
#pragma once

#include "node/server_port.hpp"

namespace weft {

class Request final {
 public:
  /// Up to when its caller waits: as long from the request's arrival on as there was left when it was sent.
  [[nodiscard]] Deadline deadline() const noexcept { return arrival_.deadline; }
  /// Whether nobody waits for the answer any more: its caller gave up, or the deadline has passed. Looks at what has
  /// arrived meanwhile: some hundred nanoseconds. What is answered then, nobody gets.
  [[nodiscard]] bool cancelled() const { return port_.is_given_up(); }
  /// Which attempt of its caller's this is, from 1: more only if the service is idempotent.
  [[nodiscard]] std::uint32_t attempt() const noexcept { return header().attempt; }
  [[nodiscard]] const wire::Header& header() const noexcept { return arrival_.incoming.view.header; }

  /// For Server.
  Request(node::ServerPort& port, const node::Arrival& arrival) noexcept : port_(port), arrival_(arrival) {}

 private:
  node::ServerPort& port_;
  const node::Arrival& arrival_;
};

}  // namespace weft
