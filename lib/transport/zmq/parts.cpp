#include "transport/zmq/parts.hpp"

#include <cstring>

#include <fmt/core.h>

namespace weft::transport::zeromq {

namespace {

Error bad_size(std::size_t bytes) {
  if (bytes < wire::header_bytes) {
    return Error{Errc::invalid_argument,
                 fmt::format("a frame of {} bytes: its header alone has {}", bytes, wire::header_bytes)};
  }
  return Error{Errc::too_big, fmt::format("a frame of {} bytes: ZeroMQ carries at most {}; send it in parts",
                                          bytes, max_frame)};
}

}  // namespace

Result<void> lend(Loan& loan, BytesView prefix, std::size_t bytes, Pool* pool) {
  if (bytes < wire::header_bytes || bytes > max_frame) [[unlikely]] {
    return bad_size(bytes);
  }
  auto* kept = loan.keeper.get<Message>();
  auto& message = kept != nullptr ? *kept : loan.keeper.emplace<Message>(Message::None::none);
  if (pool != nullptr) {
    pool->make(message, prefix.size() + bytes);
  } else {
    message.make(prefix.size() + bytes);
  }
  if (!message) [[unlikely]] {
    return Error{Errc::resource_exhausted, fmt::format("no memory for a frame of {} bytes", bytes)};
  }
  auto* at = message.data();
  if (!prefix.empty()) std::memcpy(at, prefix.data(), prefix.size());
  loan.bytes = {at + prefix.size(), bytes};
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

}  // namespace weft::transport::zeromq
