// A publisher and its subscriber on one thread, by weft and by hand: what is counted is one send, one receive.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/core.h>
#include <zmq.h>

#include "kit/busy.hpp"
#include "peers/block.hpp"
#include "twin/topic.hpp"

namespace weft::cost {

inline constexpr std::uint32_t window = 1000;
inline constexpr std::size_t idle_ends = 8;

/// All, and the first again under as many other names as a publisher is to have ends that nobody is connected to.
inline std::vector<transport::Registered> with_others(std::size_t idle) {
  auto all = transport::transports();
  const auto first = all.front().make;
  for (std::size_t i = 0; i < idle; ++i)
    all.push_back({fmt::format("idle{}", i), first});
  return all;
}

/// What a topic's messages are counted beside.
struct TopicOptions {
  std::size_t idle = 0;   ///< Ends of the publisher's that nobody is connected to.
  std::size_t ahead = 0;  ///< So many messages of 64 bytes are always before those that are counted.
};

class WeftPair final {
 public:
  explicit WeftPair(const std::string& directory, const TopicOptions& options = {})
      : node_(Node::create({.context = Context::create({.runtime_directory = directory,
                                                        .transports = with_others(options.idle),
                                                        .discovery = false})
                                           .value()})
                  .value()),
        publisher_(node_.publisher(perf::block_topic(window).value()).value()),
        subscriber_(node_.subscriber(perf::block_topic(window).value()).value()) {
    using namespace std::chrono_literals;
    for (std::size_t i = 0; i < options.idle; ++i)
      publisher_.bind(fmt::format("idle{}://idle", i)).value();
    subscriber_.connect(publisher_.bind("tcp://127.0.0.1:1").value()).value();
    publisher_.wait_matched(1, 20s).value();
    subscriber_.wait_matched(1, 20s).value();
    if (options.ahead == 0) return;
    nobody_else_sends_.emplace(node_.context()->agent());
    const Bytes data(64, std::byte{7});
    for (std::size_t i = 0; i < options.ahead; ++i)
      send({data});
  }
  void send(const perf::Block& block) { publisher_.send(block).value(); }
  std::size_t receive() { return subscriber_.receive(Deadline::none()).value()->data.size(); }

 private:
  Node node_;
  Publisher<perf::Block> publisher_;
  Subscriber<perf::Block> subscriber_;
  std::optional<test::Busy>
      nobody_else_sends_;  // by time, what waits for others: not so here, since that is no count
};

/// The same beside `idle_ends` ends of the publisher's, each on a transport of its own.
class IdlePair final {
 public:
  explicit IdlePair(const std::string& directory) : pair_(directory, {.idle = idle_ends}) {}
  void send(const perf::Block& block) { pair_.send(block); }
  std::size_t receive() { return pair_.receive(); }

 private:
  WeftPair pair_;
};

class RawPair final {
 public:
  explicit RawPair(const std::string& /*directory*/) : publisher_(window, context_.get()) {
    subscriber_ =
        std::make_unique<perf::RawSubscriber>(window, publisher_.bind("tcp://127.0.0.1:1"), context_.get());
    publisher_.wait_for_subscriber();
  }
  void send(const perf::Block& block) { publisher_.send(block); }
  std::size_t receive() { return subscriber_->receive()->data.size(); }

 private:
  struct Terminate {
    void operator()(void* context) const noexcept { zmq_ctx_term(context); }
  };
  std::unique_ptr<void, Terminate> context_{zmq_ctx_new()};
  perf::RawPublisher publisher_;
  std::unique_ptr<perf::RawSubscriber> subscriber_;
};

}  // namespace weft::cost
