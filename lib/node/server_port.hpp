// All of a server that does not depend on the service's types.
//
// Threads   One at a time; wake() from any.
// Lifetime  Keeps the Context alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/ends.hpp"
#include "node/incoming.hpp"
#include "node/judge.hpp"
#include "node/outgoing.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"

namespace weft::node {

/// Where a request's reply goes.
struct Caller {
  transport::End* end;
  transport::Traits traits;
  const Links* links;
  transport::ReturnPath path;
  std::uint64_t call;
};

struct Request {
  Incoming incoming;
  Caller caller;
};

class ServerPort final {
 public:
  /// `contract.reads` is schema.
  static Result<std::unique_ptr<ServerPort>> create(const Maker& maker, Contract contract, const Qos& qos);

  Result<std::string> bind(std::string_view uri);

  /// The next request that can perhaps be read; what cannot is answered with an error. Never blocks.
  std::optional<Request> take();
  /// Answers a request. A caller that has gone is no error: nobody is left to be told.
  void reply(const Caller& caller, const Outgoing& response);
  void reply(const Caller& caller, const Error& error);

  /// Sleeps until take() may have something. Errors: timeout.
  Result<void> wait(Deadline deadline);
  void wake() noexcept { ends_->wake(); }
  /// What happened to a peer, as far as take() has come, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event() { return ends_->events().take(); }
  Result<int> fd();

 private:
  ServerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
             std::uint64_t request_fingerprint);
  std::optional<Request> examine(transport::Frame frame, Ends::Slot& slot);
  [[nodiscard]] wire::Header header_for(const Caller& caller) const;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  std::uint64_t fingerprint_;
  ThreadCheck check_;
};

}  // namespace weft::node
