#include "discovery/directory.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "discovery/form.hpp"
#include "discovery/matching.hpp"
#include "transport/endpoint.hpp"

namespace weft::discovery {

namespace {

constexpr std::size_t most_error_bytes = 1000;

Error malformed(std::string message) {
  return Error{Errc::malformed, std::move(message)};
}

Error too_many(std::string_view what, std::size_t most) {
  return Error{
      Errc::resource_exhausted,
      fmt::format("this context has {} {}, the most that the directory takes of one: use several contexts",
                  most, what)};
}

/// There is no room for a port of the session's, or a node (port 0).
Result<void> decline(const SessionRecord& session, std::uint32_t port, const Error& why, Voice& voice) {
  Refused word;
  word.port = port;
  word.obstacle = Obstacle::room;
  word.reason = why.message;
  voice.tell(session, word);
  return {};
}

/// With its memory.
template <class Container>
void drop(Container& container) {
  Container().swap(container);
}

/// An owner that says where it is reachable need not be asked.
std::vector<Reach> reach_of(const Port& port) {
  std::vector<Reach> reach(port.media.size());
  for (const auto& uri : port.endpoints) {
    const auto medium = std::ranges::find(port.media, transport::scheme_of(uri), &Medium::scheme);
    reach[std::size_t(medium - port.media.begin())] = {Reach::State::reachable,
                                                       std::make_shared<const std::string>(uri), uri.size()};
  }
  return reach;
}

Reach reach_of(const Hosting& hosting) {
  const bool reachable = !hosting.endpoint.empty();
  auto words = reachable ? hosting.endpoint : shown(hosting.error, most_error_bytes);
  if (words.empty()) words = fmt::format("{}: the other side does not say why not", hosting.scheme);
  const auto bytes = words.size();
  return {reachable ? Reach::State::reachable : Reach::State::failed,
          std::make_shared<const std::string>(std::move(words)), bytes};
}

}  // namespace

struct Directory::State {
  explicit State(Scope scope) : matching(scope, room) {}

  [[nodiscard]] Result<void> may_join(const Joined& event) const;
  Result<void> apply(const Joined& event, Voice& voice);
  Result<void> apply(const Ended& event, Voice& voice);
  Result<void> apply(const Said& event, Voice& voice);
  Result<void> apply(const Again& event, Voice& voice);
  Result<void> say(SessionRecord& session, const NodeUp& word, Voice& voice);
  Result<void> say(SessionRecord& session, const NodeDown& word, Voice& voice);
  Result<void> say(SessionRecord& session, const PortUp& word, Voice& voice);
  Result<void> say(SessionRecord& session, const PortDown& word, Voice& voice);
  Result<void> say(SessionRecord& session, const Hosting& word, Voice& voice);
  Result<void> say(SessionRecord& session, const Synced& word, Voice& voice);
  void take_room(PortRecord& port, const Reach& before, Reach& next);
  Result<SessionRecord*> find(SessionId id);
  void tell_everything(const SessionRecord& watcher, Voice& voice) const;

