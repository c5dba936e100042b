// A producer and its worker on one thread, by weft and by hand: what is counted is one push; one receive and its done.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "counting.hpp"
#include "kit/busy.hpp"
#include "pairs.hpp"
#include "twin/queue.hpp"

namespace weft::cost {

struct QueueOptions {
  Reliability reliability;
  /// So many items of 64 bytes are always before those that are counted. From 256 on an item travels with others; without any there
  /// are never so many, and each travels alone.
  std::size_t ahead = 0;
};

class QueuePair final {
 public:
  QueuePair(const std::string& directory, const QueueOptions& options)
      : node_(Node::create(
                  {.context = Context::create({.runtime_directory = directory, .discovery = false}).value()})
                  .value()),
        worker_(node_.worker(queue(options)).value()),
        producer_(node_.producer(queue(options)).value()),
        ahead_(options.ahead) {
    using namespace std::chrono_literals;
    producer_.connect(worker_.bind("tcp://127.0.0.1:1").value()).value();
    while (producer_.matched() == 0)  // both are on this thread
      if (worker_.try_receive()) throw std::runtime_error("an item from nowhere");
    own_time();
    gain_credit();
    const Bytes data(64, std::byte{7});
    if (ahead_ != 0) agent_.emplace(node_.context()->agent());
    for (std::size_t i = 0; i < ahead_; ++i)
      send({data});
  }
  QueuePair(const QueuePair&) = delete;
  QueuePair& operator=(const QueuePair&) = delete;
  ~QueuePair() {  // the producer would wait for them
    agent_.reset();
    for (std::size_t i = 0; i < ahead_; ++i)
      receive();
  }
  void send(const perf::Block& block) { producer_.push(block).value(); }
  std::size_t receive() {
    auto item = worker_.receive(Deadline::none());
    const auto bytes = item.value()->data.size();
    item->done();
    return bytes;
  }

 private:
  static Queue<perf::Block> queue(const QueueOptions& options) {
    const std::uint32_t depth = options.ahead == 0 ? 250 : window;
    return Queue<perf::Block>::make(perf::block_name, {.reliability = options.reliability, .depth = depth})
        .value();
  }
  /// A worker that is limited by its credit, and quick, gets twice as much: ten times is enough for all.
  void gain_credit() {
    for (int i = 0; i < 10; ++i) {
      while (producer_.push({}, Deadline::passed())) {
      }
      while (producer_.counters().done != producer_.counters().pushed) {
        while (auto item = worker_.try_receive())
          item->done();
        [[maybe_unused]] const auto workers = producer_.matched();  // takes in what is done
      }
    }
  }

  Node node_;
  Worker<perf::Block> worker_;
  Producer<perf::Block> producer_;
  const std::size_t ahead_;
  std::optional<test::Busy>
      agent_;  // it sends by time what waits for others: not so here, since that is no count
};

class RawQueuePair final {
 public:
  explicit RawQueuePair(const std::string& /*directory*/) : worker_(window, context_.get()) {
    producer_.emplace(window, worker_.bind("tcp://127.0.0.1:1"), context_.get());
  }
  void send(const perf::Block& block) { producer_->push(block); }
  std::size_t receive() { return worker_.receive()->data.size(); }

 private:
  struct Terminate {
    void operator()(void* context) const noexcept { zmq_ctx_term(context); }
  };
  std::unique_ptr<void, Terminate> context_{zmq_ctx_new()};
  perf::RawWorker worker_;
  std::optional<perf::RawProducer> producer_;
};

}  // namespace weft::cost
