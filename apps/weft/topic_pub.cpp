// weft topic pub: publishes JSON as messages of a topic's type.
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/foreign_text.hpp"
#include "common/deadline.hpp"
#include "node/dynamic.hpp"
#include "weft/lines.hpp"
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

using Json = nlohmann::ordered_json;

Result<Json> parse(const std::string& text, std::string_view where) {
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  return Error{Errc::invalid_argument, fmt::format("{}: not JSON: {}", where, shown(text, 60))};
}

Result<std::shared_ptr<const Schema>> schema_from(const std::string& option) {
  if (option.empty()) return std::shared_ptr<const Schema>();
  std::string text = option;
  if (option.front() == '@') {
    std::ifstream file(option.substr(1));
    if (!file) return sys_error(errno, "open", option.substr(1));
    text.resize(max_schema_bytes + 1);
    file.read(text.data(), std::streamsize(text.size()));
    text.resize(std::min(std::size_t(file.gcount()), text.find('\n')));
  }
  auto schema = Schema::parse(text);
  if (!schema) return Error{Errc::invalid_argument, std::move(schema).error().within("--schema").message};
  return std::make_shared<const Schema>(*std::move(schema));
}

/// False: interrupted.
Result<bool> send(DynamicPublisher& publisher, const Json& message, const Pub& options, Tool& tool) {
  return unless_interrupted(tool.interrupt, app::deadline_in(options.timeout),
                            [&](Deadline deadline) { return publisher.send(message, deadline); });
}

/// Sends every line of a file ("-": standard input), each a JSON object.
Result<void> send_lines(DynamicPublisher& publisher, const Pub& options, Tool& tool) {
  WEFT_TRY(auto lines, Lines::open(options.file, tool.interrupt));
  for (std::uint64_t number = 1;; ++number) {
    WEFT_TRY(const auto line, lines.next());
    if (!line) return {};
    if (line->empty()) continue;
    const auto where = fmt::format("{}:{}", options.file, number);
    WEFT_TRY(const auto message, parse(*line, where));
    auto sent = send(publisher, message, options, tool);
    if (!sent) return std::move(sent).error().within(where);
    if (!*sent) return {};
  }
}

Result<void> send_repeated(DynamicPublisher& publisher, const Pub& options, Tool& tool) {
  WEFT_TRY(const auto message, parse(options.message, "the message"));
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
  WEFT_TRY(auto schema, schema_from(options.schema));
  const Qos qos{.reliability = Reliability::reliable};
  WEFT_TRY(auto publisher, DynamicPublisher::create(tool.context, options.topic, qos, std::move(schema)));
  WEFT_CHECK(attach(publisher, options.peers));
  WEFT_TRY(const bool matched,
           unless_interrupted(tool.interrupt, app::deadline_in(options.timeout),
                              [&](Deadline slice) { return publisher.wait_matched(options.wait, slice); }));
  if (!matched) return {};
  return options.file.empty() ? send_repeated(publisher, options, tool)
                              : send_lines(publisher, options, tool);
}

}  // namespace

void add_topic_pub(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Pub>();
  auto* verb = topic.add_subcommand("pub", "Publish JSON as messages of a topic");
  verb->add_option("topic", options->topic, "The topic's name, as robot/imu")->required();
  auto* message =
      verb->add_option("message", options->message, "The message as JSON; what is left out is zero");
  auto* file = verb->add_option("-f,--file", options->file,
                                "Take one JSON object a line from FILE (-: standard input)");
  file->excludes(message);
  options->peers.add_to(*verb);
  verb->add_option("-s,--schema", options->schema,
                   "The type, as canonical text or @FILE (else: the subscriber's)");
  verb->add_option("-n,--count", options->count, "Send the message this often (0: until Ctrl-C)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("-r,--rate", options->rate, "Messages a second")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  verb->add_option("-w,--wait", options->wait, "Subscribers to wait for before the first")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("-t,--timeout", options->timeout, "Seconds to wait for them, and for room (0: for ever)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->footer(R"(Example: weft topic pub chat/room '{"text":"hello"}' --connect ipc://chat)");
  verb->final_callback([options, &run] {
    if (options->message.empty() && options->file.empty()) throw CLI::RequiredError("message or --file");
    run = [options](Tool& tool) { return publish(*options, tool); };
  });
}

}  // namespace weft::tool
