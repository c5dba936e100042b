#include "thinness/sides.hpp"

#include <chrono>

#include <fmt/core.h>
#include <malloc.h>

#include "block.hpp"
#include "kit/side.hpp"
#include "raw_twin.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 20s;

/// Sends all messages with `send`, a function of a Block.
template <class Send>
Result<void> publish(const Load& load, Send send) {
  const Bytes data(load.bytes, std::byte{7});
  const double before = processor_seconds();
  for (std::uint64_t i = 0; i < load.count; ++i)
    WEFT_CHECK(send(Block{data}));
  say(fmt::format("{}", processor_seconds() - before));
  stay();  // until the subscriber has all: a connection that closes while credit comes in loses its
           // tail
  return {};
}

/// Receives all messages with `receive`, which answers with a Result<size of a block>.
template <class Receive>
Result<void> subscribe(const Load& load, Receive receive) {
  WEFT_CHECK(receive());
  const double before = processor_seconds();
  auto begin = now();
  for (std::uint64_t i = 1; i < load.count; ++i) {
    WEFT_TRY(const auto bytes, receive());
    if (bytes != load.bytes) return Error{Errc::malformed, "a message of another size"};
    if (i == load.warm_up) begin = now();
  }
  const std::chrono::duration<double> took = now() - begin;
  say(fmt::format("{} {}", took.count(), processor_seconds() - before));
  return {};
}

Result<void> publish_raw(const Task& task) {
  RawPublisher publisher(task.load.window);
  say(publisher.bind(task.endpoint));
  publisher.wait_for_subscriber();
  return publish(task.load, [&](const Block& block) -> Result<void> {
    publisher.send(block);
    return {};
  });
}

Result<void> subscribe_raw(const Task& task) {
  RawSubscriber subscriber(task.load.window, task.endpoint);
  WEFT_CHECK(subscribe(task.load, [&]() -> Result<std::size_t> { return subscriber.receive().data.size(); }));
  if (subscriber.lost() != 0) return Error{Errc::internal, "messages were lost"};
  return {};
}

Result<Node> node_of(const Task& task) {
  WEFT_TRY(auto context, Context::create({.runtime_directory = task.directory}));
  return Node::create({.context = std::move(context)});
}

Result<void> publish_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(const auto topic, block_topic(task.load.window));
  WEFT_TRY(auto publisher, node.publisher(topic));
  WEFT_TRY(const auto endpoint, publisher.bind(task.endpoint));
  say(endpoint);
  WEFT_CHECK(publisher.wait_matched(1, patience));
  return publish(task.load, [&](const Block& block) { return publisher.send(block); });
}

Result<void> subscribe_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(const auto topic, block_topic(task.load.window));
  WEFT_TRY(auto subscriber, node.subscriber(topic));
  WEFT_CHECK(subscriber.connect(task.endpoint));
  WEFT_CHECK(subscribe(task.load, [&]() -> Result<std::size_t> {
    auto sample = subscriber.receive(Deadline::none());
    if (!sample) return std::move(sample).error();
    return (*sample)->data.size();
  }));
  if (subscriber.counters().total.dropped_total() != 0) return Error{Errc::internal, "messages were lost"};
  return {};
}

}  // namespace

// Long messages take their memory from the C library and give it back. Whether that returns it to the kernel each time
// is chance, and decides more than all else: page faults differ tenfold between runs of one program. So it keeps it.
Result<void> perform(const Task& task) {
  constexpr int keep_bytes = 1 << 30;
  ::mallopt(M_TRIM_THRESHOLD, keep_bytes);  // NOLINT(concurrency-mt-unsafe): the only thread
  ::mallopt(M_MMAP_THRESHOLD, keep_bytes);  // NOLINT(concurrency-mt-unsafe): the same
  if (task.raw) return task.publishes ? publish_raw(task) : subscribe_raw(task);
  return task.publishes ? publish_weft(task) : subscribe_weft(task);
}

std::vector<std::string> arguments_of(const Task& task) {
  return {"perform",
          task.raw ? "raw" : "weft",
          task.publishes ? "publish" : "subscribe",
          task.endpoint,
          task.directory,
          fmt::format("{}", task.load.bytes),
          fmt::format("{}", task.load.count),
          fmt::format("{}", task.load.window),
          fmt::format("{}", task.load.warm_up)};
}

}  // namespace weft::perf
