#include "node/counters.hpp"

#include <numeric>

namespace weft {

std::string_view transport::to_string(DropCause cause) noexcept {
  switch (cause) {
    case DropCause::full:
      return "full";
    case DropCause::undecodable:
      return "undecodable";
    case DropCause::peer_died:
      return "peer_died";
    case DropCause::peer_left:
      return "peer_left";
    case DropCause::stalled:
      return "stalled";
  }
  return "unknown";
}

std::uint64_t LinkCounters::dropped_total() const noexcept {
  return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

void add(LinkCounters& total, const LinkCounters& link) {
  total.sent += link.sent;
  if (link.delivered) total.delivered = total.delivered.value_or(0) + *link.delivered;
  for (std::size_t i = 0; i < drop_causes; ++i)
    total.dropped[i] += link.dropped[i];
}

}  // namespace weft
