// The directory as simply as it can be said: every pair is worked out from scratch, every time.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "discovery/directory.hpp"

namespace weft::discovery {

/// A port, and for each medium that its owner has answered for: where it is reachable, or nothing where it cannot be.
struct ModelPort {
  Port port;
  std::map<std::string, std::string> answers;
};

/// "joined ipc://3", "starting tcp", "local near", "refused type".
struct ModelStanding {
  PairState state = PairState::starting;
  std::string detail;    // the medium, or the obstacle
  std::string endpoint;  // joined: where
};

/// What a port of that kind owns or is a guest of, and whether it owns it: its peers are those that differ in that alone.
inline std::pair<std::string, bool> part_of(PortKind kind) {
  static const std::map<PortKind, std::pair<std::string, bool>> parts{
      {PortKind::publisher, {"topic", true}}, {PortKind::subscriber, {"topic", false}},
      {PortKind::server, {"service", true}},  {PortKind::client, {"service", false}},
      {PortKind::worker, {"queue", true}},    {PortKind::producer, {"queue", false}}};
  return parts.at(kind);
}

inline bool fits(const std::string& writer, const std::string& reader) {
  return writer == reader || writer.empty() || reader.empty() ||
         (writer == "a/A{x:f32}" && reader == "a/A{x:f64}");
}

struct Model {
  Scope scope;
  std::map<PortKey, ModelPort> ports;

  using Pairs = std::map<std::pair<PortKey, PortKey>, ModelStanding>;
  [[nodiscard]] Pairs pairs() const {
    Pairs pairs;
    for (const auto& [owner_key, owner] : ports) {
      for (const auto& [guest_key, guest] : ports) {
        if (may_meet(owner.port, guest.port)) pairs[{owner_key, guest_key}] = standing(owner, guest);
      }
    }
    return pairs;
  }
  void end(std::uint64_t context) {
    std::erase_if(ports, [&](const auto& each) { return each.first.context == context; });
  }

 private:
  static bool may_meet(const Port& owner, const Port& guest) {
    const auto& [sort, owns] = part_of(owner.kind);
    return owns && part_of(guest.kind) == std::pair(sort, false) && owner.name == guest.name &&
           !owner.media.empty() && !guest.media.empty();
  }

  [[nodiscard]] ModelStanding standing(const ModelPort& owner, const ModelPort& guest) const {
    const auto sort = part_of(owner.port.kind).first;
    const auto& writer = sort == "topic" ? owner.port : guest.port;
    const auto& reader = sort == "topic" ? guest.port : owner.port;
    if (!fits(writer.schema, reader.schema) || !fits(reader.response, writer.response))
      return {PairState::refused, "type"};
    if (sort != "service" && reader.reliable && !writer.reliable) return {PairState::refused, "reliability"};
    return over_media(owner, guest);
  }

  [[nodiscard]] ModelStanding over_media(const ModelPort& owner, const ModelPort& guest) const {
    const bool one_context = owner.port.key.context == guest.port.key.context;
    bool failed = false;
    for (const auto& medium : owner.port.media) {
      const bool both = std::ranges::find(guest.port.media, medium) != guest.port.media.end();
      if (!both || (medium.within_context && !one_context)) continue;
      const auto answer = owner.answers.find(medium.scheme);
      const bool answered = answer != owner.answers.end();
      failed = failed || (answered && answer->second.empty());
      if (answered && answer->second.empty()) continue;
      if (one_context != (scope == Scope::within_context)) return {PairState::local, medium.scheme};
      if (!answered) return {PairState::starting, medium.scheme};
      return {PairState::joined, medium.scheme, answer->second};
    }
    return {PairState::refused, failed ? "hosting" : "medium"};
  }
};

}  // namespace weft::discovery
