// cost: what one message through weft costs beyond the same message by hand on libzmq, counted exactly.
//
//     cost count BYTES           counts 10,000 messages each way, prints the table, fails if weft adds anything
//     cost run weft|idle|raw N   N messages through cost_send and cost_receive, for callgrind to count their
//                                instructions; idle: weft beside ends that nobody is connected to
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

template <class Pair>
Cost count_pair(std::size_t bytes, const std::string& directory) {
  Pair pair(directory);
  const Bytes data(bytes, std::byte{7});
  Cost cost;
  for (int sent = -batch; sent < messages; sent += batch) {  // the first batch warms up
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

/// Prints a row; whether weft adds nothing, or no more than is allowed.
bool compare(const char* way, Call call, std::uint64_t weft, std::uint64_t raw) {
  const bool within = weft <= raw + allowed(call);
  fmt::print("{:<8} {:<20} {:>8} {:>8}  {}\n", way, call_names[std::size_t(call)], weft, raw,
             weft == raw  ? "the same"
             : weft < raw ? "fewer"
             : within     ? "allowed"
                          : "MORE");
  return within;
}

int count(std::size_t bytes, const std::string& directory) {
  const auto weft = count_pair<WeftPair>(bytes, directory);
  const auto raw = count_pair<RawPair>(bytes, directory);
  fmt::print("{} messages of {} bytes             weft      raw\n", messages, bytes);
  bool within = true;
  for (std::size_t i = 0; i < calls; ++i) {
    if (Call(i) == Call::system_calls && !catches_system_calls()) {
      fmt::print("system calls are not counted: this kernel does not catch them (Linux 5.11 does)\n");
      continue;
    }
    within &= compare("send", Call(i), weft.sending[i], raw.sending[i]);
    within &= compare("receive", Call(i), weft.receiving[i], raw.receiving[i]);
  }
  return within ? 0 : 1;
}

template <class Pair>
int run(int n, const std::string& directory) {
  Pair pair(directory);
  const Bytes data(64, std::byte{7});
  std::size_t bytes = 0;
  for (int sent = 0; sent < n; sent += batch) {
    cost_send(pair, {data});
    bytes += cost_receive(pair);
  }
  return bytes == 64 * std::size_t(n) ? 0 : 1;
}

int main_in(const std::string& directory, int argc, char** argv) {
  const std::string_view verb = argc > 2 ? argv[1] : "";
  if (verb == "count" && argc == 3) return count(std::strtoull(argv[2], nullptr, 10), directory);
  const std::string_view side = argc > 2 ? argv[2] : "";
  if (verb == "run" && argc == 4 && side == "weft") return run<WeftPair>(std::atoi(argv[3]), directory);
  if (verb == "run" && argc == 4 && side == "idle") return run<IdlePair>(std::atoi(argv[3]), directory);
  if (verb == "run" && argc == 4 && side == "best-effort")
    return run<QueuePair<Reliability::best_effort>>(std::atoi(argv[3]), directory);
  if (verb == "run" && argc == 4 && side == "reliable")
    return run<QueuePair<Reliability::reliable>>(std::atoi(argv[3]), directory);
  if (verb == "run" && argc == 4 && side == "raw-queue")
    return run<RawQueuePair>(std::atoi(argv[3]), directory);
  if (verb == "run" && argc == 4 && side == "raw") return run<RawPair>(std::atoi(argv[3]), directory);
  fmt::print(stderr, "usage: cost count BYTES | cost run weft|idle|raw N\n");
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
