// weft queue push: puts JSON into a queue as items of its type, and waits until all are done.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "codec/dynamic.hpp"
#include "common/deadline.hpp"
#include "node/dynamic.hpp"
#include "weft/lines.hpp"
#include "weft/patience.hpp"
#include "weft/schemas.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Push {
  std::string queue;
  std::vector<std::string> items;
  std::string schema;
  Peers peers;
  std::string key;
  std::uint8_t priority = 0;
  double rate = 0;
  double timeout = 0;

  [[nodiscard]] bool from_input() const { return items == std::vector<std::string>{"-"}; }
};

std::uint64_t not_done(const QueueCounters& counters) {
  return counters.pushed - counters.done - counters.dead - counters.lost;
}

/// One push after the other, and the wait for the end of all; on a terminal, with how far they have come.
class Pushing final {
 public:
  Pushing(DynamicProducer& producer, const Push& options, Tool& tool)
      : producer_(producer),
        options_(options),
        tool_(tool),
        patience_(discovery::PortKind::worker, options.queue, options.peers, tool) {}

  /// False: interrupted.
  Result<bool> push(const Json& item) {
    WEFT_TRY(const bool now_then, keep_pace());
    if (!now_then) return false;
    const PushOptions how{options_.key, options_.priority};
    return unless_interrupted(tool_.interrupt, app::deadline_in(options_.timeout),
                              [&](Deadline slice) { return and_show(producer_.push(item, how, slice)); });
  }

  /// Waits until all is done. Errors: timeout; cancelled, Ctrl-C, with how many are not done; internal, some are dead.
  Result<void> finish() {
    auto done = unless_interrupted(tool_.interrupt, app::deadline_in(options_.timeout),
                                   [&](Deadline slice) { return and_show(producer_.flush(slice)); });
    shown_at_ = {};
    WEFT_CHECK(show());
    if (tool_.terminal.is_terminal) WEFT_CHECK(print_text("\n"));
    if (!done) return std::move(done).error();
    const auto counters = producer_.counters();
    if (const auto left = not_done(counters); left != 0) {
      return Error{
          Errc::cancelled,
          fmt::format("{}: interrupted; {} of {} items are not done: what is not within a second is lost",
                      shown(options_.queue), left, counters.pushed)};
    }
    if (counters.dead == 0) return {};
    return Error{Errc::internal,
                 fmt::format("{}: {} of {} items failed too often; they went to the topic {}/dead",
                             shown(options_.queue), counters.dead, counters.pushed, shown(options_.queue))};
  }

 private:
  static constexpr Duration between_shows = std::chrono::milliseconds(100);

  /// Waits until it is the next one's turn. False: interrupted.
  Result<bool> keep_pace() {
    if (options_.rate == 0) return true;
    WEFT_TRY(const auto woken, tool_.interrupt.wait(-1, Deadline::at(next_)));
    next_ += std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / options_.rate));
    return woken != app::Interrupt::Woken::interrupted;
  }

  /// What came of a wait, once it has been shown how far all has come.
  Result<void> and_show(Result<void> waited) {
    patience_.look([this] { return producer_.wait_matched(1, Deadline::passed()); });
    WEFT_CHECK(show());
    return waited;
  }

  Result<void> show() {
    if (!tool_.terminal.is_terminal || now() < shown_at_ + between_shows) return {};
    shown_at_ = now();
    const auto counters = producer_.counters();
    auto line = fmt::format("{} of {} done", counters.done, counters.pushed);
    if (counters.dead != 0) line += fmt::format(", {} dead", counters.dead);
    line += fmt::format(", workers: {}", producer_.matched());
    const auto width = std::exchange(width_, line.size());
    if (line.size() < width) line.append(width - line.size(), ' ');
    return print_text(app::cut(line, tool_.terminal.width) + "\r");
  }

  DynamicProducer& producer_;
  const Push& options_;
  Tool& tool_;
  Patience patience_;
  Instant next_ = now();
  Instant shown_at_{};
  std::size_t width_ = 0;
};

