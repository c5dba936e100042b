#include "transport/shm/doors.hpp"

#include <optional>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/unix_address.hpp"
#include "transport/os_names.hpp"

namespace weft::transport::shm {

namespace {

constexpr int backlog = 128;
/// Who connects and says nothing is forgotten when so many others do.
constexpr std::size_t most_strangers = 64;

Result<Fd> listen_at(const std::string& path) {
  WEFT_TRY(auto address, unix_address(path));
  WEFT_TRY(auto socket, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  ::unlink(path.c_str());  // a dead program's: we have its lock
  WEFT_CHECK(sys::call("bind", path, [&] { return ::bind(socket.get(), generic(address), sizeof address); }));
  ::chmod(path.c_str(), 0600);
  WEFT_CHECK(sys::call("listen", path, [&] { return ::listen(socket.get(), backlog); }));
  return socket;
}

int accept_from(int listener) {
  return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// Shared memory is for the programs of one user.
bool is_of_our_user(int socket) {
  ucred who{};
  socklen_t size = sizeof who;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
         (who.uid == ::geteuid() || who.uid == 0);
}

}  // namespace

Doors::Door::~Door() {
  watch = {};
  if (lock.is_in_place()) ::unlink(path.c_str());
}

Result<void> Doors::open(const std::string& address, Host& host) {
  WEFT_TRY(const auto path, shared_socket_path(address, world_.runtime_directory));
  const std::lock_guard lock(mutex_);
  if (addresses_.contains(address)) {
    return Error{
        Errc::in_use,
        fmt::format("bind shm://{}: another end of this context has this name; choose another", address)};
  }
  WEFT_TRY(auto door, door_at(path));
  ++door->addresses;
  addresses_.emplace(address, Address{&host, path});
  return {};
}

void Doors::close(Host& host) {
  std::vector<std::shared_ptr<Door>> closed;  // after the lock: closing waits for the agent
  const std::lock_guard lock(mutex_);
  for (auto each = addresses_.begin(); each != addresses_.end();) {
    if (each->second.host != &host) {
      ++each;
      continue;
    }
    const auto door = doors_.find(each->second.path);
    if (--door->second->addresses == 0) {
      closed.push_back(std::move(door->second));
      doors_.erase(door);
    }
    each = addresses_.erase(each);
  }
}

Result<std::shared_ptr<Doors::Door>> Doors::door_at(const std::string& path) {
  if (const auto known = doors_.find(path); known != doors_.end()) return known->second;
  WEFT_TRY(auto door, make_door(path));
  doors_.emplace(path, door);
  return door;
}

Result<std::shared_ptr<Doors::Door>> Doors::make_door(const std::string& path) {
  auto lock = FileLock::acquire(lock_path(path));
  if (!lock) return std::move(lock).error().within(fmt::format("bind {}", path));
  WEFT_TRY(auto listener, listen_at(path));
  const int fd = listener.get();
  auto door = std::make_shared<Door>(path, *std::move(lock), std::move(listener));
  WEFT_TRY(door->watch, world_.agent.watch(fd, [this, fd] { let_in(fd); }));
  return door;
}

/// Where there is no descriptor left for who stands at the door, he is to come again: else he would be told of for ever.
void Doors::turn_away(int listener) {
  if (errno != EMFILE && errno != ENFILE) return;
  spare_.reset();
  const Fd guest(accept_from(listener));
  spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void Doors::let_in(int listener) {
  std::optional<Stranger> forgotten;
  const int fd = accept_from(listener);
  if (fd < 0) return turn_away(listener);
  auto connection = std::make_shared<Connection>(Fd(fd));
  if (!is_of_our_user(fd)) return;
  const std::lock_guard lock(mutex_);
  if (strangers_.size() >= most_strangers) {
    forgotten = std::move(strangers_.begin()->second);
    strangers_.erase(strangers_.begin());
  }
  const auto number = ++last_stranger_;
  auto watch = world_.agent.watch(fd, [this, number] { listen_to(number); });
  if (watch) strangers_.emplace(number, Stranger{std::move(connection), *std::move(watch)});
}

void Doors::listen_to(std::uint64_t number) {
  std::optional<Stranger> gone;
  const std::lock_guard lock(mutex_);
  const auto found = strangers_.find(number);
  if (found == strangers_.end()) return;
  auto said = found->second.connection->receive();
  if (said && !*said) return;
  gone = std::move(found->second);
  strangers_.erase(found);
  if (!said) {
    if (said.error().code != Errc::unavailable) strange_.say(said.error().message);
    return;
  }
  auto& hello = **said;
  const auto bytes = hello.greeting.address_bytes;
  if (hello.greeting.kind != Greeting::Kind::hello || bytes > hello.text.size()) return;
  const auto host = addresses_.find(std::string_view(hello.text).substr(0, bytes));
  if (host == addresses_.end()) return;  // gone, or not there yet: the guest comes again
  gone->watch = {};                      // before the host watches it
  host->second.host->meet(gone->connection, std::move(hello));
}

}  // namespace weft::transport::shm
