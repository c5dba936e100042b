// The audience: the ports that may be called, each until it is removed, and then surely not any more.
//
// Threads   Any; calls are made by one thread at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "discovery/client.hpp"

namespace weft::discovery {

class Audience final {
 public:
  void add(std::uint32_t port, Matchmaking& matchmaking) {
    const std::lock_guard lock(mutex_);
    ports_.emplace(port, &matchmaking);
  }

  /// Afterwards the port is not called and not being called, unless this is done by that call itself.
  void remove(std::uint32_t port) {
    std::unique_lock lock(mutex_);
    ports_.erase(port);
    finished_.wait(lock, [&] { return calling_ != port || caller_ == std::this_thread::get_id(); });
  }

  /// Calls `call(matchmaking)`, if the port is there.
  template <class Call>
  void call(std::uint32_t port, Call&& call) {
    std::unique_lock lock(mutex_);
    const auto found = ports_.find(port);
    if (found == ports_.end()) return;
    auto& matchmaking = *found->second;
    calling_ = port;
    caller_ = std::this_thread::get_id();
    lock.unlock();
    std::forward<Call>(call)(matchmaking);
    lock.lock();
    calling_ = 0;
    finished_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::condition_variable finished_;
  std::map<std::uint32_t, Matchmaking*> ports_;
  std::uint32_t calling_ = 0;  // 0: none
  std::thread::id caller_;
};

}  // namespace weft::discovery
