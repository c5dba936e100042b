// Directories for tests: each port a process of its own.
#pragma once

#include <string>

#include <fmt/format.h>

#include "discovery/watcher.hpp"

namespace weft::test {

struct Graphs {
  discovery::Graph graph;

  /// A port of context `context`, which has one node.
  discovery::Port& port(std::uint64_t context, discovery::PortKind kind, std::string name) {
    graph.sessions[context] = {context, fmt::format("program{}", context), "0.1",
                               std::int32_t(1000 + context), 0};
    graph.nodes[{context, 1}] = {1, fmt::format("node{}", context), ""};
    const discovery::PortKey key{context, ++ports_};
    auto& made = graph.ports[key];
    made.key = key;
    made.kind = kind;
    made.node = 1;
    made.name = std::move(name);
    made.media = {{"ipc", false}};
    return made;
  }
  discovery::Pair& pair(const discovery::Port& owner, const discovery::Port& guest,
                        discovery::PairState state) {
    auto& made = graph.pairs[{owner.key, guest.key}];
    made.owner = owner.key;
    made.guest = guest.key;
    made.state = state;
    return made;
  }

 private:
  std::uint32_t ports_ = 0;
};

}  // namespace weft::test
