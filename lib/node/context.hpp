// Context: the world that nodes live in: an identity, one background thread, the transports.
//
// What      Nodes of one Context exchange pointers; two Contexts share nothing and meet like two processes.
// Threads   Every function from any thread.
// Lifetime  Shared: nodes and ports keep their Context alive.
// Caveats   fork(): the child must not touch the parent's Context; make a new one after fork, or exec.
//           Descriptors: every peer takes some, and where none is left while it takes in a connection, a transport
//           may end the process. A program of many peers raises RLIMIT_NOFILE.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/agent.hpp"
#include "base/error.hpp"
#include "base/idle.hpp"
#include "base/log.hpp"
#include "discovery/client.hpp"
#include "transport/registry.hpp"
#include "transport/transport.hpp"

namespace weft {

/// 128 random bits; frames carry the low half.
struct ContextId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const ContextId&, const ContextId&) = default;
};

struct ContextOptions {
  /// Where sockets without a directory live. Empty: /run/user/UID/weft, else a verified 0700 /tmp/weft-UID.
  std::string runtime_directory;
  /// Where the library's log lines go; empty: nowhere.
  LogSink log;
  /// The transports to choose from; with discovery at most 8, of different schemes.
  std::vector<transport::Registered> transports = transport::transports();
  /// Whether ports find each other by themselves, without endpoints.
  bool discovery = true;
  /// Ports of different domains never meet. [a-z0-9_-]{1,32}.
  std::string domain = "default";
  /// The discovery daemon, started where none runs; looked for in PATH. Empty: never; ports of this Context meet even so.
  std::string daemon = "weftd";
  /// What a thread does that waits for what comes through shared memory (base/idle.hpp).
  Idle idle = Idle::adaptive;
  /// Bytes of shared memory that this Context may use at most; 0: half of the machine's.
  std::uint64_t shared_memory = 0;
  /// This program's name, for people, at most 256 bytes. Empty: the one by which it was started.
  std::string program;
};

/// The options that the environment asks for: WEFT_RUNTIME_DIR, WEFT_DOMAIN, WEFT_DISCOVERY=off. `environment` is main's
/// environ.
ContextOptions options_from(char** environment);

class Context final {
 public:
  /// Starts the agent and sweeps what killed programs left in the runtime directory. Errors:
  /// permission_denied (the directory), resource_exhausted, too_big (the directory's path),
  /// invalid_argument (a domain out of form; too many transports, or two of one scheme; a program's name that is too
  /// long).
  static Result<std::shared_ptr<Context>> create(ContextOptions options = {});
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] ContextId id() const noexcept { return id_; }
  [[nodiscard]] const std::string& runtime_directory() const noexcept { return world_.runtime_directory; }

  /// For ports: what they do while they wait.
  [[nodiscard]] Idle idle() const noexcept { return idle_; }
  /// For ports: a number that no other port of this Context has.
  wire::PortId next_port() noexcept;
  /// For ports: the transport of a scheme, made when first asked for. Errors: invalid_argument with the
  /// schemes there are.
  Result<transport::Transport*> transport(std::string_view scheme);
  /// For ports: the background thread.
  [[nodiscard]] Agent& agent() const noexcept { return *agent_; }
  /// For ports: the media that they can use, the cheapest first. Errors: those of making a transport.
  Result<std::vector<discovery::Medium>> media();
  /// For ports and nodes: this Context's side of discovery, made when first asked for; nullptr if it is off. Errors:
  /// resource_exhausted.
  Result<discovery::Client*> discovery();
  /// For nodes: a number that no other node of this Context has.
  std::uint32_t next_node() noexcept;
  /// For ports: this program's name.
  [[nodiscard]] const std::string& program() const noexcept { return client_options_.program; }
  [[nodiscard]] LogSink& log() noexcept { return world_.log; }

 private:
  Context(std::string runtime_directory, std::unique_ptr<Agent> agent, ContextOptions options, ContextId id);

  ContextId id_;
  const Idle idle_;
  LogSink log_;
  std::unique_ptr<Agent> agent_;
  transport::World world_;
  const std::vector<transport::Registered> registered_;
  const bool discovers_;
  const discovery::ClientOptions client_options_;
  std::atomic<std::uint32_t> ports_{0};
  std::atomic<std::uint32_t> nodes_{0};
  std::mutex mutex_;  // guards the next
  std::map<std::string, std::unique_ptr<transport::Transport>, std::less<>> transports_;
  std::mutex client_mutex_;  // guards the next
  std::unique_ptr<discovery::Client> client_;
};

}  // namespace weft
