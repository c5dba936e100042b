#include "discovery/backlog.hpp"

#include <algorithm>
#include <utility>

namespace weft::discovery {

void Backlog::waits(SessionId session, std::size_t bytes) {
  const auto before = std::exchange(sessions_[session].waiting, bytes);
  waiting_ += bytes - before;
}

void Backlog::forget(SessionId session) {
  waits(session, 0);
  sessions_.erase(session);
}

std::optional<SessionId> Backlog::stalest() const {
  if (waiting_ <= most_) return std::nullopt;
  const auto key = [](const auto& each) { return std::pair(each.second.waiting == 0, each.second.read); };
  return std::ranges::min_element(sessions_, {}, key)->first;
}

}  // namespace weft::discovery
