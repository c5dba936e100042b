// Nodes by name: who is there, and with which ports.
//
// Threads   Pure functions.
// Lifetime  What is found borrows from its Graph.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/watcher.hpp"

namespace weft::discovery {

/// A node, and how many ports it has.
struct NodeLine {
  const Session* session = nullptr;              ///< Its program's; none: it is not known.
  const Node* node = nullptr;                    ///< None: these are the ports that no node made.
  std::array<std::size_t, port_kinds> counts{};  ///< By PortKind.
};

/// All nodes, and for each program the ports that no node made, in the order of their contexts.
std::vector<NodeLine> node_lines(const Graph& graph);

/// The name of the node that made a port; empty where it has none.
std::string_view node_name(const Graph& graph, const Port& port);

/// The ports of the nodes of that name, and of the programs of that name. Errors: not_found, with a name that may have
/// been meant.
Result<std::vector<const Port*>> ports_of(const Graph& graph, const std::string& name);

}  // namespace weft::discovery
