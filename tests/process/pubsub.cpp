#include <algorithm>

#include "peer.hpp"

namespace weft::process {

void Sequence::arrived(const Item& item) {
  ++received_;
  const bool whole = std::ranges::all_of(item.load, [&](std::byte each) { return each == load_of(item); });
  if (!whole) ++torn_;
  const auto [found, is_new] = runs_.try_emplace(item.run);
  auto& run = found->second;
  if (is_new) {
    tell("run", {{"run", item.run}, {"first", item.number}});
  } else if (item.number <= run.last) {
    ++disorder_;
  } else {
    missing_ += item.number - run.last - 1;
  }
  run.last = item.number;
  ++run.received;
}

std::uint64_t Sequence::last_of(std::uint64_t run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? 0 : found->second.last;
}

Json Sequence::counts() const {
  std::uint64_t numbered = 0;
  Json runs = Json::object();
  for (const auto& [number, run] : runs_) {
    numbered += run.last;
    runs[std::to_string(number)] = run.received;
  }
  return {{"received", received_}, {"missing", missing_},  {"disorder", disorder_},
          {"torn", torn_},         {"numbered", numbered}, {"runs", runs}};
}

namespace {

class PublisherPeer final {
 public:
  PublisherPeer(Publisher<Item> publisher, const Options& options)
      : publisher_(std::move(publisher)), pace_(std::chrono::microseconds(options.number("pace_us", 0))) {
    item_.run = options.number("run", 1);
    item_.load.resize(options.number("size", 64));
    tell("bound", {{"endpoint", place_of(publisher_, options)}});
  }

  void run() {
    for (;;) {
      const bool busy = item_.number < target_;
      if (busy) send();
      const bool look = !busy || pace_ != Duration::zero() || item_.number % 64 == 0;
      const auto command = look ? commands_.next(busy ? pace_ : Duration::max()) : std::nullopt;
      if (command && command->verb == "close") return;
      if (command) obey(*command);
    }
  }

 private:
  void send() {
    ++item_.number;
    std::ranges::fill(item_.load, load_of(item_));
    const auto begin = now();
    publisher_.send(item_).value();
    longest_ = std::max(longest_, now() - begin);
    if (item_.number == target_) {
      tell("sent", {{"number", target_}, {"longest_us", longest_.count() / 1000}});
    }
  }

  void obey(const Command& command) {
    if (command.verb == "send") target_ += command.number;
    if (command.verb == "stop") {
      target_ = item_.number;
      tell("sent", {{"number", target_}});
    }
    if (command.verb == "counters") tell("counters", to_json(publisher_.counters()));
    if (command.verb == "match") {
      publisher_.wait_matched(std::uint32_t(command.number), Deadline::none()).value();
      tell("matched");
    }
  }

  Publisher<Item> publisher_;
  Commands commands_;
  const Duration pace_;
  Item item_;
  std::uint64_t target_ = 0;
  Duration longest_{};
};

class SubscriberPeer final {
  /// After which one that waits in receive() looks for commands.
  static constexpr auto a_moment = std::chrono::milliseconds(5);

 public:
  SubscriberPeer(Subscriber<Item> subscriber, const Options& options)
      : subscriber_(std::move(subscriber)),
        waits_(options.number("waits", 0) != 0),
        whole_run_(options.number("whole", 0)) {
    if (!found(options)) subscriber_.connect(options.text("endpoint")).value();
  }

  void run() {
    const int fd = subscriber_.fd().value();
    for (;;) {
      const bool received = receive();
      report();
      const bool look = !received || sequence_.received() % 64 == 0;
      const bool polls = !received && !waits_;
      const auto command =
          look ? commands_.next(polls ? Duration::max() : Duration::zero(), fd) : std::nullopt;
      if (command && command->verb == "close") return;
      if (command) obey(*command);
    }
  }

 private:
  bool receive() {
    if (waits_) {
      const auto sample = subscriber_.receive(a_moment);
      if (sample) sequence_.arrived(**sample);
      return sample.has_value();
    }
    const auto sample = subscriber_.try_receive();
    if (sample) sequence_.arrived(**sample);
    return sample.has_value();
  }

  /// Tells each awaited thing once it is so.
  void report() {
    if (at_ && sequence_.received() >= *at_) {
      at_.reset();
      tell("at", sequence_.counts());
    }
    if (live_ && subscriber_.matched() == *live_) {
      live_.reset();
      tell("live");
    }
    if (known_ && subscriber_.counters().total.sent >= *known_) {
      known_.reset();
      tell("known");
    }
    if (whole_ && sequence_.last_of(*whole_) >= whole_run_) {
      whole_.reset();
      tell("whole");
    }
  }

  void obey(const Command& command) {
    if (command.verb == "at") at_ = sequence_.received() + command.number;
    if (command.verb == "until") at_ = command.number;
    if (command.verb == "live") live_ = command.number;
    if (command.verb == "known") known_ = command.number;
    if (command.verb == "whole") whole_ = command.number;
    if (command.verb != "counters") return;
    auto counters = to_json(subscriber_.counters());
    counters.update(sequence_.counts());
    tell("counters", counters);
  }

  Subscriber<Item> subscriber_;
  Commands commands_;
  Sequence sequence_;
  const bool waits_;
  const std::uint64_t whole_run_;
  std::optional<std::uint64_t> at_, live_, known_, whole_;
};

}  // namespace

int publish(const Node& node, const Options& options) {
  PublisherPeer(node.publisher(topic_of(options)).value(), options).run();
  return 0;
}

int subscribe(const Node& node, const Options& options) {
  SubscriberPeer(node.subscriber(topic_of(options)).value(), options).run();
  return 0;
}

}  // namespace weft::process
