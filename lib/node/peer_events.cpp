#include "node/peer_events.hpp"

#include <utility>

namespace weft {

std::string_view to_string(PeerEvent::What what) noexcept {
  switch (what) {
    case PeerEvent::What::matched:
      return "matched";
    case PeerEvent::What::unmatched:
      return "unmatched";
    case PeerEvent::What::incompatible:
      return "incompatible";
    case PeerEvent::What::unreachable:
      return "unreachable";
  }
  return "?";
}

namespace node {

void PeerEvents::put(PeerEvent event) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(event.peer); known != known_.end()) {
      event.node = known->second.peer.node;
      event.program = known->second.peer.program;
      event.pid = known->second.peer.pid;
      known->second.linked = event.what == PeerEvent::What::matched;
      if (!known->second.linked && known->second.forgotten) known_.erase(known);
    }
    if (events_.size() == most) events_.pop_front();
    events_.push_back(std::move(event));
  }
  waker_.wake();
}

std::optional<PeerEvent> PeerEvents::take() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) return std::nullopt;
  auto event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void PeerEvents::know(const discovery::Peer& peer) {
  const std::lock_guard lock(mutex_);
  auto& known = known_[{peer.key.context, peer.key.port}];
  known.peer = peer;
  known.forgotten = false;
}

void PeerEvents::forget(const PortId& peer) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(peer);
  if (known == known_.end()) return;
  known->second.forgotten = true;
  if (!known->second.linked) known_.erase(known);
}

void PeerEvents::forget_all() {
  const std::lock_guard lock(mutex_);
  known_.clear();
}

}  // namespace node

}  // namespace weft
