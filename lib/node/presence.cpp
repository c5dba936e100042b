#include "node/presence.hpp"

#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "discovery/channels.hpp"
#include "discovery/directory.hpp"

namespace weft::node {

namespace {

/// For people to see: so many as the directory takes.
void show_by_hand(discovery::Port& port, const std::string& uri) {
  auto bytes = uri.size();
  for (const auto& other : port.by_hand)
    bytes += other.size();
  const bool room = port.by_hand.size() < discovery::Directory::most_by_hand;
  if (room && bytes <= discovery::Directory::most_by_hand_bytes) port.by_hand.push_back(uri);
}

}  // namespace

Origin Maker::origin() const {
  return {name, context->program(), ::getpid()};
}

Result<std::unique_ptr<Presence>> Presence::announce(Ends& ends, const Maker& maker, discovery::PortKind kind,
                                                     const Contract& contract) {
  std::unique_ptr<Presence> presence(new Presence(ends, maker.announced));
  WEFT_TRY(presence->client_, ends.context().discovery());
  if (presence->client_ == nullptr) return presence;
  const auto& id = ends.options().id;
  auto& port = presence->description_;
  port.key = {id.context, id.port};
  port.kind = kind;
  port.node = maker.node;
  port.name = contract.name;
  port.schema = contract.schema;
  port.response = contract.response;
  port.reliable = contract.reliable;
  port.depth = contract.depth;
  WEFT_TRY(port.media, ends.context().media());
  presence->announce();
  return presence;
}

Result<std::string> Presence::bind_by_hand(const std::function<Result<std::string>()>& bind) {
  auto bound = bind();
  if (!bound || client_ == nullptr) return bound;
  if (is_guest()) part_from_all();
  announce_at(*bound);
  return bound;
}

// A guest says goodbye to a peer that it had found before it connects there: no peer has two links with one port.
Result<void> Presence::connect_by_hand(std::string_view uri, const std::function<Result<void>()>& connect) {
  if (client_ == nullptr) return connect();
  if (is_guest()) part_from_all();
  auto connected = connect();
  if (connected) {
    announce_at(std::string(uri));
  } else if (is_guest()) {
    announce();
  }
  return connected;
}

Error Presence::in_vain(Errc code, std::string_view what) const {
  auto why = ends_.refusal();
  if (!why) why = matchmaker_.refusal();
  if (!why) return {code, fmt::format("{}: {}; {}", ends_.name(), what, advice())};
  return {why->code, fmt::format("{}; {}; {}", why->message, what, advice())};
}

std::string Presence::advice() const {
  if (client_ == nullptr) return "is a peer running at each endpoint, and not busy?";
  return fmt::format("`weft why {}` says why", ends_.name());
}

void Presence::part_from_all() {
  announced_ = {};
  ends_.close_found();
}

void Presence::announce_at(const std::string& uri) {
  if (is_guest()) description_.media.clear();
  show_by_hand(description_, uri);
  announce();
}

void Presence::announce() {
  announced_ = {};
  matchmaker_.begin_anew(is_guest() && description_.media.empty());
  announced_ = client_->announce(description_, matchmaker_);
}

}  // namespace weft::node
