#include "queues/sides.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include <fmt/core.h>

#include "kit/side.hpp"
#include "queues/raw_queue.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 20s;

/// Of By.
constexpr std::array<std::string_view, 3> names{"weft", "raw", "credited"};

Qos qos_of(const Load& load) {
  return {.reliability = load.reliable ? Reliability::reliable : Reliability::best_effort,
          .depth = load.window};
}

/// Pushes all items by `push`, and waits by `flush` until they are done.
template <class Push, class Flush>
Result<void> produce(const Load& load, Push push, Flush flush) {
  const Bytes data(load.bytes, std::byte{7});
  const double before = processor_seconds();
  for (std::uint64_t i = 0; i < load.count; ++i)
    WEFT_CHECK(push(Block{data}));
  WEFT_CHECK(flush());
  say(fmt::format("{}", processor_seconds() - before));
  stay();
  return {};
}

/// Does all items by `work`, which answers with a Result<size of one>.
template <class Work>
Result<void> work(const Load& load, Work work_one) {
  WEFT_CHECK(work_one());
  const double before = processor_seconds();
  auto begin = now();
  for (std::uint64_t i = 1; i < load.count; ++i) {
    WEFT_TRY(const auto bytes, work_one());
    if (bytes != load.bytes) return Error{Errc::malformed, "an item of another size"};
    if (i == load.warm_up) begin = now();
  }
  const std::chrono::duration<double> took = now() - begin;
  say(fmt::format("{} {}", took.count(), processor_seconds() - before));
  return {};
}

template <class Producer>
Result<void> produce_raw(const Task& task) {
  Producer producer(task.load.window, task.endpoint);
  return produce(
      task.load,
      [&](const Block& block) -> Result<void> {
        producer.push(block);
        return {};
      },
      []() -> Result<void> { return {}; });
}

template <class Worker>
Result<void> work_raw(const Task& task) {
  Worker worker(task.load.window);
  say(worker.bind(task.endpoint));
  WEFT_CHECK(work(task.load, [&]() -> Result<std::size_t> { return worker.receive().data.size(); }));
  stay();
  return {};
}

Result<Node> node_of(const Task& task) {
  WEFT_TRY(auto context, Context::create({.runtime_directory = task.directory, .discovery = false}));
  return Node::create({.context = std::move(context)});
}

Result<void> produce_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(const auto queue, Queue<Block>::make(block_name, qos_of(task.load)));
  WEFT_TRY(auto producer, node.producer(queue));
  WEFT_CHECK(producer.connect(task.endpoint));
  WEFT_CHECK(producer.wait_matched(1, patience));
  return produce(
      task.load, [&](const Block& block) { return producer.push(block); },
      [&] { return producer.flush(patience); });
}

Result<void> work_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(const auto queue, Queue<Block>::make(block_name, qos_of(task.load)));
  WEFT_TRY(auto worker, node.worker(queue));
  WEFT_TRY(const auto endpoint, worker.bind(task.endpoint));
  say(endpoint);
  WEFT_CHECK(work(task.load, [&]() -> Result<std::size_t> {
    auto item = worker.receive(Deadline::none());
    if (!item) return std::move(item).error();
    const auto bytes = (*item)->data.size();
    item->done();
    return bytes;
  }));
  if (auto more = worker.try_receive()) return Error{Errc::internal, "an item came twice"};
  stay();
  return {};
}

}  // namespace

Result<void> perform(const Task& task) {
  switch (task.by) {
    case By::raw:
      return task.works ? work_raw<RawWorker>(task) : produce_raw<RawProducer>(task);
    case By::credited:
      return task.works ? work_raw<CreditedWorker>(task) : produce_raw<CreditedProducer>(task);
    default:
      return task.works ? work_weft(task) : produce_weft(task);
  }
}

std::vector<std::string> arguments_of(const Task& task) {
  return {"perform",
          std::string(names[std::size_t(task.by)]),
          task.works ? "work" : "produce",
          task.endpoint,
          task.directory,
          task.load.reliable ? "reliable" : "best-effort",
          fmt::format("{}", task.load.bytes),
          fmt::format("{}", task.load.count),
          fmt::format("{}", task.load.window),
          fmt::format("{}", task.load.warm_up)};
}

Task task_of(const std::vector<std::string>& words) {
  const auto number = [&](std::size_t at) { return std::stoull(words[at]); };
  return {By(std::ranges::find(names, words[2]) - names.begin()),
          words[3] == "work",
          words[4],
          words[5],
          {words[6] == "reliable", number(7), number(8), std::uint32_t(number(9)), number(10)}};
}

}  // namespace weft::perf
