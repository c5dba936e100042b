// What the four ends have in common.
//
// Threads   Values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <zmq.hpp>

#include "transport/transport.hpp"
#include "transport/warning.hpp"
#include "transport/zmq/address.hpp"
#include "transport/zmq/framing.hpp"
#include "transport/zmq/pool.hpp"
#include "transport/zmq/socket.hpp"

namespace weft::transport::zeromq {

/// What every end is made of.
struct Parts {
  ::zmq::context_t& context;
  Scheme scheme;
  const World& world;
  std::uint32_t number;  ///< No other end's of this transport.
};

/// The longest frame, header included; a peer that sends a longer message is disconnected.
inline constexpr std::uint64_t max_frame = std::uint64_t(1) << 30;
/// The longest message: beside the frame a prefix or an envelope.
inline constexpr std::int64_t max_message = std::int64_t(max_frame) + 1024;

/// Room for one frame of `bytes` bytes after the prefix, of the pool if there is one. Errors: invalid_argument for
/// what cannot be a frame, too_big, resource_exhausted.
Result<void> lend(Loan& loan, BytesView prefix, std::size_t bytes, Pool* pool = nullptr);

/// The payload of the tail that an end says goodbye with.
inline constexpr std::array goodbye{std::byte{1}};

/// A header of the ends' own, without payload kinds' extras.
wire::Header own_header(wire::Kind kind, PortId source, std::uint64_t sequence);

/// What a frame keeps, to receive a message into. It is `frame` once its bytes are set, which REQUIRES at
/// least wire::header_bytes of them: libzmq keeps so many elsewhere than in the zmq_msg_t, and they stay where
/// they are when that moves.
inline Message& message_of(Frame& frame) noexcept {
  frame.object = nullptr;
  auto& message = frame.keeper.keep<Message>();
  message.prepare();
  return message;
}

}  // namespace weft::transport::zeromq
