// Addresses: from endpoints to libzmq's, and the names that binding makes in the file system.
//
// Threads   Any; a Binding is a value that moves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file_lock.hpp"
#include "transport/endpoint.hpp"
#include "transport/zmq/socket.hpp"

namespace weft::transport::zeromq {

enum class Scheme : std::uint8_t { ipc, tcp };

/// A socket in the file system, ours while we hold the lock; gone with this.
class Path final {
 public:
  Path(std::string path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path();

 private:
  const std::string path_;
  const FileLock lock_;
};

/// An endpoint that is ready to be bound.
struct Place {
  Endpoint endpoint;                 ///< As it was asked for; of ipc, with the path.
  std::string uri;                   ///< libzmq's.
  bool six = false;                  ///< It is an IPv6 address.
  std::unique_ptr<const Path> path;  ///< Of ipc,
  Fd listener;                       ///< and what listens there.
};

/// What libzmq is to connect to.
struct Target {
  std::string uri;
  bool six = false;  ///< It is an IPv6 address.
};

/// Everything that a socket is bound to.
class Bindings final {
 public:
  Bindings(::zmq::context_t& context, Scheme scheme, std::string runtime_directory)
      : context_(context), scheme_(scheme), runtime_directory_(std::move(runtime_directory)) {}

  /// What binding takes but for the socket: all that may wait. On any thread. tcp: looks up the host. ipc: takes
  /// the lock beside the socket's path first, since a second bind would steal a path from whoever lives there.
  /// Errors: in_use, permission_denied, not_found, too_big, invalid_argument; nothing is left behind.
  [[nodiscard]] Result<Place> claim(const Endpoint& endpoint) const;

  /// Binds `socket` and answers with the endpoint to connect to. Never waits. Errors as above.
  Result<Endpoint> bind(Socket& socket, Place place);

  /// What connect() would connect to. Errors as there.
  [[nodiscard]] Result<Target> target(const Endpoint& endpoint) const;

  /// Connects `socket`; whether anybody is there shows later. Errors: invalid_argument, too_big.
  Result<void> connect(Socket& socket, const Endpoint& endpoint) const;

  /// Frees everything that `socket` is bound to, for others to bind; its connections stay. Ends the socket's
  /// Monitor.
  void release(Socket& socket) noexcept;

 private:
  [[nodiscard]] Result<Place> claim_ipc(const Endpoint& endpoint) const;
  Result<Endpoint> bind_ipc(Socket& socket, Place place);
  Result<Endpoint> bind_tcp(Socket& socket, const Place& place);

  ::zmq::context_t& context_;
  Scheme scheme_;
  std::string runtime_directory_;
  std::vector<std::unique_ptr<const Path>> paths_;
  std::vector<std::string> ports_;  // libzmq's names of what is bound on tcp
};

}  // namespace weft::transport::zeromq
