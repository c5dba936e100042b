// Says once, on standard error, for whom a port waits to whom nobody came for a second.
//
// Threads   One at a time. The daemons are asked on a thread of its own: no message waits for their answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "discovery/packets.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

class Patience final {
 public:
  /// `awaited`: what the peers of `name` are, a publisher for example.
  Patience(discovery::PortKind awaited, std::string name, const Peers& peers, Tool& tool);
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  /// Waits for no daemon.
  ~Patience();

  /// When there will be something to say; never, once it was said.
  [[nodiscard]] Deadline deadline() const noexcept { return said_ ? Deadline::none() : deadline_; }
  /// Says it, if the time has come; asks `matched` whether somebody is linked: timeout if not, or what hinders that.
  /// REQUIRES that nothing has come yet.
  void look(const std::function<Result<void>()>& matched);
  /// Something has come: nothing is said any more.
  void end() noexcept;

 private:
  [[nodiscard]] std::optional<std::string> reason(const Result<void>& matched) const;
  [[nodiscard]] std::string somebody() const;
  void ask();
  void say_by_directory() const;

  discovery::PortKind awaited_;
  std::string name_;
  const Peers& peers_;
  Tool& tool_;
  Deadline deadline_;
  bool said_ = false;
  Fd stop_;  // an eventfd: readable, the thread has nothing to say any more
  std::thread asking_;
};

}  // namespace weft::tool
