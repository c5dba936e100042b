// weft topic echo: prints the messages of a topic, whatever their type.
#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "codec/field_path.hpp"
#include "codec/filter.hpp"
#include "codec/pretty.hpp"
#include "common/exit.hpp"
#include "node/dynamic.hpp"
#include "weft/patience.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Echo {
  std::string topic;
  Peers peers;
  Limits limits;
  std::vector<std::string> fields;
  std::string filter;
  bool json = false;
  bool full = false;
  bool reliable = false;
};

/// What --field and --filter ask for, of one type.
struct Selection {
  std::shared_ptr<const Schema> schema;
  std::vector<const Type*> types;  // of the fields, in the schema
  std::optional<Filter> filter;
};

/// Prints messages; knows what was asked for, for each type that comes.
class Printer {
 public:
  static Result<Printer> create(const Echo& options, const app::Terminal& terminal) {
    Printer out(options, terminal);
    for (const auto& field : options.fields) {
      WEFT_TRY(auto path, FieldPath::parse(field));
      out.paths_.push_back(std::move(path));
    }
    if (!options.filter.empty()) {
      WEFT_TRY(out.filter_, Filter::parse(options.filter));
    }
    return out;
  }

  /// False: the filter does not let it pass. What cannot be read is said on standard error: it is one publisher's, and
  /// others may be sound. Errors: --field or --filter do not fit the type; the output's.
  Result<bool> print(const DynamicSample& sample) {
    auto read = sample.json();
    if (!read) {
      app::fail("weft", read.error());
      return true;
    }
    WEFT_TRY(const auto* selection, selection_for(sample.schema()));
    if (selection->filter && !selection->filter->passes(*read)) return false;
    WEFT_CHECK(print_selected(*selection, sample, *read));
    return true;
  }

 private:
  Printer(const Echo& options, const app::Terminal& terminal) : options_(options), terminal_(terminal) {}

  Result<const Selection*> selection_for(const Schema& schema) {
    const auto found = selections_.find(schema.fingerprint());
    if (found != selections_.end()) return &found->second;
    Selection made{std::make_shared<const Schema>(schema), {}, {}};
    for (const auto& path : paths_) {
      WEFT_TRY(const auto* type, path.type_in(*made.schema));
      made.types.push_back(type);
    }
    if (filter_) {
      WEFT_TRY(made.filter, filter_->for_type(schema));
    }
    return &selections_.emplace(schema.fingerprint(), std::move(made)).first->second;
  }

  Result<void> print_selected(const Selection& selection, const DynamicSample& sample, const Json& message) {
    if (options_.json) return print_line(json_line(with_header(sample, message)));
    if (terminal_.is_terminal) return print_text(for_terminal(selection, sample, message));
    if (paths_.empty()) return print_line(json_line(message));
    return print_line(json_line(paths_.size() == 1 ? value_at(paths_.front(), message) : fields_of(message)));
  }

  static Json value_at(const FieldPath& path, const Json& message) {
    const auto* value = path.resolve(message);
    return value == nullptr ? Json() : *value;
  }

  [[nodiscard]] Json fields_of(const Json& message) const {
    Json out = Json::object();
    for (const auto& path : paths_)
      out[path.text()] = value_at(path, message);
    return out;
  }

  [[nodiscard]] Json with_header(const DynamicSample& sample, const Json& message) const {
    const auto& header = sample.header();
    Json out{{"type", sample.schema().name()},
             {"sequence", header.sequence},
             {"stamp", header.stamp.time_since_epoch().count()},
             {"source", fmt::format("{:016x}:{}", header.source.context, header.source.port)}};
    out[paths_.empty() ? "message" : "fields"] = paths_.empty() ? message : fields_of(message);
    return out;
  }

  [[nodiscard]] std::string for_terminal(const Selection& selection, const DynamicSample& sample,
                                         const Json& message) const {
    const PrettyOptions options{.full = options_.full, .colour = terminal_.colours};
    std::string out;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (paths_.size() > 1) out += terminal_.paint(app::Colour::cyan, shown(paths_[i].text())) + ": ";
      out += pretty(*selection.types[i], value_at(paths_[i], message), options);
    }
    if (!paths_.empty()) return out;
    const auto age =
        std::chrono::duration_cast<std::chrono::microseconds>(wall_now() - sample.header().stamp);
    const auto heading =
        fmt::format("── {} #{}, {} µs ago", sample.schema().name(), sample.header().sequence, age.count());
    return terminal_.paint(app::Colour::grey, heading) + "\n" +
           pretty(sample.schema().root(), message, options) + "\n";
  }

  const Echo& options_;
  const app::Terminal& terminal_;
  std::vector<FieldPath> paths_;
  std::optional<Filter> filter_;
  std::map<std::uint64_t, Selection> selections_;  // by fingerprint
};

