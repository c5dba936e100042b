#include "transport/zmq/parts.hpp"

#include <fmt/core.h>

namespace weft::transport::zeromq {

Result<void> check_size(std::size_t bytes) {
  if (bytes < wire::header_bytes) {
    return Error{Errc::invalid_argument,
                 fmt::format("a frame of {} bytes: its header alone has {}", bytes, wire::header_bytes)};
  }
  if (bytes > max_frame) {
    return Error{
        Errc::too_big,
        fmt::format("a frame of {} bytes: ZeroMQ carries at most {}; send it in parts", bytes, max_frame)};
  }
  return {};
}

wire::Header own_header(wire::Kind kind, PortId source, std::uint64_t sequence) {
  wire::Header header;
  header.kind = kind;
  header.source = source;
  header.sequence = sequence;
  header.stamp = wall_now();
  return header;
}

Frame make_frame_of(::zmq::message_t message, std::size_t prefix) {
  Frame frame;
  frame.bytes = bytes_of(message).subspan(prefix);
  frame.keeper = Keeper(std::move(message));
  return frame;
}

}  // namespace weft::transport::zeromq
