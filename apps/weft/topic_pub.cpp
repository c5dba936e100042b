// weft topic pub: publishes JSON as messages of a topic's type.
#include <memory>

#include "codec/dynamic.hpp"
#include "common/deadline.hpp"
#include "node/dynamic.hpp"
#include "weft/lines.hpp"
#include "weft/schemas.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Pub {
  std::string topic;
  std::string message;
  std::string file;
  std::string schema;
  Peers peers;
  std::uint64_t count = 1;
  double rate = 1;
  std::uint32_t wait = 1;
  double timeout = 10;
};

/// False: interrupted.
Result<bool> send(DynamicPublisher& publisher, const Json& message, const Pub& options, Tool& tool) {
  return unless_interrupted(tool.interrupt, app::deadline_in(options.timeout),
                            [&](Deadline deadline) { return publisher.send(message, deadline); });
}

/// Sends every line of a file ("-": standard input), each a JSON object.
Result<void> send_lines(DynamicPublisher& publisher, const Pub& options, Tool& tool) {
  return each_json(options.file, tool.interrupt,
                   [&](const Json& message) { return send(publisher, message, options, tool); });
}

Result<void> send_repeated(DynamicPublisher& publisher, const Json& message, const Pub& options, Tool& tool) {
  const auto period = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / options.rate));
  auto next = now();
  for (std::uint64_t sent = 0; options.count == 0 || sent < options.count; ++sent) {
    WEFT_TRY(const auto woken, tool.interrupt.wait(-1, Deadline::at(next)));
    if (woken == app::Interrupt::Woken::interrupted) return {};
    WEFT_TRY(const bool done, send(publisher, message, options, tool));
    if (!done) return {};
    next += period;
  }
  return {};
}

Result<void> publish(const Pub& options, Tool& tool) {
  if (options.message.empty() && options.file.empty())
    return Error{Errc::invalid_argument, "message or --file is required (weft topic pub --help)"};
  Json message;
  if (options.file.empty()) {
    WEFT_TRY(message, json_from(options.message, "the message"));
  }
  WEFT_TRY(auto schema, type_to_send(Sort::topic, options.topic, {options.schema, options.peers}, tool));
  if (schema && options.file.empty()) WEFT_CHECK(from_json(*schema, message));
  WEFT_TRY(const auto context, tool.context());
  const Qos qos{.reliability = Reliability::reliable};
  WEFT_TRY(auto publisher, DynamicPublisher::create(context, options.topic, qos, std::move(schema)));
  WEFT_CHECK(attach(publisher, options.peers));
  const Awaited awaited{Sort::topic, options.topic, options.wait, options.peers, options.timeout};
  WEFT_TRY(const bool matched, wait_for_type(publisher, awaited, tool));
  if (!matched) return {};
  return options.file.empty() ? send_repeated(publisher, message, options, tool)
                              : send_lines(publisher, options, tool);
}

}  // namespace

void add_topic_pub(app::Command& topic, Run& run) {
  auto options = std::make_shared<Pub>();
  auto verb = topic.verb("pub", "Publish JSON as messages of a topic");
  verb.option("topic", options->topic, "The topic's name, as robot/imu").required();
  auto message = verb.option("message", options->message, "The message as JSON; what is left out is zero");
  auto file =
      verb.option("-f,--file", options->file, "Take one JSON object a line from FILE (-: standard input)")
          .value("FILE");
  file.excludes(message);
  options->peers.add_to(verb);
  verb.option(
          "-s,--schema", options->schema,
          "The type, as canonical text or @FILE (else: what others say of the topic; where nobody does, the "
          "first subscriber that has one)")
      .value("SCHEMA");
  verb.option("-n,--count", options->count, "Send the message this often (0: until Ctrl-C)")
      .value("N")
      .show_default();
  verb.option("-r,--rate", options->rate, "Messages a second").range(1e-6, 1e6).value("HZ").show_default();
  verb.option("-w,--wait", options->wait, "Subscribers to wait for before the first")
      .value("N")
      .show_default();
  verb.option("-t,--timeout", options->timeout, "Seconds to wait for them, and for room (0: for ever)")
      .not_negative()
      .value("SECONDS")
      .show_default();
  verb.footer(
      "Without --schema, and where nobody has the topic yet, it waits for the first subscriber that says the "
      "type.\n"
      R"(Example: weft topic pub chat/room '{"text":"hello"}')");
  verb.on_given([options, &run] { run = [options](Tool& tool) { return publish(*options, tool); }; });
}

}  // namespace weft::tool
