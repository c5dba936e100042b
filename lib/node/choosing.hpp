// Which of several servers a call goes to.
//
// Threads   Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace weft::node {

struct Candidate {
  bool open = false;            ///< Matched, and takes more.
  bool spare = false;           ///< Only if no other is open: it is leaving, or the call has failed there.
  std::size_t outstanding = 0;  ///< Calls that it has not answered.

  constexpr bool is_better_than(const Candidate& other) const noexcept {
    return spare != other.spare ? other.spare : outstanding < other.outstanding;
  }
};

/// Of those that are open the one with the fewest outstanding calls; of equals the first from `turn` on, all around. Nothing
/// if none is open.
constexpr std::optional<std::size_t> choose(std::span<const Candidate> servers, std::size_t turn) noexcept {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const auto at = (turn + i) % servers.size();
    if (!servers[at].open) continue;
    if (!best || servers[at].is_better_than(servers[*best])) best = at;
  }
  return best;
}

}  // namespace weft::node
