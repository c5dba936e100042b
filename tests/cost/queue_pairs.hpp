// A producer and its worker on one thread, by weft and by hand: what is counted is one push; one receive and its done.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "counting.hpp"
#include "pairs.hpp"
#include "queues/raw_queue.hpp"

namespace weft::cost {

template <Reliability reliability>
class QueuePair final {
 public:
  explicit QueuePair(const std::string& directory)
      : node_(Node::create(
                  {.context = Context::create({.runtime_directory = directory, .discovery = false}).value()})
                  .value()),
        worker_(node_.worker(queue()).value()),
        producer_(node_.producer(queue()).value()) {
    using namespace std::chrono_literals;
    producer_.connect(worker_.bind("tcp://127.0.0.1:1").value()).value();
    while (producer_.matched() == 0)  // both are on this thread
      if (worker_.try_receive()) throw std::runtime_error("an item from nowhere");
    own_time();
    gain_credit();
  }
  void send(const perf::Block& block) { producer_.push(block).value(); }
  std::size_t receive() {
    auto item = worker_.receive(Deadline::none());
    const auto bytes = item.value()->data.size();
    item->done();
    return bytes;
  }

 private:
  static Queue<perf::Block> queue() {
    return Queue<perf::Block>::make(perf::block_name, {.reliability = reliability, .depth = window}).value();
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
};

class RawQueuePair final {
 public:
  explicit RawQueuePair(const std::string& /*directory*/) : worker_(window, context_.get()) {
    producer_.emplace(window, worker_.bind("tcp://127.0.0.1:1"), context_.get());
  }
  void send(const perf::Block& block) { producer_->push(block); }
  std::size_t receive() { return worker_.receive().data.size(); }

 private:
  struct Terminate {
    void operator()(void* context) const noexcept { zmq_ctx_term(context); }
  };
  std::unique_ptr<void, Terminate> context_{zmq_ctx_new()};
  perf::RawWorker worker_;
  std::optional<perf::RawProducer> producer_;
};

}  // namespace weft::cost
