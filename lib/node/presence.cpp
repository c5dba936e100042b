#include "node/presence.hpp"

#include <utility>
#include <vector>

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
  if (client_ == nullptr) return bind();
  std::vector<discovery::Medium> media;
  const bool guest = !discovery::is_owner(description_.kind);
  if (guest && !description_.media.empty()) {
    part_from_all();
    media = std::exchange(description_.media, {});
  }
  auto bound = bind();
  const bool changed = guest || bound;
  if (!changed) return bound;
  announced_ = {};
  if (bound) {
    show_by_hand(description_, *bound);
  } else if (!media.empty()) {
    description_.media = std::move(media);
  }
  matchmaker_.begin_anew(guest && description_.media.empty());
  announce();
  return bound;
}

Result<void> Presence::connect_by_hand(std::string_view uri, const std::function<Result<void>()>& connect) {
  const auto connected = bind_by_hand([&]() -> Result<std::string> {
    if (auto done = connect(); !done) return std::move(done).error();
    return std::string(uri);
  });
  if (!connected) return connected.error();
  return {};
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
  matchmaker_.begin_anew(true);
  ends_.close_found();
}

}  // namespace weft::node
