#include "calls/sides.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

#include <fmt/core.h>

#include "calls/raw_calls.hpp"
#include "kit/side.hpp"
#include "kit/statistics.hpp"
#include "weft.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
constexpr Duration patience = 20s;
constexpr Service<Block, Block> echo{"perf/echo"};

/// Makes all calls, `window` under way at a time: `begin` sends one, `end` waits for the oldest and answers with the size of
/// its data.
template <class Begin, class End>
Result<void> call(const Load& load, Begin begin, End end) {
  const Bytes data(load.bytes, std::byte{7});
  std::deque<Instant> begun;
  std::vector<double> took;
  took.reserve(load.calls);
  const double before = processor_seconds();
  auto start = now();
  for (std::uint64_t sent = 0, answered = 0; answered < load.calls; ++answered) {
    while (sent < load.calls && begun.size() < load.window) {
      begun.push_back(now());
      begin(Block{data});
      ++sent;
    }
    WEFT_TRY(const auto bytes, end());
    if (bytes != load.bytes) return Error{Errc::malformed, "a reply of another size"};
    const auto time = now();
    if (answered >= load.warm_up) took.push_back(std::chrono::duration<double>(time - begun.front()).count());
    if (answered == load.warm_up) start = time;
    begun.pop_front();
  }
  const std::chrono::duration<double> all = now() - start;
  std::ranges::sort(took);
  say(fmt::format("{} {} {} {}", all.count(), quantile(took, 0.5), quantile(took, 0.99),
                  processor_seconds() - before));
  return {};
}

/// Answers all calls by `serve_one`, and tells what that cost.
template <class ServeOne>
Result<void> serve(const Load& load, ServeOne serve_one) {
  const double before = processor_seconds();
  for (std::uint64_t i = 0; i < load.calls; ++i)
    WEFT_CHECK(serve_one());
  say(fmt::format("{}", processor_seconds() - before));
  stay();  // until the client has the last reply
  return {};
}

Result<void> serve_raw(const Task& task) {
  RawServer server(task.load.window);
  say(server.bind(task.endpoint));
  return serve(task.load, [&]() -> Result<void> {
    server.serve_one();
    return {};
  });
}

Result<void> call_raw(const Task& task) {
  RawClient client(task.load.window, task.endpoint);
  return call(
      task.load, [&](const Block& block) { client.send(block, patience); },
      [&]() -> Result<std::size_t> { return client.receive().data.size(); });
}

Result<Node> node_of(const Task& task) {
  WEFT_TRY(auto context, Context::create({.runtime_directory = task.directory, .discovery = false}));
  return Node::create({.context = std::move(context)});
}

Result<void> serve_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(auto server, node.serve(echo, [](const Block& block) { return block; }));
  WEFT_TRY(const auto endpoint, server.bind(task.endpoint));
  say(endpoint);
  return serve(task.load, [&] { return server.serve_one(Deadline::none()); });
}

Result<void> call_weft(const Task& task) {
  WEFT_TRY(const auto node, node_of(task));
  WEFT_TRY(auto client, node.client(echo));
  WEFT_CHECK(client.connect(task.endpoint));
  WEFT_CHECK(client.wait_matched(1, patience));
  std::deque<Call<Block>> calls;
  return call(
      task.load, [&](const Block& block) { calls.push_back(client.call(block, patience)); },
      [&]() -> Result<std::size_t> {
        auto reply = calls.front().wait();
        calls.pop_front();
        if (!reply) return std::move(reply).error();
        return (*reply)->data.size();
      });
}

}  // namespace

Result<void> perform(const Task& task) {
  if (task.raw) return task.serves ? serve_raw(task) : call_raw(task);
  return task.serves ? serve_weft(task) : call_weft(task);
}

std::vector<std::string> arguments_of(const Task& task) {
  return {"perform",
          task.raw ? "raw" : "weft",
          task.serves ? "serve" : "call",
          task.endpoint,
          task.directory,
          fmt::format("{}", task.load.bytes),
          fmt::format("{}", task.load.calls),
          fmt::format("{}", task.load.window),
          fmt::format("{}", task.load.warm_up)};
}

}  // namespace weft::perf
