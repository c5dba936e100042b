// The twin's topics: what a careful engineer writes by hand on libzmq to carry the very bytes that weft carries.
//
// What      XPUB and XSUB, with weft's high-water marks. A message is the topic's name, a zero byte, the
//           48-byte header (sequence and one reading of the clock) and the payload in weft's codec, encoded
//           straight into the zmq_msg_t and decoded where it arrived; the receiver compares sequences.
//           Lossless by a window: the reader confirms every quarter of it upstream, the writer waits when it
//           is used up. Of weft's way that is the essence, for one reader, without types to match, peers that die or
//           stall, counters, or errors that explain; XPUB_NODROP would do without confirmations, but then one
//           stalled reader stops all.
// Threads   One at a time.
// Caveats   Throws std::runtime_error where libzmq fails: it is a benchmark's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "peers/block.hpp"
#include "twin/socket.hpp"

namespace weft::perf {

class RawPublisher final {
 public:
  explicit RawPublisher(std::uint32_t window, void* context = nullptr);

  /// Answers with the endpoint to connect to.
  std::string bind(const std::string& endpoint) { return socket_.bind(endpoint); }
  void wait_for_subscriber();
  /// Waits while the window is used up.
  void send(const Block& block);

 private:
  void wait_for_room();
  bool read_credit(int flags);

  RawSocket socket_;
  const std::string prefix_;
  const std::uint64_t window_;
  std::uint64_t sequence_ = 0;
  std::uint64_t taken_ = 0;
};

class RawSubscriber final {
 public:
  RawSubscriber(std::uint32_t window, const std::string& endpoint, void* context = nullptr);
  RawSubscriber(const RawSubscriber&) = delete;
  RawSubscriber& operator=(const RawSubscriber&) = delete;
  ~RawSubscriber() { zmq_msg_close(&message_); }

  /// The next message, which borrows this subscriber's memory until the next call; nothing, if none came in 100 ms.
  std::optional<Block> receive();
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  void confirm();

  RawSocket socket_;
  zmq_msg_t message_;
  const std::size_t prefix_bytes_;
  const std::uint32_t quantum_;
  std::uint32_t untold_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace weft::perf
