#include "discovery/records.hpp"

namespace weft::discovery {

Port description(const PortRecord& record) {
  auto port = record.port;
  port.schema = record.types.schema->text;
  port.response = record.types.response->text;
  for (const auto& each : record.reach) {
    if (each.state == Reach::State::reachable) port.endpoints.push_back(*each.words);
  }
  return port;
}

Pair description(const PairRecord& record) {
  const auto& now = record.now;
  Pair pair{record.owner.port.key, record.guest.port.key, now.state, {}, now.obstacle, {}};
  if (now.medium != Standing::none) pair.medium = record.owner.port.media[now.medium].scheme;
  if (now.state == PairState::refused) pair.reason = *now.words;
  return pair;
}

Peer peer(const PortRecord& record) {
  const auto& session = *record.session;
  const auto node = session.nodes.find(record.port.node);
  return {record.port.key, record.port.kind, node == session.nodes.end() ? "" : node->second.name,
          session.identity.program, session.identity.pid};
}

}  // namespace weft::discovery
