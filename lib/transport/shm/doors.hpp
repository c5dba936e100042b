// Doors: the sockets at which the guests of a Context's ends come in. One is shared by all ends that were not given a name.
//
// Threads   Any; Host::meet() is called by the agent.
// Lifetime  Outlives its hosts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <fcntl.h>

#include "base/agent.hpp"
#include "base/file_lock.hpp"
#include "transport/shm/greeting.hpp"
#include "transport/transport.hpp"
#include "transport/warning.hpp"

namespace weft::transport::shm {

/// An end that others connect to.
class Host {
 public:
  virtual ~Host() = default;
  /// A guest has said hello. Never blocks.
  virtual void meet(std::shared_ptr<Connection> guest, Packet hello) = 0;
};

class Doors final {
 public:
  explicit Doors(const World& world) : world_(world), strange_(world.log, "shm") {}
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;
  ~Doors() = default;

  /// From now on `host` meets who wants that address. Errors: in_use, permission_denied, too_big, invalid_argument.
  Result<void> open(const std::string& address, Host& host);
  /// It meets nobody any more: nobody is meeting it when this returns.
  void close(Host& host);

 private:
  struct Door {
    Door(std::string where, FileLock held, Fd socket) noexcept
        : path(std::move(where)), lock(std::move(held)), listener(std::move(socket)) {}
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door();
    const std::string path;
    const FileLock lock;
    const Fd listener;
    std::size_t addresses = 0;
    Agent::Watch watch;
  };
  struct Address {
    Host* host;
    std::string path;
  };
  /// Somebody who has not said yet whom he wants.
  struct Stranger {
    std::shared_ptr<Connection> connection;
    Agent::Watch watch;
  };

  Result<std::shared_ptr<Door>> door_at(const std::string& path);
  Result<std::shared_ptr<Door>> make_door(const std::string& path);
  void let_in(int listener);
  void turn_away(int listener);
  void listen_to(std::uint64_t number);

  const World& world_;
  Fd spare_{::open("/dev/null", O_RDONLY | O_CLOEXEC)};  // the agent's
  std::mutex mutex_;                                     // guards the rest; held while a host meets a guest
  std::map<std::string, std::shared_ptr<Door>> doors_;
  std::map<std::string, Address, std::less<>> addresses_;
  std::map<std::uint64_t, Stranger> strangers_;
  std::uint64_t last_stranger_ = 0;
  Warning strange_;
};

}  // namespace weft::transport::shm
