#include "transport/zmq/readers.hpp"

#include <algorithm>

namespace weft::transport::zeromq {

Readers::Entry* Readers::join(const Token& token) {
  if (table_.size() >= most) return nullptr;
  return &*table_.emplace(token, Reader{}).first;
}

Readers::Entry* Readers::find(const Token& token) noexcept {
  const auto found = table_.find(token);
  return found == table_.end() ? nullptr : &*found;
}

void Readers::leave(const Token& token) {
  table_.erase(token);
  update();
}

std::uint32_t Readers::window(const Entry& entry) const noexcept {
  return std::min(entry.first.depth, depth_);
}

bool Readers::gates(const Entry& entry) const noexcept {
  const auto& [token, reader] = entry;
  return reliable_ && token.reliable && reader.fits && reader.state == Reader::State::matched;
}

void Readers::update() noexcept {
  auto limit = std::numeric_limits<std::uint64_t>::max();
  for (const auto& entry : table_) {
    if (gates(entry)) limit = std::min(limit, entry.second.taken + window(entry));
  }
  limit_.store(limit, std::memory_order_relaxed);  // pairs with nothing, see limit()
}

bool Readers::caught_up(const Entry& entry, std::uint64_t last) const noexcept {
  const auto& reader = entry.second;
  return reader.state == Reader::State::stalled && last <= reader.taken + window(entry) / 2;
}

Readers::Hold Readers::hold(std::uint64_t next, Instant time) {
  Hold result;
  for (auto& entry : table_) {
    auto& reader = entry.second;
    if (!gates(entry) || next <= reader.taken + window(entry)) continue;
    if (!reader.held) reader.held = time;
    const auto left = stall_ - (time - *reader.held);
    if (left > Duration::zero()) {
      result.ask_again = std::min(result.ask_again, left);
    } else {
      reader.state = Reader::State::stalled;
      result.stalled.push_back(&entry);
    }
  }
  if (!result.stalled.empty()) update();
  return result;
}

}  // namespace weft::transport::zeromq