Result<DynamicProducer> open(const Push& options, std::shared_ptr<const Schema> schema, Tool& tool) {
  WEFT_TRY(const auto context, tool.context());
  const Qos qos{.reliability = Reliability::reliable};  // what it offers: less suits every worker, too
  WEFT_TRY(auto producer, DynamicProducer::create(context, options.queue, qos, std::move(schema)));
  WEFT_CHECK(attach(producer, options.peers));
  return producer;
}

/// A producer that knows its type: of those that do not, the dead would have none. Nothing: interrupted.
Result<std::optional<DynamicProducer>> open_typed(const Push& options, Tool& tool) {
  WEFT_TRY(auto schema, type_to_send(Sort::queue, options.queue, {options.schema, options.peers}, tool));
  if (!schema) {
    WEFT_TRY(auto untyped, open(options, nullptr, tool));
    const Awaited awaited{Sort::queue, options.queue, 1, options.peers, options.timeout};
    WEFT_TRY(const bool known, wait_for_type(untyped, awaited, tool));
    if (!known) return std::optional<DynamicProducer>();
    schema = untyped.schema();
  }
  WEFT_TRY(auto producer, open(options, std::move(schema), tool));
  return std::optional(std::move(producer));
}

/// None of them is pushed before all are known to be sound.
Result<std::vector<Json>> given_items(const Push& options) {
  std::vector<Json> out;
  if (options.from_input()) return out;
  for (const auto& text : options.items) {
    WEFT_TRY(auto item, json_from(text, "the item"));
    out.push_back(std::move(item));
  }
  return out;
}

Result<void> push_all(Pushing& pushing, const std::vector<Json>& items, const Push& options, Tool& tool) {
  if (options.from_input())
    return each_json("-", tool.interrupt, [&](const Json& item) { return pushing.push(item); });
  for (const auto& item : items) {
    WEFT_TRY(const bool pushed, pushing.push(item));
    if (!pushed) return {};
  }
  return {};
}

Result<void> push(const Push& options, Tool& tool) {
  WEFT_TRY(const auto items, given_items(options));
  WEFT_TRY(auto producer, open_typed(options, tool));
  if (!producer) {
    return Error{Errc::cancelled,
                 fmt::format("{}: interrupted before anybody said its type; nothing was pushed",
                             shown(options.queue))};
  }
  for (const auto& item : items)
    WEFT_CHECK(from_json(*producer->schema(), item));
  Pushing pushing(*producer, options, tool);
  auto pushed = push_all(pushing, items, options, tool);
  auto finished = pushing.finish();  // what was pushed before a line that is wrong, too
  return pushed ? std::move(finished) : std::move(pushed);
}

}  // namespace

void add_queue_push(app::Command& queue, Run& run) {
  auto options = std::make_shared<Push>();
  auto verb = queue.verb("push", "Put items into a queue of any type, and wait until they are done");
  verb.option("queue", options->queue, "The queue's name, as image/jobs").required();
  verb.option("items", options->items, "Items as JSON, or -: a JSON object a line of standard input")
      .required()
      .value("JSON");
  options->peers.add_connect_to(verb);
  verb.option("--schema", options->schema, "The queue's type: canonical text, or @FILE").value("SCHEMA");
  verb.option("-k,--key", options->key, "Items of one key are done one after the other, in their order")
      .value("KEY");
  verb.option("-p,--priority", options->priority, "Items of higher priority are given out first")
      .value("0..255")
      .show_default();
  verb.option("-r,--rate", options->rate, "Items a second (0: as they come)").range(0.0, 1e6).value("HZ");
  verb.option("-t,--timeout", options->timeout,
              "Seconds to wait for room, and in the end until all is done (0: for ever)")
      .not_negative()
      .value("SECONDS");
  verb.footer(
      "Without --schema, and where nobody has the queue yet, it waits for the first worker that says the "
      "type.\n"
      "The items are in this program until they are done: Ctrl-C says how many are not, and gives these "
      "a second.\n"
      R"(Example: weft queue push image/jobs '{"path":"a.png"}' '{"path":"b.png"}')");
  verb.on_given([options, &run] { run = [options](Tool& tool) { return push(*options, tool); }; });
}

}  // namespace weft::tool