/// How it went when the time has passed.
Result<void> ended(DynamicSubscriber& subscriber, const Echo& options, std::uint64_t came,
                   std::uint64_t printed) {
  const auto wanted = options.limits.count;
  if (printed > 0 && printed >= wanted) return {};
  if (came == 0) {
    auto late = subscriber.receive(Deadline::passed());
    return late ? Result<void>() : std::move(late).error();
  }
  if (options.filter.empty()) return too_few(options.topic, "messages", printed, wanted);
  return Error{Errc::timeout, fmt::format("{}: {} came, {} passed the filter", shown(options.topic),
                                          came == 1 ? "1 message" : fmt::format("{} messages", came),
                                          printed == 0 ? "none" : fmt::format("{} of {}", printed, wanted))};
}

Result<void> echo(const Echo& options, Tool& tool) {
  WEFT_TRY(auto printer, Printer::create(options, tool.terminal));
  WEFT_TRY(const auto context, tool.context());
  const Qos qos{.reliability = options.reliable ? Reliability::reliable : Reliability::best_effort};
  WEFT_TRY(auto subscriber, DynamicSubscriber::create(context, options.topic, qos));
  WEFT_CHECK(attach(subscriber, options.peers));
  WEFT_TRY(const int fd, subscriber.fd());
  const auto deadline = options.limits.deadline();
  Patience patience(discovery::PortKind::publisher, options.topic, options.peers, tool);
  const auto matched = [&] { return subscriber.wait_matched(1, Deadline::passed()); };
  std::uint64_t came = 0;
  for (std::uint64_t printed = 0; options.limits.count == 0 || printed < options.limits.count;) {
    if (auto sample = subscriber.try_receive()) {
      if (came++ == 0) patience.end();
      WEFT_TRY(const bool passed, printer.print(*sample));
      printed += passed ? 1 : 0;
      if (tool.interrupt.requested()) return {};
      if (deadline.has_passed(now())) return ended(subscriber, options, came, printed);
      continue;
    }
    const auto until = came != 0 ? deadline : earlier(deadline, patience.deadline());
    WEFT_TRY(const auto woken, tool.interrupt.wait(fd, until));
    if (woken == app::Interrupt::Woken::interrupted) return {};
    if (came == 0) patience.look(matched);
    if (woken != app::Interrupt::Woken::ready && deadline.has_passed(now()))
      return ended(subscriber, options, came, printed);
  }
  return {};
}

}  // namespace

void add_topic_echo(app::Command& topic, Run& run) {
  auto options = std::make_shared<Echo>();
  auto verb = topic.verb("echo", "Print the messages of a topic, of any type");
  verb.option("topic", options->topic, "The topic's name, as robot/imu").required();
  options->peers.add_to(verb);
  options->limits.add_to(verb);
  verb.option("--field", options->fields,
              "Only this part, as accel.x, points[2].y, limits[\"left\"]; may be repeated")
      .value("PATH")
      .one_value_each();
  verb.option("--filter", options->filter,
              "Only messages for which this holds, as 'accel.z > 9.5 && mode == busy'; with &&, ||, !, ( )")
      .value("EXPR");
  add_json_to(verb, options->json);
  verb.flag("--full", options->full, "On a terminal: long lists, strings and bytes whole");
  verb.flag("--reliable", options->reliable, "Let the publisher wait for us rather than drop");
  verb.footer(
      "It waits for a publisher, and takes its type.\n"
      "In a pipe a message is a line of JSON, and with one --field its value; --json\n"
      "adds type, sequence, stamp and source.\n"
      "Example: weft topic echo host/cpu --field busy --filter 'busy > 0.5'");
  verb.on_given([options, &run] { run = [options](Tool& tool) { return echo(*options, tool); }; });
}

}  // namespace weft::tool
