// cost: what one message through weft costs beyond the same message by hand on libzmq, counted exactly.
//
//     cost count topic|topic-many|best-effort|reliable|best-effort-many|reliable-many BYTES
//               counts 10,000 messages, or items of a queue, each way, prints the table, fails if weft adds more than is
//               allowed; many: such as travel with others, since their reader has much to do
//     cost run weft|weft-many|idle|raw|best-effort|reliable|best-effort-many|reliable-many|raw-queue N
//               N messages or items through cost_send and cost_receive, for callgrind to count their instructions; idle:
//               weft beside ends that nobody is connected to
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "counting.hpp"
#include "pairs.hpp"
#include "queue_pairs.hpp"

namespace weft::cost {

namespace {

constexpr int batch = 100;
constexpr int messages = 10'000;
constexpr int warm_up = 1'000;  // until nothing grows any more

}  // namespace

/// Not inlined, so that callgrind knows them by name.
template <class Pair>
[[gnu::noinline]] void cost_send(Pair& pair, const perf::Block& block) {
  for (int i = 0; i < batch; ++i) {
    rearm();
    pair.send(block);
  }
}

template <class Pair>
[[gnu::noinline]] std::size_t cost_receive(Pair& pair) {
  std::size_t bytes = 0;
  for (int i = 0; i < batch; ++i) {
    rearm();
    bytes += pair.receive();
  }
  return bytes;
}

namespace {

struct Cost {
  Counts sending{};
  Counts receiving{};
};

void add(Counts& total, const Counts& more) {
  for (std::size_t i = 0; i < calls; ++i)
    total[i] += more[i];
}

template <class Pair, class... Options>
Cost count_pair(std::size_t bytes, const std::string& directory, const Options&... options) {
  Pair pair(directory, options...);
  const Bytes data(bytes, std::byte{7});
  Cost cost;
  for (int sent = -warm_up; sent < messages; sent += batch) {
    start(bytes);
    cost_send(pair, {data});
    const auto sending = stop();
    start(bytes);
    const auto got = cost_receive(pair);
    const auto receiving = stop();
    if (got != bytes * batch) throw std::runtime_error("messages were lost");
    if (sent < 0) continue;
    add(cost.sending, sending);
    add(cost.receiving, receiving);
  }
  return cost;
}

using Allowed = std::uint64_t (*)(Call);

/// What the twin need not do, and weft does a few times in thousands of messages: it looks for news of its
/// subscribers each millisecond, and hands the socket to the agent and back when it comes to rest.
constexpr std::uint64_t allowed(Call call) {
  switch (call) {
    case Call::receives:
      return messages / 100;
    case Call::messages_closed:
      return messages;  // of a received message that is dropped; the twin's is received into again
    case Call::system_calls:
      return messages / 1000;
    default:
      return 0;
  }
}

/// What the twin need not do: receive the sender's id before each item, and send receipts, of which one in two hundred
/// items goes; the producer looks for them as often, which hands its descriptor's news on and takes them back.
constexpr std::uint64_t allowed_of_queue(Call call) {
  constexpr auto receipts = std::uint64_t(messages) / 40;
  switch (call) {
    case Call::receives:
    case Call::messages_closed:
      return messages + receipts;
    case Call::sends:
    case Call::options:
    case Call::messages_made:
    case Call::clock_reads:
    case Call::system_calls:
      return receipts;
    default:
      return 0;
  }
}

/// And keep each item until it is done.
constexpr std::uint64_t allowed_of_reliable_queue(Call call) {
  return call == Call::payload_copies ? messages : allowed_of_queue(call);
}

/// And copy it together with others, and these as a whole. When receipts come depends on the clock: so it happens that more
/// items than ever before are kept at once, in new memory.
template <Allowed allowed_alone>
constexpr std::uint64_t allowed_of_many(Call call) {
  constexpr auto bundles = std::uint64_t(messages) / 40;
  switch (call) {
    case Call::allocations:
      return allowed_alone(call) + messages / 100;
    case Call::payload_copies:
    case Call::messages_made:
    case Call::messages_closed:
      return allowed_alone(call) + messages + bundles;
    default:
      return allowed_alone(call);
  }
}

/// Prints a row; whether weft adds nothing, or no more than is allowed.
bool compare(const char* way, Call call, std::uint64_t weft, std::uint64_t raw, std::uint64_t more) {
  const bool within = weft <= raw + more;
  fmt::print("{:<8} {:<20} {:>8} {:>8}  {}\n", way, call_names[std::size_t(call)], weft, raw,
             weft == raw  ? "the same"
             : weft < raw ? "fewer"
             : within     ? "allowed"
                          : "MORE");
  return within;
}

template <class Weft, class Raw, class... Options>
int count(std::size_t bytes, const std::string& directory, Allowed allowed, const Options&... options) {
  const auto weft = count_pair<Weft>(bytes, directory, options...);
  const auto raw = count_pair<Raw>(bytes, directory);
  fmt::print("{} messages of {} bytes             weft      raw\n", messages, bytes);
  bool within = true;
  for (std::size_t i = 0; i < calls; ++i) {
    if (Call(i) == Call::system_calls && !catches_system_calls()) {
      fmt::print("system calls are not counted: this kernel does not catch them (Linux 5.11 does)\n");
      continue;
    }
    within &= compare("send", Call(i), weft.sending[i], raw.sending[i], allowed(Call(i)));
    within &= compare("receive", Call(i), weft.receiving[i], raw.receiving[i], allowed(Call(i)));
  }
  return within ? 0 : 1;
}

template <class Pair, class... Options>
int run(int n, const std::string& directory, const Options&... options) {
  Pair pair(directory, options...);
  const Bytes data(64, std::byte{7});
  std::size_t bytes = 0;
  for (int sent = 0; sent < n; sent += batch) {
    cost_send(pair, {data});
    bytes += cost_receive(pair);
  }
  return bytes == 64 * std::size_t(n) ? 0 : 1;
}

struct QueueCase {
  std::string_view name;
  QueueOptions options;
  Allowed allowed;
};
constexpr std::size_t many = 400;
constexpr TopicOptions busy_reader{.ahead = 600};
constexpr std::array queue_cases{
    QueueCase{"best-effort", {Reliability::best_effort}, allowed_of_queue},
    QueueCase{"reliable", {Reliability::reliable}, allowed_of_reliable_queue},
    QueueCase{"best-effort-many", {Reliability::best_effort, many}, allowed_of_many<allowed_of_queue>},
    QueueCase{"reliable-many", {Reliability::reliable, many}, allowed_of_many<allowed_of_reliable_queue>}};

int main_in(const std::string& directory, int argc, char** argv) {
  const std::string_view verb = argc == 4 ? argv[1] : "";
  const std::string_view side = argc == 4 ? argv[2] : "";
  const int n = argc == 4 ? std::atoi(argv[3]) : 0;
  if (verb == "count" && side == "topic") return count<WeftPair, RawPair>(n, directory, allowed);
  if (verb == "count" && side == "topic-many")
    return count<WeftPair, RawPair>(n, directory, allowed_of_many<allowed>, busy_reader);
  if (verb == "run" && side == "weft") return run<WeftPair>(n, directory);
  if (verb == "run" && side == "weft-many") return run<WeftPair>(n, directory, busy_reader);
  if (verb == "run" && side == "idle") return run<IdlePair>(n, directory);
  if (verb == "run" && side == "raw") return run<RawPair>(n, directory);
  if (verb == "run" && side == "raw-queue") return run<RawQueuePair>(n, directory);
  for (const auto& queue : queue_cases) {
    if (side != queue.name) continue;
    if (verb == "count") return count<QueuePair, RawQueuePair>(n, directory, queue.allowed, queue.options);
    if (verb == "run") return run<QueuePair>(n, directory, queue.options);
  }
  fmt::print(stderr,
             "usage: cost count topic|topic-many|best-effort|reliable|best-effort-many|reliable-many BYTES\n"
             "       cost run "
             "weft|weft-many|idle|raw|best-effort|reliable|best-effort-many|reliable-many|raw-queue N\n");
  return 2;
}

}  // namespace

}  // namespace weft::cost

int main(int argc, char** argv) {
  auto directory = (std::filesystem::temp_directory_path() / "weft-cost-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  const int code = weft::cost::main_in(directory, argc, argv);
  std::filesystem::remove_all(directory);
  return code;
}
