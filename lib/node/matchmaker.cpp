#include "node/matchmaker.hpp"

#include <utility>

#include <fmt/format.h>

namespace weft::node {

using discovery::PortKey;
using transport::Endpoint;

void Matchmaker::begin_anew(bool alone) {
  alone_ = alone;
  joined_.clear();
  events_.forget_all();
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

Result<Endpoint> Matchmaker::host(const std::string& scheme) {
  if (const auto found = hosted_.find(scheme); found != hosted_.end()) return found->second;
  WEFT_TRY(auto* transport, ends_.context().transport(scheme));
  WEFT_TRY(const auto handle, ends_.find_or_make(scheme));
  WEFT_TRY(auto bound, handle.end->bind(transport->own_endpoint(ends_.options().id)));
  return hosted_.emplace(scheme, std::move(bound)).first->second;
}

Result<void> Matchmaker::join(const discovery::Peer& owner, const Endpoint& endpoint) {
  if (alone_) return {};
  std::erase_if(joined_,
                [&](const auto& one) { return one.second.leaving && !ends_.has(one.second.handle); });
  events_.know(owner);
  if (!stay(owner.key, endpoint)) {
    auto handle = attach(endpoint);
    if (!handle) {
      fail(owner.key, handle.error());
      return std::move(handle).error();
    }
    joined_.insert_or_assign(owner.key, Joined{endpoint, *handle});
  }
  no_longer_refused(owner.key);
  return {};
}

/// Whether it is attached there already. One that was attached elsewhere parts from that.
bool Matchmaker::stay(const PortKey& owner, const Endpoint& endpoint) {
  const auto found = joined_.find(owner);
  if (found == joined_.end()) return false;
  auto& joined = found->second;
  if (joined.endpoint == endpoint && (!joined.leaving || ends_.keep(joined.handle))) {
    joined.leaving = false;
    return true;
  }
  if (!joined.leaving) part(joined);
  joined_.erase(found);
  return false;
}

Result<Ends::Handle> Matchmaker::attach(const Endpoint& endpoint) {
  WEFT_TRY(const auto handle,
           is_client() ? ends_.make_apart(endpoint.scheme) : ends_.find_or_make(endpoint.scheme));
  if (auto connected = handle.end->connect(endpoint); !connected) {
    if (is_client()) ends_.retire(handle);
    return std::move(connected).error();
  }
  return handle;
}

/// The owner is there, and no link to it can be made.
void Matchmaker::fail(const PortKey& owner, const Error& error) {
  if (!refuse(owner, error.code, error.message)) return;
  warn(error);
  events_.put(
      {.what = PeerEvent::What::unreachable, .peer = {owner.context, owner.port}, .reason = error.message});
}

void Matchmaker::leave(const PortKey& peer, discovery::Departure /*why: the link's end says it better*/) {
  no_longer_refused(peer);
  events_.forget({peer.context, peer.port});
  const auto found = joined_.find(peer);
  if (found == joined_.end() || found->second.leaving) return;
  // A client's link that is alive may be told to stay after all: there can be only one to a server.
  found->second.leaving = is_client() && found->second.handle.links->listening() != 0;
  part(found->second);
  if (!found->second.leaving) joined_.erase(found);
}

void Matchmaker::part(const Joined& joined) {
  auto parted = joined.leaving ? Result<void>() : joined.handle.end->disconnect(joined.endpoint);
  if (!parted) warn(parted.error());
  if (is_client()) ends_.retire(joined.handle);
}

void Matchmaker::refused(const discovery::Peer& peer, discovery::Obstacle obstacle,
                         const std::string& reason) {
  if (alone_) return;
  const bool no_room = obstacle == discovery::Obstacle::room;
  if (!refuse(peer.key, no_room ? Errc::resource_exhausted : Errc::incompatible, reason)) return;
  if (no_room) return ends_.wake();  // no peer is meant
  events_.know(peer);
  events_.put(
      {.what = PeerEvent::What::incompatible, .peer = {peer.key.context, peer.key.port}, .reason = reason});
}

/// Whether that is news.
bool Matchmaker::refuse(const PortKey& peer, Errc code, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  auto& known = refused_[peer];
  known.code = code;
  return std::exchange(known.reason, reason) != reason;
}

void Matchmaker::no_longer_refused(const PortKey& peer) {
  const std::lock_guard lock(mutex_);
  refused_.erase(peer);
}

std::optional<Error> Matchmaker::refusal() const {
  const std::lock_guard lock(mutex_);
  if (refused_.empty()) return std::nullopt;
  const auto& [peer, why] = *refused_.begin();
  return Error{why.code, fmt::format("{}: {}", ends_.name(), why.reason)};
}

void Matchmaker::warn(const Error& error) const {
  const auto& log = ends_.context().log();
  if (log) log(Severity::warning, fmt::format("{}: {}", ends_.name(), error.message));
}

}  // namespace weft::node
