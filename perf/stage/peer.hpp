// Peer: a middleware as weft-perf uses it. An adapter is a program of its own in perf/peers/, whose main() is
//
//     int main(int argc, char** argv) { return weft::perf::play(argc, argv, [](auto& directory) { … }); }
//
// What      Ends carry payloads: bytes that begin with a Mark (mark.hpp). Each peer is used as its own documentation
//           recommends for speed, and writes into its own memory where it lends that out.
// Threads   Each end by one thread at a time.
// Lifetime  Ends go before their Peer.
// Errors    All throw std::exception, which ends the run with its text: it is a benchmark's. What a peer does not do at all it
//           says by Unsupported: then that is left out, with a line.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace weft::perf {

class Unsupported final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What both ends of a topic, service or queue know.
struct Channel {
  std::string name = "perf/data";
  std::string transport;  ///< One of the peer's.
  std::string directory;  ///< The run's own, for sockets and whatever else; empty at its start.
  std::vector<std::string>
      endpoints;             ///< Where the owners are that the others go to; as the owners' endpoint() says.
  std::uint32_t number = 0;  ///< Which one of its kind the end is.
  bool reliable = true;      ///< Waits rather than drops.
  std::uint32_t depth = 1000;    ///< Messages on their way at most, where the peer bounds that.
  std::uint64_t most_bytes = 0;  ///< Of a payload.
  bool spins = false;            ///< Waits by trying again and again.
  bool bursts = false;           ///< Messages follow each other without a pause: they may travel together.
};

/// Who sends: a publisher or a producer.
class Writer {
 public:
  virtual ~Writer() = default;
  /// Where its readers find it; empty: they do, or it is not the owner.
  [[nodiscard]] virtual std::string endpoint() const { return {}; }
  /// Until so many readers will receive all that is sent from now on.
  virtual void wait_for(std::uint32_t readers) = 0;
  /// Memory for the next payload, good until send().
  virtual std::span<std::byte> begin(std::size_t bytes) = 0;
  /// Sends it; waits for room, or drops it, as the channel says. In bursts it may wait for others, until finish().
  virtual void send() = 0;
  /// Until all has been sent, and is done, where the peer knows that.
  virtual void finish() {}
};

/// What was lost on the way, by cause, as the peer itself counts it.
using Drops = std::map<std::string, std::uint64_t>;

/// Who receives: a subscriber or a worker. An item is done when the next one is asked for.
class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] virtual std::string endpoint() const { return {}; }
  /// The next payload, good until the next call; nothing, if none came in some 100 ms.
  virtual std::optional<BytesView> receive() = 0;
  /// Has `take` look at all payloads that are there, or at the next that comes in some 100 ms; false if none did.
  virtual bool receive_each(const std::function<void(const BytesView& payload)>& take) {
    const auto payload = receive();
    if (payload) take(*payload);
    return payload.has_value();
  }
  /// Keeps the payload that came last, by receive(), as long as the pointer lives.
  virtual std::shared_ptr<const void> keep() = 0;
  /// Nothing, if the peer does not count.
  [[nodiscard]] virtual std::optional<Drops> drops() const { return {}; }
};

/// Who calls. Several calls may be under way; their replies may come in any order.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual void wait_for(std::uint32_t servers) = 0;
  virtual std::span<std::byte> begin(std::size_t bytes) = 0;
  virtual void send() = 0;
  /// The next reply, as Reader::receive.
  virtual std::optional<BytesView> receive() = 0;
};

/// Who answers, each request with its own bytes.
class Answerer {
 public:
  virtual ~Answerer() = default;
  [[nodiscard]] virtual std::string endpoint() const { return {}; }
  /// Answers what there is, waiting for it some 100 ms at most.
  virtual void serve() = 0;
};

/// What a peer may have: publishers and subscribers, producers and workers, clients and servers.
enum class Pair { topic, queue, service };

class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  /// Its transports that join processes, and those that do not.
  [[nodiscard]] virtual std::vector<std::string> transports() const = 0;
  [[nodiscard]] virtual bool crosses(const std::string& transport) const = 0;
  /// Whether its reliable queues know what has been done.
  [[nodiscard]] virtual bool acknowledges() const { return false; }
  [[nodiscard]] virtual std::set<Pair> pairs() const { return {Pair::topic, Pair::queue, Pair::service}; }
  /// Of the largest payload that it can carry here.
  [[nodiscard]] virtual std::uint64_t most_bytes() const { return UINT64_MAX; }
  // Null: it has no such thing.
  virtual std::unique_ptr<Writer> publisher(const Channel& /*channel*/) { return nullptr; }
  virtual std::unique_ptr<Reader> subscriber(const Channel& /*channel*/) { return nullptr; }
  virtual std::unique_ptr<Writer> producer(const Channel& /*channel*/) { return nullptr; }
  virtual std::unique_ptr<Reader> worker(const Channel& /*channel*/) { return nullptr; }
  virtual std::unique_ptr<Caller> client(const Channel& /*channel*/) { return nullptr; }
  virtual std::unique_ptr<Answerer> server(const Channel& /*channel*/) { return nullptr; }
};

}  // namespace weft::perf
