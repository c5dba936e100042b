// An item in the hands of a worker, whatever its type: what came of it is said once.
//
// Threads   Its Worker's.
// Lifetime  The port outlives it.
#pragma once

#include <utility>

#include "node/worker_port.hpp"

namespace weft::node {

class Held final {
 public:
  /// How long an item rests that was dropped without a word.
  static constexpr Duration rest_when_dropped = std::chrono::milliseconds(100);

  Held(WorkerPort& port, const Ticket& ticket) noexcept : port_(&port), ticket_(ticket) {}
  Held(Held&& other) noexcept : port_(std::exchange(other.port_, nullptr)), ticket_(other.ticket_) {}
  Held& operator=(Held&& other) noexcept {
    if (this == &other) return *this;
    refuse(rest_when_dropped);
    port_ = std::exchange(other.port_, nullptr);
    ticket_ = other.ticket_;
    return *this;
  }
  ~Held() { refuse(rest_when_dropped); }

  /// It is done. What is said later counts no more.
  void done() {
    if (auto* port = std::exchange(port_, nullptr)) port->done(ticket_);
  }
  /// It is to be tried again after `delay`.
  void refuse(Duration delay) {
    if (auto* port = std::exchange(port_, nullptr)) port->refuse(ticket_, delay);
  }

 private:
  WorkerPort* port_;  // none: it has been said
  Ticket ticket_;
};

}  // namespace weft::node
