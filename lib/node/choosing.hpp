// Which of several servers a call goes to.
//
// Threads   Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace weft::node {

struct Candidate {
  bool matched = false;
  std::size_t outstanding = 0;  ///< Calls that it has not answered.
};

/// The matched one with the fewest outstanding calls; of equals the first from `turn` on, all around. Nothing if none is
/// matched.
constexpr std::optional<std::size_t> choose(std::span<const Candidate> servers, std::size_t turn) noexcept {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const auto at = (turn + i) % servers.size();
    if (!servers[at].matched) continue;
    if (!best || servers[at].outstanding < servers[*best].outstanding) best = at;
  }
  return best;
}

}  // namespace weft::node
