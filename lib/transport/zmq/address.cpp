#include "transport/zmq/address.hpp"

#include <array>
#include <charconv>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/unix_address.hpp"
#include "transport/os_names.hpp"
#include "transport/zmq/monitor.hpp"

namespace weft::transport::zeromq {

namespace {

constexpr int backlog = 128;

struct HostPort {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  bool six = false;  // it was written in brackets
};

Error bad_tcp(const Endpoint& endpoint, std::string_view why) {
  return Error{Errc::invalid_argument,
               fmt::format("{}: {}; give host and port, like tcp://127.0.0.1:5555", endpoint.uri(), why)};
}

Result<HostPort> parse_tcp(const Endpoint& endpoint) {
  const std::string_view address = endpoint.address;
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return bad_tcp(endpoint, "there is no port");
  HostPort parsed{std::string(address.substr(0, colon)), 0, false};
  const auto digits = address.substr(colon + 1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (failure != std::errc{} || end != digits.data() + digits.size()) {
    return bad_tcp(endpoint, "the port is no number from 0 to 65535");
  }
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']')) {
    parsed.six = true;
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  }
  if (parsed.host.empty()) return bad_tcp(endpoint, "there is no host");
  const auto* allowed = parsed.six ? "0123456789abcdefABCDEF:.%"
                                   : "*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (parsed.host.find_first_not_of(allowed) != std::string::npos)
    return bad_tcp(endpoint, "that is no host");
  return parsed;
}

std::string join(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("tcp://{}:{}", host, port)
                                             : fmt::format("tcp://[{}]:{}", host, port);
}

/// The host as a numeric address of this machine; libzmq itself resolves no names to bind to.
Result<std::string> resolve(const HostPort& where, const Endpoint& endpoint) {
  if (where.host == "*") return std::string("*");
  addrinfo hints{};
  hints.ai_family = where.six ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(where.host.c_str(), nullptr, &hints, &found); code != 0) {
    return Error{Errc::not_found,
                 fmt::format("{}: host {}: {}; give an address of this machine, or * for all of them",
                             endpoint.uri(), where.host, ::gai_strerror(code))};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, &::freeaddrinfo);
  std::array<char, NI_MAXHOST> text{};
  const int code =
      ::getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  if (code != 0) return Error{Errc::internal, fmt::format("{}: {}", endpoint.uri(), ::gai_strerror(code))};
  return std::string(text.data());
}

Error bind_failed(int code, const Endpoint& endpoint) {
  const auto uri = endpoint.uri();
  switch (code) {
    case EADDRINUSE:
      return Error{Errc::in_use,
                   fmt::format("bind {}: another program listens there; stop it or choose another port", uri),
                   code};
    case EACCES:
      return Error{Errc::permission_denied,
                   fmt::format("bind {}: not permitted; choose a port above 1023", uri), code};
    case EADDRNOTAVAIL:
    case ENODEV:
      return Error{
          Errc::not_found,
          fmt::format("bind {}: not an address of this machine; give one, or * for all of them", uri), code};
    default:
      return sys_error(code, "bind", uri);
  }
}

Error occupied(const std::string& path, std::string_view why) {
  return Error{Errc::in_use, fmt::format("bind ipc://{}: {}", path, why)};
}

