// The agent's side of a port: does to its Ends what discovery tells it to.
//
// What      An owner (publisher, server) is bound, once for each medium, where the transport says; a guest (subscriber,
//           client) is connected to each owner that it is told to join, a client by an End for each. The port's thread
//           need do nothing for it.
// Threads   What Matchmaking says on the agent's thread; refusal() on any.
// Lifetime  Ends and events outlive it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "discovery/client.hpp"
#include "node/ends.hpp"
#include "node/peer_events.hpp"

namespace weft::node {

class Matchmaker final : public discovery::Matchmaking {
 public:
  Matchmaker(Ends& ends, PeerEvents& events) noexcept : ends_(ends), events_(events) {}
  Matchmaker(const Matchmaker&) = delete;
  Matchmaker& operator=(const Matchmaker&) = delete;
  ~Matchmaker() override = default;

  Result<transport::Endpoint> host(const std::string& scheme) override;
  Result<void> join(const discovery::Peer& owner, const transport::Endpoint& endpoint) override;
  void leave(const discovery::PortKey& peer, discovery::Departure why) override;
  void refused(const discovery::Peer& peer, discovery::Obstacle obstacle, const std::string& reason) override;

  /// Why a peer that is there is not joined: it does not fit (incompatible), or cannot be attached to (the transport's
  /// error); or why others do not find us (resource_exhausted).
  [[nodiscard]] std::optional<Error> refusal() const;
  /// The port is about to be announced anew: forgets what it was told before, and whom it had joined. `alone`: what it is
  /// told from now on does not count, for it keeps to peers by hand. REQUIRES: the agent is out of it, and the Ends of
  /// those it had joined are closed.
  void begin_anew(bool alone);

 private:
  struct Joined {
    transport::Endpoint endpoint;
    Ends::Handle handle;
    bool leaving = false;  ///< Of a client: its End is to be closed when its link has ended.
  };

  struct Refusal {
    Errc code = Errc::incompatible;
    std::string reason;
  };

  [[nodiscard]] bool is_client() const noexcept { return ends_.options().role == transport::Role::sender; }
  bool stay(const discovery::PortKey& owner, const transport::Endpoint& endpoint);
  void part(const Joined& joined);
  bool refuse(const discovery::PortKey& peer, Errc code, const std::string& reason);
  void no_longer_refused(const discovery::PortKey& peer);
  Result<Ends::Handle> attach(const transport::Endpoint& endpoint);
  void fail(const discovery::PortKey& owner, const Error& error);
  void warn(const Error& error) const;

  Ends& ends_;
  PeerEvents& events_;
  bool alone_ = false;
  std::map<discovery::PortKey, Joined> joined_;        // the agent's
  std::map<std::string, transport::Endpoint> hosted_;  // likewise
  mutable std::mutex mutex_;                           // guards the next
  std::map<discovery::PortKey, Refusal> refused_;
};

}  // namespace weft::node
