// One end in a process of its own: a role and what it was told to be.
//
//   publisher    match N, send N, stop, counters       → bound, matched, sent, counters
//   subscriber   at N (more), until N, live N,         → at, live, known, whole, counters, run
//                known N, whole N (a run), counters
//   client       call N, at N, stop                    → live, at, called, ended (a call's error)
//   server       at N, hold; SIGTERM: it drains        → bound, at, holding, drained
//   together     (no commands) a publisher and a subscriber, a client and a server in one Context
//
//   producer     match N, push N (more), stop,         → matched, pushed, open, full
//                open N (wait until so few are not done), overfill N (tries, in vain)
//   worker       at N (more)                           → bound, at
//   mourner      match N                               → matched, dead
//
//   exchange     exchange N                            → exchanged
//   directory    gone N (a process), empty             → gone, empty: the daemon knows nothing of it, of no port
//
// Every role ends by "close" or the end of its input. Options: endpoint, reliable, depth, stall_ms, size, sleeps (1: at once
// where it waits), waits (subscriber; 1: in receive() and not in poll()), pace_us, idempotent (client), run (the number of this incarnation), whole (how many messages a whole run has), count (together), side and
// topics (exchange). The endpoint "found" is none: ends find each other. Of queues: deadly (each how manieth item kills who
// does it) and keys (how many there are; producer, whose endpoint is a list with commas), journal (a file: what is done, a line
// each), refuse (how many of a hundred at first) and seed (worker).
#pragma once

#include "conversation.hpp"
#include "weft.hpp"

namespace weft::process {

/// One message: whose (the publisher's run), its number from 1, and something to carry.
struct Item {
  std::uint64_t run = 0;
  std::uint64_t number = 0;
  Bytes load;
  WEFT_MESSAGE("process/Item", run, number, load)
};

/// Each byte of an item's load.
inline std::byte load_of(const Item& item) noexcept {
  return std::byte(item.run * 31 + item.number);
}

struct Receipt {
  std::uint64_t number = 0;
  WEFT_MESSAGE("process/Receipt", number)
};

inline Qos qos_of(const Options& options) {
  Qos qos;
  if (options.number("reliable", 0) != 0) qos.reliability = Reliability::reliable;
  qos.depth = std::uint32_t(options.number("depth", qos.depth));
  qos.stall = std::chrono::milliseconds(options.number("stall_ms", 10'000));
  return qos;
}

/// Whether ends are to find each other.
inline bool found(const Options& options) {
  return options.has("endpoint") && options.text("endpoint") == "found";
}

/// Where a port is, once it is there.
template <class Port>
std::string place_of(Port& port, const Options& options) {
  return found(options) ? "found" : port.bind(options.text("endpoint")).value();
}

inline Topic<Item> topic_of(const Options& options) {
  return Topic<Item>::make("process/items", qos_of(options)).value();
}

inline constexpr Service<Item, Receipt> take{"process/take"};

/// Checks that each run's messages come in order, counts what is missing between them, and sums up how many each run
/// had sent by its last one that came, as it numbered them itself.
class Sequence final {
 public:
  /// Tells "run" at the first message of a run.
  void arrived(const Item& item);
  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
  /// The number of the run's last message so far.
  [[nodiscard]] std::uint64_t last_of(std::uint64_t run) const;
  [[nodiscard]] Json counts() const;

 private:
  struct Run {
    std::uint64_t last = 0, received = 0;
  };
  std::map<std::uint64_t, Run> runs_;
  std::uint64_t received_ = 0, missing_ = 0, disorder_ = 0, torn_ = 0;
};

int publish(const Node& node, const Options& options);
int subscribe(const Node& node, const Options& options);
int exchange(const Node& node, const Options& options);
int call(const Node& node, const Options& options);
int serve(const Node& node, const Options& options);
int together(const Node& node, const Options& options);
int directory(const Node& node, const Options& options);
int produce(const Node& node, const Options& options);
int work(const Node& node, const Options& options);
int mourn(const Node& node, const Options& options);

}  // namespace weft::process
