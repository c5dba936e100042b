// The client: a Context's side of discovery.
//
// What      Keeps what the Context's nodes and ports say of themselves, tells it to the daemon, again whenever that
//           comes back, and hands each port what concerns it. Ports of this Context meet without the daemon: the client
//           has a Directory of its own for them. If no daemon runs, the first announcement starts one; while none can
//           be reached it is looked for again and again (pauses doubled from 20 ms to 2 s), and links that exist go on.
//           An announcement made while none is there starts one again; its mere end does not.
// Return    A daemon that comes back knows nothing. Each Context tells it everything anew when it finds it, some later
//           than others. So what a port was told by the daemon before stays so, and then (acquaintances.hpp)
//           - what the new one repeats is no news: the port hears nothing, and a link that lives is not touched;
//           - what it says otherwise (another endpoint, a refusal) and what is new the port hears at once: a match made
//             during the outage comes to life;
//           - what it takes back (Leave) has gone;
//           - what it has not repeated ClientOptions::patience after it said Synced is left: that peer is not coming
//             back, since each that lives looks for the daemon at least every two seconds. Even so leave() cuts no
//             link that lives, and a peer that comes later yet is joined again.
//           A daemon that refuses us (another version) is told of once in the log; we do without, and go on looking
//           every two seconds.
// Failure   A port that could not be attached, or bound for a guest that no other medium serves, is asked again, after
//           0.1 s and at doubled pauses of at most 2 s: what it lacked may be there by then.
// Threads   announce() and add_node() from any; Matchmaking is called on the agent's thread alone. A thread that drops
//           an Announced holds no lock that its Matchmaking takes.
// Lifetime  Agent and log outlive it; it outlives what it hands out.
// Caveats   After fork() the child must not touch it.
#pragma once

#include <memory>
#include <string>

#include "base/agent.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "discovery/packets.hpp"
#include "transport/endpoint.hpp"

namespace weft::discovery {

/// What a port does when discovery tells it to. Calls are short.
class Matchmaking {
 public:
  virtual ~Matchmaking() = default;
  /// An owner is to be reachable over a medium: where is it? Errors: those of binding. One that is just being withdrawn
  /// is not asked, and nothing is answered for it: a peer is told of its end, not of a refusal.
  virtual Result<transport::Endpoint> host(const std::string& scheme) = 0;
  /// A guest is to attach to an owner; said again where it changed. Errors: those of connecting. What fails, like host(),
  /// is said again after a while.
  virtual Result<void> join(const Peer& owner, const transport::Endpoint& endpoint) = 0;
  /// A peer that was to be joined, or was refused, has gone: no new link to it. A link that still lives goes on until
  /// its transport ends it.
  virtual void leave(const PortKey& peer, Departure why) = 0;
  /// A port of the same name that does not fit; leave() says when it has gone. With Obstacle::room nobody is meant:
  /// the directory has no room for this port, and others do not find it.
  virtual void refused(const Peer& peer, Obstacle obstacle, const std::string& reason) = 0;
};

struct ClientOptions {
  std::string runtime_directory;   ///< Where the daemon's socket is (transport/os_names.hpp).
  std::string domain = "default";  ///< Ports of different domains never meet.
  std::string daemon = "weftd";    ///< Started where none runs, found by PATH; empty: never.
  std::string program;             ///< This program's name, for people.
  std::uint64_t context = 0;       ///< As in PortKey; not 0.
  /// For how long peers are believed in that a daemon which came back has not heard of yet.
  Duration patience = std::chrono::seconds(10);
};

class Client final {
 public:
  /// Keeps something announced until it is dropped; afterwards its Matchmaking is not called and not being called.
  class Announced final {
   public:
    Announced() noexcept;
    Announced(Announced&&) noexcept;
    Announced& operator=(Announced&&) noexcept;
    ~Announced();

   private:
    friend class Client;
    struct Entry;
    std::unique_ptr<Entry> entry_;
  };

  /// Errors: resource_exhausted; invalid_argument (a domain out of form, context 0).
  static Result<std::unique_ptr<Client>> create(Agent& agent, LogSink& log, ClientOptions options);
  /// Says goodbye: what was announced is withdrawn before.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Announced add_node(Node node);
  /// `port` outlives what is answered; `description.endpoints` is empty, what host() answers comes there.
  Announced announce(Port description, Matchmaking& port);

 private:
  struct State;
  explicit Client(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace weft::discovery
