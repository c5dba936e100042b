// What the four ends have in common.
//
// Threads   Values and pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include <zmq.hpp>

#include "transport/transport.hpp"
#include "transport/zmq/address.hpp"
#include "transport/zmq/framing.hpp"
#include "transport/zmq/socket.hpp"

namespace weft::transport::zeromq {

/// What every end is made of.
struct Parts {
  ::zmq::context_t& context;
  Scheme scheme;
  const World& world;
};

/// The longest frame, header included; a peer that sends a longer message is disconnected.
inline constexpr std::uint64_t max_frame = std::uint64_t(1) << 30;
/// The longest message: beside the frame a prefix or an envelope.
inline constexpr std::int64_t max_message = std::int64_t(max_frame) + 1024;

/// Room for one frame of `bytes` bytes after the prefix. Errors: invalid_argument for what cannot be a frame, too_big,
/// resource_exhausted.
Result<Loan> lend(BytesView prefix, std::size_t bytes, std::uint64_t tag = 1);

/// The payload of the tail that an end says goodbye with.
inline constexpr std::array goodbye{std::byte{1}};

/// A header of the ends' own, without payload kinds' extras.
wire::Header own_header(wire::Kind kind, PortId source, std::uint64_t sequence);

/// A received message as a frame that starts after `prefix` bytes. REQUIRES: at least wire::header_bytes
/// follow; so libzmq keeps its bytes elsewhere than in the message_t, and they stay where they are when it
/// moves.
Frame make_frame_of(Message message, std::size_t prefix);

}  // namespace weft::transport::zeromq
