// The watcher: the whole directory as a value that follows what happens. For tools.
//
// Threads   One at a time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/time.hpp"
#include "discovery/packets.hpp"

namespace weft::discovery {

/// Everything that the daemon knows.
struct Graph {
  std::map<std::uint64_t, Session> sessions;                      ///< By context.
  std::map<std::pair<std::uint64_t, std::uint32_t>, Node> nodes;  ///< By context and number.
  std::map<PortKey, Port> ports;
  std::map<std::pair<PortKey, PortKey>, Pair> pairs;  ///< By owner and guest.
};

class Watcher final {
 public:
  /// Connects to a running daemon, and starts none. Waits for nothing: what it answers update() and sync() take in.
  /// Errors: unavailable (none runs), permission_denied (another user's), resource_exhausted (too many wait for it).
  static Result<Watcher> ask(const std::string& runtime_directory, const std::string& domain);
  /// The same, until it has answered. Errors: those, and incompatible (it refuses: another version, too many sessions),
  /// timeout (it is hung: no answer in 5 s).
  static Result<Watcher> open(const std::string& runtime_directory, const std::string& domain);
  Watcher(Watcher&&) noexcept;
  Watcher& operator=(Watcher&&) noexcept;
  ~Watcher();

  /// Takes in what has come; waits for a snapshot that is not yet whole: the first, or, where we were too slow for the
  /// daemon, the next. Errors: timeout; unavailable, the daemon has ended.
  Result<void> sync(Deadline deadline);
  /// Takes in what has come, and whether anything has. Never blocks. Errors: unavailable; its answer's, as open() has them.
  Result<bool> update();
  /// Whether there is no snapshot to be waited for.
  [[nodiscard]] bool is_whole() const noexcept;
  /// The last whole snapshot, and what has changed since.
  [[nodiscard]] const Graph& graph() const noexcept;
  /// What the daemon says of itself, once it has answered.
  [[nodiscard]] const Welcome& daemon() const noexcept;
  /// The daemon's process; 0 if the kernel does not say.
  [[nodiscard]] int daemon_pid() const noexcept;
  /// Readable when update() has something to do.
  [[nodiscard]] int fd() const noexcept;

 private:
  struct State;
  explicit Watcher(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace weft::discovery
