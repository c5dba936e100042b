// The toy: a new transport is one folder and one line, and may be this small. It carries bytes, copied and
// off their alignment, and no objects; what it shares with inproc is transport/exchange.hpp. Its twin keeps
// the alignment.
#pragma once

#include <cstring>
#include <memory>

#include "transport/exchange.hpp"
#include "transport/lane.hpp"

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

/// A frame of its own for each receiver, aligned as it was: raw memory may travel.
inline transport::Frame copy_aligned(transport::Parcel parcel) {
  auto copy = transport::frame_memory(parcel.bytes.size());
  std::memcpy(copy.get(), parcel.bytes.data(), parcel.bytes.size());
  const BytesView bytes(reinterpret_cast<const std::byte*>(copy.get()), parcel.bytes.size());
  return {bytes, transport::Keeper(std::move(copy)), nullptr, {}};
}

inline Result<std::unique_ptr<transport::Transport>> make_aligned_toy(const transport::World&) {
  return transport::make_exchange(
      {"toy-aligned", {.aligned = true, .batches = true, .max_frame = 16 << 20}, copy_aligned});
}

}  // namespace weft::conformance
