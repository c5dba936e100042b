// weft topic echo: prints the messages of a topic, whatever their type.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/exit.hpp"
#include "node/dynamic.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Echo {
  std::string topic;
  Peers peers;
  Limits limits;
  bool json = false;
  bool reliable = false;
};

nlohmann::ordered_json with_header(const DynamicSample& sample, nlohmann::ordered_json message) {
  const auto& header = sample.header();
  return {{"type", sample.schema().name()},
          {"sequence", header.sequence},
          {"stamp", header.stamp.time_since_epoch().count()},
          {"source", fmt::format("{:016x}:{}", header.source.context, header.source.port)},
          {"message", std::move(message)}};
}

/// What cannot be read is said on standard error: it is one publisher's, and others may be sound.
Result<void> print(const Echo& echo, bool to_terminal, const DynamicSample& sample) {
  auto read = sample.json();
  if (!read) {
    app::fail("weft", read.error());
    return {};
  }
  auto message = *std::move(read);
  if (echo.json) return print_line(json_line(with_header(sample, std::move(message))));
  if (!to_terminal) return print_line(json_line(message));
  const auto age = std::chrono::duration_cast<std::chrono::microseconds>(wall_now() - sample.header().stamp);
  return print_line(fmt::format("── {} #{}, {} µs ago\n{}", sample.schema().name(), sample.header().sequence,
                                age.count(), for_people(message)));
}

Result<void> echo(const Echo& options, Tool& tool) {
  const Qos qos{.reliability = options.reliable ? Reliability::reliable : Reliability::best_effort};
  WEFT_TRY(auto subscriber, DynamicSubscriber::create(tool.context, options.topic, qos));
  WEFT_CHECK(attach(subscriber, options.peers));
  WEFT_TRY(const int fd, subscriber.fd());
  const auto deadline = options.limits.deadline();
  for (std::uint64_t printed = 0; options.limits.count == 0 || printed < options.limits.count;) {
    if (auto sample = subscriber.try_receive()) {
      WEFT_CHECK(print(options, tool.to_terminal, *sample));
      ++printed;
      if (!tool.interrupt.requested()) continue;
      return {};
    }
    WEFT_TRY(const auto woken, tool.interrupt.wait(fd, deadline));
    if (woken == app::Interrupt::Woken::interrupted) return {};
    if (woken == app::Interrupt::Woken::ready) continue;
    if (options.limits.count == 0 && printed > 0) return {};
    auto late = subscriber.receive(Deadline::passed());
    return late ? Result<void>() : std::move(late).error();
  }
  return {};
}

}  // namespace

void add_topic_echo(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Echo>();
  auto* verb = topic.add_subcommand("echo", "Print the messages of a topic, of any type");
  verb->add_option("topic", options->topic, "The topic's name, as robot/imu")->required();
  options->peers.add_to(*verb);
  options->limits.add_to(*verb);
  verb->add_flag("--json", options->json, "One JSON object a line: type, sequence, stamp, source, message");
  verb->add_flag("--reliable", options->reliable, "Let the publisher wait for us rather than drop");
  verb->footer("Example: weft topic echo host/cpu --connect ipc://hostmon-cpu --count 3");
  verb->final_callback([options, &run] { run = [options](Tool& tool) { return echo(*options, tool); }; });
}

}  // namespace weft::tool
