// weft queue pull: takes items out of a queue, whatever their type, and prints them.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "codec/pretty.hpp"
#include "common/deadline.hpp"
#include "common/exit.hpp"
#include "node/dynamic.hpp"
#include "weft/patience.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Pull {
  std::string queue;
  Peers peers;
  std::uint64_t count = 0;
  double timeout = 0;
  bool no_ack = false;
  bool best_effort = false;
  bool json = false;
};

Json with_header(const DynamicItem& item, const Json& value) {
  const auto& header = item.sample().header();
  return {{"type", item.sample().schema().name()},
          {"sequence", header.sequence},
          {"stamp", header.stamp.time_since_epoch().count()},
          {"source", fmt::format("{:016x}:{}", header.source.context, header.source.port)},
          {"attempt", item.attempt()},
          {"item", value}};
}

std::string for_terminal(const DynamicItem& item, const Json& value, const app::Terminal& terminal) {
  const auto& schema = item.sample().schema();
  const auto heading =
      fmt::format("── {} #{}, attempt {}", schema.name(), item.sample().header().sequence, item.attempt());
  return terminal.paint(app::Colour::grey, heading) + "\n" +
         pretty(schema.root(), value, {.colour = terminal.colours}) + "\n";
}

/// Takes items, and is done with each once it is written.
class Pulling final {
 public:
  Pulling(DynamicWorker& worker, const Pull& options, Tool& tool)
      : worker_(worker), options_(options), tool_(tool) {}

  /// Until there are as many as were asked for, none comes in time, or Ctrl-C.
  Result<void> run() {
    WEFT_TRY(const int fd, worker_.fd());
    Patience patience(discovery::PortKind::producer, options_.queue, options_.peers, tool_);
    while (options_.count == 0 || printed_ < options_.count) {
      if (auto item = worker_.try_receive()) {
        patience.end();
        WEFT_CHECK(take(*std::move(item)));
        if (tool_.interrupt.requested()) return {};
        continue;
      }
      WEFT_TRY(const auto woken, tool_.interrupt.wait(fd, earlier(until_, patience.deadline())));
      if (woken == app::Interrupt::Woken::interrupted) return {};
      patience.look([this]() -> Result<void> {
        if (worker_.matched()) return {};
        return Error{Errc::timeout, {}};
      });
      if (woken != app::Interrupt::Woken::ready && until_.has_passed(now())) return ended();
    }
    return {};
  }

 private:
  Result<void> take(DynamicItem item) {
    auto value = item.sample().json();
    if (!value) {  // one producer's, and others may be sound
      app::fail("weft", value.error());
      return {};
    }
    WEFT_CHECK(print(item, *value));
    ++printed_;
    until_ = app::deadline_in(options_.timeout);
    if (options_.no_ack) {
      kept_.push_back(std::move(item));
    } else {
      item.done();
    }
    return {};
  }

  Result<void> print(const DynamicItem& item, const Json& value) const {
    if (options_.json) return print_line(json_line(with_header(item, value)));
    if (tool_.terminal.is_terminal) return print_text(for_terminal(item, value, tool_.terminal));
    return print_line(json_line(value));
  }

  /// How it went when the time has passed.
  Result<void> ended() {
    if (printed_ == 0) {
      auto late = worker_.receive(Deadline::passed());
      return late ? Result<void>() : std::move(late).error();
    }
    return options_.count == 0 ? Result<void>() : too_few(options_.queue, "items", printed_, options_.count);
  }

  DynamicWorker& worker_;
  const Pull& options_;
  Tool& tool_;
  std::uint64_t printed_ = 0;
  Deadline until_ = app::deadline_in(options_.timeout);
  std::vector<DynamicItem> kept_;  // given back when it goes
};

Result<void> pull(const Pull& options, Tool& tool) {
  WEFT_TRY(const auto context, tool.context());
  const Qos qos{.reliability = options.best_effort ? Reliability::best_effort : Reliability::reliable};
  WEFT_TRY(auto worker, DynamicWorker::create(context, options.queue, qos));
  WEFT_CHECK(attach(worker, options.peers));
  return Pulling(worker, options, tool).run();
}

}  // namespace

void add_queue_pull(app::Command& queue, Run& run) {
  auto options = std::make_shared<Pull>();
  auto verb = queue.verb("pull", "Take items out of a queue of any type, and print them");
  verb.option("queue", options->queue, "The queue's name, as image/jobs").required();
  options->peers.add_bind_to(verb);
  verb.option("-n,--count", options->count, "Stop after this many items (0: no limit)").value("N");
  verb.option("-t,--timeout", options->timeout, "Seconds to wait for each item (0: for ever)")
      .not_negative()
      .value("SECONDS");
  auto no_ack = verb.flag("--no-ack", options->no_ack,
                          "Give the items back at the end, undone: each has failed once more then");
  verb.flag("--best-effort", options->best_effort,
            "Also of producers that forget an item once it is given to a worker")
      .excludes(no_ack);
  add_json_to(verb, options->json);
  verb.footer(
      "It is a worker: each item that it prints is done, once it is written, and nobody else gets it.\n"
      "In a pipe an item is a line of JSON; --json adds type, sequence, stamp, source and attempt.\n"
      "Example: weft queue pull image/jobs --count 1");
  verb.on_given([options, &run] { run = [options](Tool& tool) { return pull(*options, tool); }; });
}

}  // namespace weft::tool
