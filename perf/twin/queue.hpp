// The twin's queues: what a careful engineer writes by hand on libzmq to hand out the very items that weft hands out.
//
// What      A PUSH and a PULL with weft's marks. A message is weft's header, with one reading of the clock, and the payload
//           in weft's codec, encoded straight into the zmq_msg_t and decoded where it arrived. Nobody knows what was done:
//           no types to match, workers that die or refuse, counters, errors that explain.
// Threads   One at a time.
// Caveats   Throws std::runtime_error where libzmq fails: it is a benchmark's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "peers/block.hpp"
#include "twin/socket.hpp"

namespace weft::perf {

class RawProducer final {
 public:
  RawProducer(std::uint32_t window, const std::string& endpoint, void* context = nullptr);
  /// Waits while the queue is full.
  void push(const Block& block);

 private:
  RawSocket socket_;
  std::uint64_t sequence_ = 0;
};

class RawWorker final {
 public:
  explicit RawWorker(std::uint32_t window, void* context = nullptr);
  RawWorker(const RawWorker&) = delete;
  RawWorker& operator=(const RawWorker&) = delete;
  ~RawWorker() { zmq_msg_close(&message_); }

  /// Answers with the endpoint to connect to.
  std::string bind(const std::string& endpoint) { return socket_.bind(endpoint); }
  /// The next item, which borrows this worker's memory until the next call; nothing, if none came in 100 ms.
  std::optional<Block> receive();

 private:
  RawSocket socket_;
  zmq_msg_t message_;
};

}  // namespace weft::perf
