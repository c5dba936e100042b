#include "transport/zmq/readers.hpp"

#include <algorithm>
#include <utility>

namespace weft::transport::zeromq {

Readers::Entry* Readers::join(const Token& token) {
  if (table_.size() >= most) return nullptr;
  return &*table_.emplace(token, Reader{}).first;
}

Readers::Entry* Readers::find(const Token& token) noexcept {
  const auto found = table_.find(token);
  return found == table_.end() ? nullptr : &*found;
}

Readers::Entry* Readers::other_end(const Token& token) noexcept {
  const auto found = std::ranges::find_if(table_, [&](const Entry& entry) {
    const auto& [other, reader] = entry;
    return other.subscriber == token.subscriber && other.end != token.end &&
           reader.state != Reader::State::met;
  });
  return found == table_.end() ? nullptr : &*found;
}

void Readers::leave(const Token& token) {
  table_.erase(token);
  update();
}

std::uint32_t Readers::window(const Entry& entry) const noexcept {
  return std::min(entry.first.terms.depth, depth_);
}

std::uint64_t Readers::limit_of(const Entry& entry) const noexcept {
  const auto& reader = entry.second;
  if (reader.state == Reader::State::joining) return reader.joined + window(entry) / 2;
  return gates(entry) ? reader.taken + window(entry) : std::numeric_limits<std::uint64_t>::max();
}

bool Readers::gates(const Entry& entry) const noexcept {
  const auto& [token, reader] = entry;
  return reliable(token) && reader.fits && reader.state == Reader::State::matched;
}

void Readers::update() noexcept {
  auto limit = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t told = 0;  // more than every reader may have taken
  std::uint64_t lags_from = limit;
  for (const auto& entry : table_) {
    limit = std::min(limit, limit_of(entry));
    told = std::max(told, entry.second.taken + window(entry) / 4);
    lags_from = std::min(lags_from, entry.second.taken + window(entry));
  }
  busy_from_ = table_.empty() ? std::numeric_limits<std::uint64_t>::max() : told + many;
  waits_until_ = table_.empty() ? std::numeric_limits<std::uint64_t>::max() : told + 1;
  lags_from_ = lags_from;
  limit_.store(limit, std::memory_order_relaxed);  // pairs with nothing, see limit()
}

bool Readers::caught_up(const Entry& entry, std::uint64_t last) const noexcept {
  const auto& reader = entry.second;
  const bool waits = reader.state == Reader::State::joining || reader.state == Reader::State::stalled;
  return waits && last <= reader.taken + window(entry) / 2;
}

Readers::Hold Readers::hold(std::uint64_t next, Instant time) {
  Hold result;
  for (auto& entry : table_) {
    auto& reader = entry.second;
    if (next <= limit_of(entry)) continue;
    if (!reader.held) reader.held = time;
    const auto left = stall_ - (time - *reader.held);
    if (left > Duration::zero()) {
      result.ask_again = std::min(result.ask_again, left);
    } else {
      if (std::exchange(reader.state, Reader::State::stalled) == Reader::State::matched)
        result.stalled.push_back(&entry);
    }
  }
  update();
  return result;
}

}  // namespace weft::transport::zeromq
