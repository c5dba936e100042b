// The server: a Directory behind a Unix socket. weftd is this and a command line.
//
// What      Listens on a SOCK_SEQPACKET socket, one packet a message (packets.hpp). Who is at the other end the kernel
//           says (SO_PEERCRED, a pidfd): another user's process is refused. A session's end of file withdraws all that
//           it announced, and sweeps what its process left in the runtime directory. A session whose queue is full is
//           told everything anew once it reads again; one that sends nonsense is closed, and no other suffers.
// Bounds    Sessions and what waits for them: below. What the directory keeps (directory.hpp) and the versions of weft
//           that are spoken (versions.hpp) have bounds of their own.
// Ends      A session that has withdrawn all its ports and nodes before its end of file has left; one that has not has
//           died, and as soon as its process has let go of everything the runtime directory is swept.
// Threads   One: run()'s.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/time.hpp"

namespace weft::discovery {

struct ServerOptions {
  std::string runtime_directory;
  std::string domain = "default";
  /// Ends after so long without a session; zero: never.
  Duration idle_stop = Duration::zero();
};

class Server final {
 public:
  /// At a time, and of one process; further ones are refused. So are all when descriptors run out.
  static constexpr std::size_t most_sessions = 4096;
  static constexpr std::size_t most_sessions_of_process = 1024;
  /// What waits for a session that does not read, in bytes, beside its last snapshot.
  static constexpr std::size_t most_waiting = std::size_t{4} << 20;
  /// What waits for all of them, their snapshots included. Beyond it those who have read nothing for longest are to be
  /// told anew.
  static constexpr std::size_t most_waiting_in_all = std::size_t{320} << 20;

  /// Takes the domain's lock and listens. Errors: in_use (a daemon of this domain runs), permission_denied,
  /// resource_exhausted, invalid_argument (a domain out of form).
  static Result<std::unique_ptr<Server>> create(ServerOptions options, LogSink log);
  /// Unlinks its socket.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves until `stop` (a descriptor) is readable or it has been idle for long enough. Errors: unavailable, its socket,
  /// its lock or their directory was removed; those of the kernel.
  Result<void> run(int stop);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace weft::discovery
