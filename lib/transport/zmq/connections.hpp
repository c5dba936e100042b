// Connections: which connections of a socket have ended.
//
// What      libzmq tells of connections by descriptor, and the kernel hands a descriptor out again at once.
//           The monitor's events are in order, and a message is read after its connection was opened: so
//           whoever takes in all events before he notes whose connection a message came by always notes the
//           right one.
// Threads   One at a time.
#pragma once

#include <algorithm>
#include <vector>

#include "transport/zmq/monitor.hpp"

namespace weft::transport::zeromq {

class Connections final {
 public:
  /// Takes in what the monitor says, and then tells `told` each event; true if there was any.
  template <class Told>
  bool look(Monitor& monitor, Told&& told) {
    bool any = false;
    while (const auto event = monitor.next()) {
      any = true;
      if (event->what == Monitor::What::opened) std::erase(ended_, event->connection);
      if (event->what == Monitor::What::closed && !has_ended(event->connection))
        ended_.push_back(event->connection);
      told(*event);
    }
    return any;
  }

  /// Whether the last connection with this descriptor has ended.
  [[nodiscard]] bool has_ended(int connection) const noexcept {
    return std::ranges::find(ended_, connection) != ended_.end();
  }

 private:
  std::vector<int> ended_;  // as many as were ever open at once, at most
};

}  // namespace weft::transport::zeromq
