// Stage: the parts of one process and weft-perf, which tells them when to do what.
//
// Threads   listen() on the main thread; all others from any part's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace weft::perf {

class Stage final {
 public:
  using Endpoints = std::map<std::string, std::vector<std::string>>;

  /// Tells weft-perf.
  void say(const nlohmann::json& line);

  /// Until all endpoints are known: those of a channel. Throws, if weft-perf has gone.
  std::vector<std::string> endpoints_of(const std::string& channel);
  /// Until all drivers are ready. Throws as above.
  void wait_for_go();
  /// All drivers are done.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  /// Until the run is over, and ends may go.
  void wait_for_end();

  /// Takes what weft-perf says, until it says nothing more.
  void listen();

 private:
  void take(const nlohmann::json& line);

  std::mutex mutex_;  // guards all below, and what is said
  std::condition_variable changed_;
  bool known_ = false;
  Endpoints endpoints_;
  bool gone_ = false;  // "go" was said
  bool ended_ = false;
  std::atomic<bool> stopped_{false};
};

}  // namespace weft::perf