  Room room;
  const std::shared_ptr<const std::string> no_room =
      std::make_shared<const std::string>("the directory is full, and has no room for the endpoint");
  Matching matching;
  std::map<SessionId, SessionRecord> sessions;
  std::map<std::uint64_t, SessionRecord*> contexts;
  Voice::Watchers watchers;
};

Result<SessionRecord*> Directory::State::find(SessionId id) {
  const auto session = sessions.find(id);
  if (session == sessions.end()) return malformed(fmt::format("session {}: unknown", id));
  return &session->second;
}

Result<void> Directory::State::may_join(const Joined& event) const {
  const auto& identity = event.identity;
  WEFT_CHECK(check_form(identity));
  if (identity.context == 0 && !event.watches) return malformed("context 0: 0 is no context");
  if (sessions.contains(event.session) || (identity.context != 0 && contexts.contains(identity.context))) {
    return Error{Errc::in_use, fmt::format("context {:016x} is there already", identity.context)};
  }
  return {};
}

Result<void> Directory::State::apply(const Joined& event, Voice& voice) {
  WEFT_CHECK(may_join(event));
  const auto& identity = event.identity;
  auto& session = sessions[event.session];
  session.id = event.session;
  session.identity = identity;
  session.watches = event.watches;
  if (identity.context != 0) {
    contexts.emplace(identity.context, &session);
    voice.show(SessionSeen{identity});
  }
  if (!event.watches) return {};
  watchers.emplace(event.session, &session);
  tell_everything(session, voice);
  voice.tell(session, Synced{});
  return {};
}

Result<void> Directory::State::apply(const Ended& event, Voice& voice) {
  const auto found = sessions.find(event.session);
  if (found == sessions.end()) return {};
  auto& session = found->second;
  session.gone = true;
  watchers.erase(event.session);
  for (auto& [number, port] : session.ports)
    matching.part(port, event.why, voice);
  room.give_back(session.taken, session.taken);
  if (session.identity.context != 0) {
    contexts.erase(session.identity.context);
    voice.show(SessionGone{session.identity.context, event.why});
  }
  sessions.erase(found);
  return {};
}

Result<void> Directory::State::apply(const Said& event, Voice& voice) {
  WEFT_TRY(auto* session, find(event.session));
  return std::visit([&](const auto& word) { return say(*session, word, voice); }, event.word);
}

Result<void> Directory::State::apply(const Again& event, Voice& voice) {
  WEFT_TRY(const auto* session, find(event.session));
  voice.tell(*session, Anew{});
  matching.tell_again(*session, voice);
  if (session->watches) tell_everything(*session, voice);
  voice.tell(*session, Synced{});
  return {};
}

void Directory::State::tell_everything(const SessionRecord& watcher, Voice& voice) const {
  for (const auto& [context, session] : contexts) {
    voice.tell(watcher, SessionSeen{session->identity});
    for (const auto& [number, node] : session->nodes)
      voice.tell(watcher, NodeSeen{context, node});
  }
  for (const auto& [context, session] : contexts) {
    for (const auto& [number, port] : session->ports)
      voice.tell(watcher, PortSeen{description(port)});
  }
  for (const auto& [context, session] : contexts) {
    for (const auto& [number, port] : session->ports) {
      if (!port.owns()) continue;
      for (const auto& [key, pair] : port.pairs)
        voice.tell(watcher, PairSeen{description(*pair)});
    }
  }
}

Result<void> Directory::State::say(SessionRecord& session, const NodeUp& word, Voice& voice) {
  const auto context = session.identity.context;
  WEFT_CHECK(check_form(word.node));
  if (context == 0) return malformed("a node of no context");
  if (session.nodes.contains(word.node.node)) return malformed(fmt::format("node {}: twice", word.node.node));
  const auto room_for_it = session.nodes.size() < most_nodes ? room.take(session.taken, footprint(word.node))
                                                             : too_many("nodes", most_nodes);
  if (!room_for_it) return decline(session, 0, room_for_it.error(), voice);
  session.nodes.emplace(word.node.node, word.node);
  voice.show(NodeSeen{context, word.node});
  return {};
}

Result<void> Directory::State::say(SessionRecord& session, const NodeDown& word, Voice& voice) {
  const auto node = session.nodes.find(word.node);
  if (node == session.nodes.end()) return {};
  room.give_back(session.taken, footprint(node->second));
  session.nodes.erase(node);
  voice.show(NodeGone{session.identity.context, word.node});
  return {};
}

Result<void> Directory::State::say(SessionRecord& session, const PortUp& word, Voice& voice) {
  const auto& key = word.port.key;
  WEFT_CHECK(check_form(word.port));
  if (key.context == 0 || key.context != session.identity.context)
    return malformed(fmt::format("port {} of another context", key.port));
  if (session.ports.contains(key.port)) return malformed(fmt::format("port {}: twice", key.port));
  const auto room_for_it = session.ports.size() < most_ports ? matching.take_room(session, word.port)
                                                             : too_many("ports", most_ports);
  if (!room_for_it) return decline(session, key.port, room_for_it.error(), voice);
  auto& port = session.ports[key.port];
  port.session = &session;
  port.port = word.port;
  port.bytes = footprint(word.port);
  port.types = matching.types(word.port);
  if (port.owns()) port.reach = reach_of(word.port);
  drop(port.port.schema);
  drop(port.port.response);
  drop(port.port.endpoints);
  if (voice.watched()) voice.show(PortSeen{word.port});
  matching.meet(port, voice);
  return {};
}

Result<void> Directory::State::say(SessionRecord& session, const PortDown& word, Voice& voice) {
  const auto port = session.ports.find(word.port);
  if (port == session.ports.end()) return {};
  matching.part(port->second, Departure::left, voice);
  room.give_back(session.taken, port->second.bytes);
  voice.show(PortGone{port->second.port.key});
  session.ports.erase(port);
  return {};
}

/// Of a port that has gone, it crossed its PortDown.
Result<void> Directory::State::say(SessionRecord& session, const Hosting& word, Voice& voice) {
  WEFT_CHECK(check_form(word));
  const auto found = session.ports.find(word.port);
  if (found == session.ports.end()) return {};
  auto& port = found->second;
  const auto& media = port.port.media;
  const auto medium = std::ranges::find(media, word.scheme, &Medium::scheme);
  if (!port.owns() || medium == media.end())
    return malformed(fmt::format("port {} cannot host over {}", word.port, shown(word.scheme, most_text)));
  auto& reach = port.reach[std::size_t(medium - media.begin())];
  auto next = reach_of(word);
  if (reach.state == next.state && *reach.words == *next.words) return {};
  take_room(port, reach, next);
  reach = std::move(next);
  if (voice.watched()) voice.show(PortSeen{description(port)});
  matching.reach_changed(port, voice);
  return {};
}

/// For where an owner is reachable, or why not. Where there is none it counts as one that cannot be.
void Directory::State::take_room(PortRecord& port, const Reach& before, Reach& next) {
  auto& taken = port.session->taken;
  room.give_back(taken, before.bytes);
  if (!room.take(taken, next.bytes)) next = {Reach::State::failed, no_room};
  port.bytes += next.bytes - before.bytes;
}

Result<void> Directory::State::say(SessionRecord& session, const Synced& /*word*/, Voice& voice) {
  voice.tell(session, Synced{});
  return {};
}

Directory::Directory(Scope scope) : state_(std::make_unique<State>(scope)) {}
Directory::~Directory() = default;
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;

Result<void> Directory::apply(const Event& event, const Sink& sink) {
  Voice voice(sink, state_->watchers);
  return std::visit([&](const auto& each) { return state_->apply(each, voice); }, event);
}

Result<void> Directory::may_join(const Joined& event) const {
  return state_->may_join(event);
}

std::size_t Directory::bytes() const noexcept {
  return state_->room.taken();
}

}  // namespace weft::discovery
