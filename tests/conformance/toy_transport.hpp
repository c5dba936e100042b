// The toy: a new transport is one folder and one line, and may be this small. It carries bytes, copied and
// off their alignment, and no objects; what it shares with inproc is transport/exchange.hpp.
#pragma once

#include <memory>

#include "transport/exchange.hpp"

namespace weft::conformance {

/// A frame of its own for each receiver, at an odd address.
inline transport::Frame copy_out(transport::Parcel parcel) {
  auto copy = std::make_unique<std::byte[]>(parcel.bytes.size() + 1);
  std::ranges::copy(parcel.bytes, copy.get() + 1);
  const BytesView bytes(copy.get() + 1, parcel.bytes.size());
  return {bytes, transport::Keeper(std::move(copy)), nullptr, {}};
}

inline Result<std::unique_ptr<transport::Transport>> make_toy(const transport::World&) {
  return transport::make_exchange({"toy", {.max_frame = 16 << 20}, copy_out});
}

}  // namespace weft::conformance
