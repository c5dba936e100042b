// The twin's services: what a careful engineer writes by hand on libzmq to make the very calls that weft makes.
//
// What      A DEALER and a ROUTER. A request is an empty part and a frame: weft's header, with the time
//           that is left, and the payload in weft's codec, encoded straight into the zmq_msg_t and decoded where it
//           arrived. A reply likewise, without the time. Replies are taken in order, and their numbers compared. No types
//           to match, peers that die, deadlines that are kept, cancelling, counters.
// Threads   One at a time.
// Caveats   Throws std::runtime_error where libzmq fails: it is a benchmark's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "peers/block.hpp"
#include "twin/socket.hpp"

namespace weft::perf {

class RawServer final {
 public:
  RawServer() : socket_(ZMQ_ROUTER, nullptr) {}
  /// Answers with the endpoint to connect to.
  std::string bind(const std::string& endpoint) { return socket_.bind(endpoint); }
  /// Answers the next request with its own data, if one comes in 100 ms.
  void serve_one();

 private:
  RawSocket socket_;
};

class RawClient final {
 public:
  explicit RawClient(const std::string& endpoint);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  void send(const Block& block, Deadline deadline);
  /// The reply to the oldest request that has none, which borrows this client's memory until the next call; nothing, if it
  /// did not come in 100 ms.
  std::optional<Block> receive();

 private:
  RawSocket socket_;
  zmq_msg_t message_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace weft::perf
