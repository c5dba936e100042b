// A connection: packets over a Unix socket that keeps their bounds and their order, without ever blocking.
//
// What      Both ends of discovery use it. What the kernel does not take waits in a queue; the queue has a bound, and
//           whoever is refused by it decides what to do about that.
// Threads   One at a time.
// Bounds    The queue by limit(); a packet by max_packet_bytes.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::discovery {

class Connection final {
 public:
  /// Takes over a non-blocking SOCK_SEQPACKET socket.
  explicit Connection(Fd socket) noexcept : socket_(std::move(socket)) {}
  /// Connects to the daemon that listens at `path`. Errors: unavailable, nobody listens there; resource_exhausted, it
  /// has no room for now; permission_denied, it is another user's; those of the kernel.
  static Result<Connection> open(const std::string& path);

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// Sends a packet, or queues it behind those that wait. False: the queue is full, and the packet is gone. Errors:
  /// unavailable, the other end has gone; too_big, nothing was sent.
  Result<bool> send(Bytes packet);
  /// Sends what waits, as far as there is room. Errors: unavailable.
  Result<void> flush();
  /// Whether packets wait for room.
  [[nodiscard]] bool waiting() const noexcept { return !queue_.empty(); }
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }
  /// How many bytes may wait.
  void limit(std::size_t bytes) noexcept { most_waiting_ = bytes; }
  /// Forgets what waits.
  void drop_queue() noexcept;

  /// The next packet, if one has come; it lies in `buffer`, which is made large enough. Errors: unavailable, the other
  /// end has gone (or sent an empty packet, which looks the same); too_big, a packet beyond max_packet_bytes.
  Result<std::optional<BytesView>> receive(Bytes& buffer) const;

 private:
  /// Whether the kernel took it.
  [[nodiscard]] Result<bool> hand_over(BytesView packet) const;

  Fd socket_;
  std::deque<Bytes> queue_;
  std::size_t waiting_bytes_ = 0;
  std::size_t most_waiting_ = 1 << 20;
};

}  // namespace weft::discovery
