// Undone: what ports were asked for and could not do, so that they are asked again when the cause may have passed:
// descriptors that had run out, a directory that could not be written.
//
// Threads   The agent's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "base/time.hpp"
#include "discovery/packets.hpp"

namespace weft::discovery {

class Undone final {
 public:
  /// An owner could not be bound; `within`: asked by the Context's own directory.
  void could_not(const Host& request, bool within) {
    hosts_.insert_or_assign({request.port, request.scheme, within}, request);
  }
  /// A guest could not be attached.
  void could_not(const Join& request) { joins_.insert_or_assign({request.port, request.peer.key}, request); }

  /// That peer is not to be joined any more.
  void forget(std::uint32_t port, const PortKey& peer) { joins_.erase({port, peer}); }
  /// The port has gone.
  void forget(std::uint32_t port) {
    std::erase_if(hosts_, [&](const auto& each) { return std::get<0>(each.first) == port; });
    std::erase_if(joins_, [&](const auto& each) { return each.first.first == port; });
  }
  [[nodiscard]] bool empty() const noexcept { return hosts_.empty() && joins_.empty(); }

  /// Takes all of it, each by `host(request, within)` or `join(request)`, which may say could_not() again.
  template <class OnHost, class OnJoin>
  void take(OnHost&& host, OnJoin&& join) {
    for (const auto& [key, request] : std::exchange(hosts_, {}))
      host(request, std::get<2>(key));
    for (const auto& [key, request] : std::exchange(joins_, {}))
      join(request);
  }

  /// How long to wait until then: from 0.1 s doubled to 2 s, and from the beginning after a time with nothing undone.
  Duration next_pause() noexcept { return std::exchange(pause_, std::min(2 * pause_, longest)); }
  void begin_anew() noexcept { pause_ = shortest; }

 private:
  static constexpr Duration shortest = std::chrono::milliseconds(100);
  static constexpr Duration longest = std::chrono::seconds(2);

  std::map<std::tuple<std::uint32_t, std::string, bool>, Host> hosts_;
  std::map<std::pair<std::uint32_t, PortKey>, Join> joins_;
  Duration pause_ = shortest;
};

}  // namespace weft::discovery
