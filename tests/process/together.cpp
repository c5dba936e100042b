#include <stop_token>
#include <thread>

#include "peer.hpp"

namespace weft::process {

namespace {

constexpr auto look_again = std::chrono::milliseconds(20);

void stream(const Node& node, const Options& options) {
  const auto count = options.number("count", 0);
  auto publisher = node.publisher(topic_of(options)).value();
  auto subscriber = node.subscriber(topic_of(options)).value();
  subscriber.connect(publisher.bind(options.text("endpoint")).value()).value();
  publisher.wait_matched(1, Deadline::none()).value();
  const std::jthread sending([&publisher, &options, count] {
    Item item{.run = 1, .number = 0, .load = Bytes(options.number("size", 64))};
    while (item.number < count) {
      ++item.number;
      publisher.send(item).value();
    }
  });
  Sequence sequence;
  while (subscriber.counters().total.sent < count) {
    // Not for ever: what comes last may be dropped, and be known by the counters alone.
    if (const auto sample = subscriber.receive(look_again)) sequence.arrived(**sample);
  }
  auto counters = to_json(subscriber.counters());
  counters.update(sequence.counts());
  tell("counters", counters);
}

void calls(const Node& node, const Options& options) {
  const auto count = options.number("count", 0);
  auto server = node.serve(take, [](const Item& item) { return Receipt{item.number}; }).value();
  auto client = node.client(take).value();
  client.connect(server.bind(options.text("endpoint")).value()).value();
  const std::jthread serving([&server](const std::stop_token& stop) { server.run(stop).value(); });
  std::uint64_t answered = 0;
  for (Item request; request.number < count;) {
    ++request.number;
    if (client.call(request, Deadline::none()).wait().value()->number == request.number) ++answered;
  }
  tell("called", {{"answered", answered}});
}

}  // namespace

int together(const Node& node, const Options& options) {
  stream(node, options);
  calls(node, options);
  return 0;
}

}  // namespace weft::process
