#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "peer.hpp"

namespace weft::process {

namespace {

/// One side of many topics, which are this test's alone: "match N" makes a port for each topic of the N-th lot, and waits
/// until all are matched; "exchange N" does, and exchanges the first message on each. The ports stay until the next lot.
template <class Port>
class ExchangePeer final {
 public:
  ExchangePeer(const Node& node, const Options& options)
      : node_(node), lot_(options.number("topics", 1)), qos_(qos_of(options)) {}

  void run() {
    for (;;) {
      const auto command = commands_.next(Duration::max());
      if (command && command->verb == "close") return;
      if (!command) continue;
      match(command->number * lot_);
      if (command->verb == "exchange") exchange(command->number * lot_);
    }
  }

 private:
  static constexpr bool sends = std::is_same_v<Port, Publisher<Item>>;

  void match(std::uint64_t first) {
    ports_.clear();
    for (auto topic = first; topic < first + lot_; ++topic)
      ports_.push_back(port_of(Topic<Item>::make(fmt::format("process/topic_{}", topic), qos_).value()));
    for (auto& port : ports_)
      port.wait_matched(1, Deadline::none()).value();
    tell("matched");
  }

  void exchange(std::uint64_t first) {
    std::uint64_t carried = 0;
    for (auto& port : ports_)
      carried += carry(port, first++) ? 1U : 0U;
    tell("exchanged", {{sends ? "sent" : "received", carried}});
  }

  Port port_of(const Topic<Item>& topic) {
    if constexpr (sends) {
      return node_.publisher(topic).value();
    } else {
      return node_.subscriber(topic).value();
    }
  }

  static bool carry(Publisher<Item>& publisher, std::uint64_t topic) {
    return publisher.send({.run = topic, .number = 1, .load = {}}).has_value();
  }
  static bool carry(Subscriber<Item>& subscriber, std::uint64_t topic) {
    const auto first = subscriber.receive(Deadline::none());
    return first && (*first)->run == topic && (*first)->number == 1;
  }

  const Node& node_;
  const std::uint64_t lot_;
  const Qos qos_;
  Commands commands_;
  std::vector<Port> ports_;
};

}  // namespace

int exchange(const Node& node, const Options& options) {
  if (options.text("side") == "publisher") {
    ExchangePeer<Publisher<Item>>(node, options).run();
  } else {
    ExchangePeer<Subscriber<Item>>(node, options).run();
  }
  return 0;
}

}  // namespace weft::process
