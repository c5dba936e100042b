// The twin: what a careful engineer writes by hand on libzmq to hand out the very items that weft hands out.
//
// What      A PUSH and a PULL with weft's marks. A message is weft's header, with one reading of the clock, and the payload
//           in weft's codec, encoded straight into the zmq_msg_t and decoded where it arrived. Nobody knows what was done:
//           no types to match, workers that die or refuse, counters, errors that explain.
//           The credited two keep, besides, what weft keeps of its contract: no more than `window` items are under way from
//           one process to the other, whatever the sockets in between hold. A DEALER and a ROUTER; the worker says how many
//           it has taken when no more wait, and after each 256, as weft's does.
// Threads   One at a time.
// Caveats   Throws std::runtime_error where libzmq fails: it is a benchmark's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "block.hpp"
#include "raw_twin.hpp"

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
  std::string bind(const std::string& endpoint);
  /// The next item, which borrows this worker's memory until the next call. Waits for it.
  Block receive();

 private:
  RawSocket socket_;
  zmq_msg_t message_;
};

class CreditedProducer final {
 public:
  CreditedProducer(std::uint32_t window, const std::string& endpoint);
  /// Waits while as many are under way as may be.
  void push(const Block& block);

 private:
  bool read_receipt(int flags);

  RawSocket socket_;
  const std::uint32_t window_;
  std::uint64_t sequence_ = 0;
  std::uint64_t taken_ = 0;
};

class CreditedWorker final {
 public:
  explicit CreditedWorker(std::uint32_t window);
  CreditedWorker(const CreditedWorker&) = delete;
  CreditedWorker& operator=(const CreditedWorker&) = delete;
  ~CreditedWorker() { zmq_msg_close(&message_); }

  /// As RawWorker's.
  std::string bind(const std::string& endpoint);
  Block receive();

 private:
  bool read(int flags);
  void confirm();

  RawSocket socket_;
  std::array<char, 256> id_{};  // the producer's
  std::size_t id_bytes_ = 0;
  zmq_msg_t message_;
  std::uint64_t taken_ = 0;
  std::uint64_t confirmed_ = 0;
};

}  // namespace weft::perf
