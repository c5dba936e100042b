// What each link has carried and lost.
//
// Threads   Values; snapshots of counters that go on counting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/transport.hpp"

namespace weft {

using transport::drop_causes;
using transport::DropCause;
using wire::PortId;

namespace transport {
/// "full", "undecodable", "peer_died", "peer_left", "stalled". Found by its argument, wherever the caller is.
std::string_view to_string(DropCause cause) noexcept;
}  // namespace transport
using transport::to_string;

/// One (publisher, subscriber) link, seen from one end. At a subscriber sent = delivered + Σ dropped
/// always holds for the sequences it knows of, but for messages that have come and were not handed out yet; at a publisher `delivered` is what a reliable peer has said it took.
struct LinkCounters {
  PortId peer;        ///< {} for a peer that is not weft.
  bool live = false;  ///< Still matched.
  std::uint64_t sent = 0;
  std::optional<std::uint64_t> delivered;  ///< Nothing at a publisher's best-effort links: it cannot know.
  std::array<std::uint64_t, drop_causes> dropped{};  ///< By DropCause.
  std::string refusal;  ///< Not empty: the two ends are incompatible, and why (one line).

  [[nodiscard]] std::uint64_t dropped_total() const noexcept;
};

/// Adds what one link has carried and lost to a total.
void add(LinkCounters& total, const LinkCounters& link);

/// The links of a port: of each of its ends the last sixteen that ended, then the live ones; and the sum of every
/// one that ever was.
struct Counters {
  std::vector<LinkCounters> links;
  LinkCounters total;
};

}  // namespace weft
