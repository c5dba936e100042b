// A directory and those who talk to it, as tests write it: what is said to whom is text, one line a word.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "discovery/directory.hpp"

namespace weft::discovery {

/// Overloads as one.
template <class... Fs>
struct Cases : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Cases(Fs...) -> Cases<Fs...>;

inline std::string shown(const PortKey& key) {
  return fmt::format("{}.{}", key.context, key.port);
}

inline std::string shown(const Pair& pair) {
  return fmt::format("{} {} {} {} {}", shown(pair.owner), shown(pair.guest), enumerator_name(pair.state),
                     pair.medium, pair.reason);
}

inline std::string shown(const Word& word) {
  return std::visit(
      Cases{
          [](const Host& w) { return fmt::format("{} host {}", w.port, w.scheme); },
          [](const Join& w) { return fmt::format("{} join {} {}", w.port, shown(w.peer.key), w.endpoint); },
          [](const Leave& w) {
            return fmt::format("{} leave {} {}", w.port, shown(w.peer), enumerator_name(w.why));
          },
          [](const Refused& w) {
            return fmt::format("{} refused {} {}: {}", w.port, shown(w.peer.key), enumerator_name(w.obstacle),
                               w.reason);
          },
          [](const Anew&) { return std::string("anew"); },
          [](const Synced&) { return std::string("synced"); },
          [](const SessionSeen& w) {
            return fmt::format("session {} {}", w.session.context, w.session.program);
          },
          [](const SessionGone& w) {
            return fmt::format("session {} gone {}", w.context, enumerator_name(w.why));
          },
          [](const NodeSeen& w) { return fmt::format("node {}.{} {}", w.context, w.node.node, w.node.name); },
          [](const NodeGone& w) { return fmt::format("node {}.{} gone", w.context, w.node); },
          [](const PortSeen& w) {
            return fmt::format("port {} {} {} [{}]", shown(w.port.key), enumerator_name(w.port.kind),
                               w.port.name, fmt::join(w.port.endpoints, ","));
          },
          [](const PortGone& w) { return fmt::format("port {} gone", shown(w.key)); },
          [](const PairSeen& w) { return fmt::format("pair {}", shown(w.pair)); }},
      word);
}

/// A session's number is its context's here.
class Talk {
 public:
  explicit Talk(Scope scope = Scope::between_contexts) : directory_(scope) {}

  /// What the event makes the directory say: "TO: WORD".
  std::vector<std::string> apply(const Event& event) {
    std::vector<std::string> lines;
    directory_
        .apply(event, [&](SessionId to,
                          const Word& word) { lines.push_back(fmt::format("{}: {}", to, shown(word))); })
        .value();
    return lines;
  }
  /// The error that the event ends in; nothing is said then.
  Error refused(const Event& event) {
    bool said = false;
    auto result = directory_.apply(event, [&](SessionId, const Word&) { said = true; });
    REQUIRE_FALSE(result);
    CHECK_FALSE(said);
    return std::move(result).error();
  }

  [[nodiscard]] std::size_t bytes() const { return directory_.bytes(); }
  std::vector<std::string> join(std::uint64_t context, bool watches = false) {
    return apply(Joined{context, {context, fmt::format("p{}", context), "1", int(context), 0}, watches});
  }
  std::vector<std::string> watch(SessionId session) { return apply(Joined{session, {}, true}); }
  std::vector<std::string> say(SessionId session, ContextWord word) {
    return apply(Said{session, std::move(word)});
  }
  std::vector<std::string> up(Port port) {
    const auto session = port.key.context;
    return say(session, PortUp{std::move(port)});
  }
  std::vector<std::string> down(PortKey key) { return say(key.context, PortDown{key.port}); }
  std::vector<std::string> hosting(PortKey key, std::string scheme, std::string endpoint) {
    return say(key.context, Hosting{key.port, std::move(scheme), std::move(endpoint), ""});
  }
  std::vector<std::string> failing(PortKey key, std::string scheme, std::string error) {
    return say(key.context, Hosting{key.port, std::move(scheme), "", std::move(error)});
  }

 private:
  Directory directory_;
};

using Lines = std::vector<std::string>;

/// A port of "t" that can do near (within its context), ipc and tcp.
inline Port make_port(PortKind kind, PortKey key, std::string schema = "a/B{x:f64}") {
  Port port{.key = key, .kind = kind, .name = "t", .schema = std::move(schema)};
  port.media = {{"near", true}, {"ipc", false}, {"tcp", false}};
  return port;
}
inline Port publisher(PortKey key, std::string schema = "a/B{x:f64}") {
  return make_port(PortKind::publisher, key, std::move(schema));
}
inline Port subscriber(PortKey key, std::string schema = "a/B{x:f64}") {
  return make_port(PortKind::subscriber, key, std::move(schema));
}

}  // namespace weft::discovery