/// Makes way for a socket: removes what a dead program left at the path, and nothing else.
Result<void> clear_path(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return occupied(path, "a file that is no socket is there; remove it or choose another name");
  WEFT_TRY(const auto probe, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  const auto reached =
      sys::call("connect", path, [&] { return ::connect(probe.get(), generic(address), sizeof address); });
  if (reached || reached.error().sys_errno != ECONNREFUSED) {
    return occupied(path, "another program listens there; stop it or choose another name");
  }
  WEFT_CHECK(sys::call("unlink", path, [&] { return ::unlink(path.c_str()); }));
  return {};
}

/// A listening socket at a path that nobody else can be at, since we hold its lock.
Result<Fd> listen_at(const std::string& path) {
  WEFT_TRY(const auto address, unix_address(path));
  WEFT_CHECK(clear_path(path, address));
  WEFT_TRY(auto listener, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  WEFT_CHECK(
      sys::call("bind", path, [&] { return ::bind(listener.get(), generic(address), sizeof address); }));
  if (auto done = sys::call("listen", path, [&] { return ::listen(listener.get(), backlog); }); !done) {
    ::unlink(path.c_str());
    return std::move(done).error();
  }
  return listener;
}

/// What went wrong with the lock beside a socket, said in terms of the socket.
Error lock_failed(Error error, const std::string& path) {
  const auto directory = path.substr(0, path.rfind('/') + 1);
  auto doing = fmt::format("bind ipc://{}", path);
  if (error.code == Errc::permission_denied) {
    error.message += fmt::format("; make {} writable for you or choose another directory", directory);
  }
  if (error.code == Errc::not_found) error.message += fmt::format("; make the directory {}", directory);
  return std::move(error).within(doing);
}

}  // namespace

Path::~Path() {
  ::unlink(path_.c_str());
}

Result<Place> Bindings::claim(const Endpoint& endpoint) const {
  if (scheme_ == Scheme::ipc) return claim_ipc(endpoint);
  const auto where = parse_tcp(endpoint);
  if (!where) return where.error();
  WEFT_TRY(const auto host, resolve(*where, endpoint));
  return Place{endpoint, join(host, where->port), where->six, nullptr, Fd()};
}

Result<Endpoint> Bindings::bind(Socket& socket, Place place) {
  return scheme_ == Scheme::ipc ? bind_ipc(socket, std::move(place)) : bind_tcp(socket, place);
}

void Bindings::release(Socket& socket) noexcept {
  paths_.clear();
  for (const auto& port : ports_)
    unbind(context_, socket, port);
  ports_.clear();
}

// libzmq would unlink and bind the path itself, whoever lives there, and unlink it again at some time after
// closing. So it is given a socket that listens already, and leaves the path alone.
Result<Place> Bindings::claim_ipc(const Endpoint& endpoint) const {
  WEFT_TRY(auto path, socket_path(endpoint.address, runtime_directory_));
  auto lock = FileLock::acquire(lock_path(path));
  if (!lock) return lock_failed(std::move(lock).error(), path);
  WEFT_TRY(auto listener, listen_at(path));
  auto owned = std::make_unique<const Path>(path, *std::move(lock));
  auto uri = "ipc://" + path;
  return Place{
      {endpoint.scheme, std::move(path)}, std::move(uri), false, std::move(owned), std::move(listener)};
}

Result<Endpoint> Bindings::bind_ipc(Socket& socket, Place place) {
  WEFT_CHECK(socket.set(ZMQ_USE_FD, place.listener.get()));
  const int code = socket.bind(place.uri);
  WEFT_CHECK(socket.set(ZMQ_USE_FD, -1));
  if (code != 0) return sys_error(code, "bind", place.uri);
  [[maybe_unused]] const int owned_by_libzmq = place.listener.release();
  paths_.push_back(std::move(place.path));
  return std::move(place.endpoint);
}

Result<Endpoint> Bindings::bind_tcp(Socket& socket, const Place& place) {
  WEFT_CHECK(socket.set(ZMQ_IPV6, place.six ? 1 : 0));
  if (const int code = socket.bind(place.uri); code != 0) return bind_failed(code, place.endpoint);
  ports_.push_back(socket.last_endpoint());
  return Endpoint::parse(ports_.back());
}

Result<Target> Bindings::target(const Endpoint& endpoint) const {
  if (scheme_ == Scheme::ipc) {
    WEFT_TRY(const auto path, socket_path(endpoint.address, runtime_directory_));
    return Target{"ipc://" + path};
  }
  const auto where = parse_tcp(endpoint);
  if (!where) return where.error();
  if (where->port == 0) return bad_tcp(endpoint, "port 0 cannot be connected to");
  if (where->host == "*") return bad_tcp(endpoint, "* cannot be connected to");
  return Target{join(where->host, where->port), where->six};
}

Result<void> Bindings::connect(Socket& socket, const Endpoint& endpoint) const {
  WEFT_TRY(const auto to, target(endpoint));
  if (scheme_ == Scheme::tcp) WEFT_CHECK(socket.set(ZMQ_IPV6, to.six ? 1 : 0));
  if (const int code = socket.connect(to.uri); code != 0) return sys_error(code, "connect", endpoint.uri());
  return {};
}

}  // namespace weft::transport::zeromq
