// Channels: the directory seen by name: who has each topic, each service and each queue.
//
// Threads   Pure functions.
// Lifetime  A Channel borrows from its Graph.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/watcher.hpp"

namespace weft::discovery {

/// The ports of one sort and name, in the order of their keys.
struct Channel {
  std::vector<const Port*> owners;
  std::vector<const Port*> guests;
  std::vector<const Pair*> pairs;

  /// The schemas that its ports state, each once, the owners' first.
  [[nodiscard]] std::vector<std::string_view> schemas() const;
  [[nodiscard]] std::vector<std::string_view> responses() const;
};

using Channels = std::map<std::string, Channel, std::less<>>;

/// All of that sort, by name.
Channels channels(const Graph& graph, Sort sort);

/// What a port of that kind does with its topic, service or queue: "publishes", "subscribes to".
std::string_view deed_of(PortKind kind) noexcept;

/// "NAME is a service: weft service info NAME", safe to show: what is said to who takes it for another sort.
std::string told_as(Sort sort, std::string_view name);

/// The one of that name. Errors: not_found, with those that may have been meant, or that it is of another sort.
Result<Channel> find_channel(const Graph& graph, Sort sort, std::string_view name);

/// A port for people: "publisher of talker (robot, pid 4711)"; its node's name, program and process, as far as known.
std::string describe(const Graph& graph, const Port& port);

/// The names that somebody may have meant who asked for `name`: first those with the same last part in another
/// namespace, then those nearly written so (base/near.hpp) or whose last part goes on; the likeliest first, at most
/// `most`.
std::vector<std::string> alike(std::string_view name, const Channels& channels, std::size_t most = 3);

}  // namespace weft::discovery
