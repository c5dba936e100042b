// Connections: which peer is at the other end of which connection, and which of them are gone.
//
// What      libzmq tells of connections by descriptor, and the kernel hands a descriptor out again at once.
// The
//           monitor's events are in order; a message of a connection is read after the event that it was
//           opened: so whoever takes in all events before he reads a peer's first message always knows whose
//           descriptor it is.
// Threads   One at a time.
#pragma once

#include <algorithm>
#include <vector>

#include "transport/zmq/monitor.hpp"

namespace weft::transport::zeromq {

/// `Peer` has members `int connection` and `bool gone`.
template <class Peer>
class Connections final {
 public:
  /// Takes in what the monitor says; true if there was something.
  bool look(Monitor& monitor) {
    bool any = false;
    while (const auto event = monitor.next()) {
      any = true;
      if (event->what == Monitor::What::opened) std::erase(closed_, event->connection);
      if (event->what == Monitor::What::closed) close(event->connection);
    }
    return any;
  }

  /// Adds a peer; it is gone already if its connection is.
  Peer& add(Peer peer) {
    peer.gone = std::ranges::find(closed_, peer.connection) != closed_.end();
    any_gone_ = any_gone_ || peer.gone;
    return peers_.emplace_back(std::move(peer));
  }

  /// Whether remove_gone() has anything to do.
  [[nodiscard]] bool any_gone() const noexcept { return any_gone_; }

  /// Removes the peers that are gone, and tells of each.
  template <class Told>
  void remove_gone(Told&& told) {
    any_gone_ = false;
    std::vector<Peer> gone;
    for (auto& peer : peers_) {
      if (peer.gone) gone.push_back(std::move(peer));
    }
    std::erase_if(peers_, [](const Peer& peer) { return peer.gone; });
    for (const auto& peer : gone)
      told(peer);
  }

  [[nodiscard]] std::vector<Peer>& peers() noexcept { return peers_; }

 private:
  void close(int connection) {
    if (std::ranges::find(closed_, connection) == closed_.end()) closed_.push_back(connection);
    for (auto& peer : peers_) {
      if (peer.connection != connection) continue;
      peer.gone = true;
      any_gone_ = true;
    }
  }

  std::vector<Peer> peers_;
  std::vector<int> closed_;  // descriptors; as many as were ever open at once, at most
  bool any_gone_ = false;
};

}  // namespace weft::transport::zeromq
