#include "verbs/fan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kit/directory.hpp"
#include "stage/mark.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

/// One that costs no more than some looks at the clock.
constexpr std::uint64_t short_message = 4096;

/// Publishers first.
std::vector<Task> tasks_of(const Road& road, const Fan& fan, const Options& options,
                           const std::string& directory) {
  auto task = task_of(road, fan, options, directory);
  task.channel.bursts = fan.rate == 0;
  task.stamped = fan.bytes <= short_message ? 16 : 1;
  std::vector<Task> tasks;
  task.role = Role::publish;
  task.others = fan.subscribers;
  for (task.number = 0; task.number < fan.publishers; ++task.number) {
    task.channel.number = task.number;
    tasks.push_back(task);
  }
  task.role = Role::subscribe;
  task.others = fan.publishers;
  for (task.number = 0; task.number < fan.subscribers; ++task.number) {
    task.channel.number = task.number;
    const auto rests = fan.slow.find(task.number);
    task.slow_ns = rests == fan.slow.end() ? 0 : rests->second;
    tasks.push_back(task);
  }
  return tasks;
}

/// What each subscriber got of each publisher, against what that sent.
class Books final {
 public:
  /// `apart`: each part was a process of its own.
  Books(const Fan& fan, bool apart, const std::vector<json>& results)
      : fan_(fan),
        apart_(apart),
        publishers_(results.begin(), results.begin() + fan.publishers),
        subscribers_(results.begin() + fan.publishers, results.end()) {}

  void enter(Sheet& sheet) {
    auto& details = sheet.cell.details;
    for (std::size_t i = 0; i < publishers_.size(); ++i)
      add(details["publishers"][i],
          {{"sent", publishers_[i].at("sent")}, {"measured", publishers_[i].at("measured")}});
    for (std::size_t i = 0; i < subscribers_.size(); ++i) {
      auto& its = details["subscribers"][i];
      add(its, check(i, sheet.cell.faults));
      if (latencies_[i].count() == 0) continue;
      auto& latency = sheet.parts[fmt::format("subscriber {}", i)];
      latency.add(latencies_[i]);
      its["p50"] = latency.quantile(0.5);
      its["p99"] = latency.quantile(0.99);
      its["p99.9"] = latency.quantile(0.999);
    }
    enter_rates(sheet);
    enter_latencies(sheet);
    enter_costs(sheet);
  }

 private:
  /// Adds one more round's numbers.
  static void add(nlohmann::ordered_json& sums, const std::map<std::string, std::uint64_t>& numbers) {
    for (const auto& [name, number] : numbers)
      sums[name] = number + (sums.contains(name) ? sums[name].get<std::uint64_t>() : 0);
  }

  /// One subscriber's own numbers: "arrived" and "lost" of all phases, which are together what was sent; "delivered" of the
  /// measured one.
  std::map<std::string, std::uint64_t> check(std::size_t i, std::vector<std::string>& faults) {
    const auto& subscriber = subscribers_[i];
    std::uint64_t lost = 0;
    std::uint64_t arrived = 0;
    std::uint64_t late = 0;
    std::uint64_t twice = 0;
    std::uint64_t strange = 0;
    for (std::size_t writer = 0; writer < publishers_.size(); ++writer) {
      const auto& tally = subscriber.at("writers").at(writer);
      const auto sent = publishers_[writer].at("sent").get<std::uint64_t>();
      const auto its = tally.at("delivered").get<std::uint64_t>();
      arrived += its;
      lost += sent - std::min(sent, its);
      strange += tally.at("last").get<std::uint64_t>() > sent;
      late += tally.at("late").get<std::uint64_t>();
      twice += tally.at("twice").get<std::uint64_t>();
    }
    lost_ += lost;
    std::uint64_t counted = 0;
    const auto drops = subscriber.value("drops", json::object());
    for (const auto& [cause, number] : drops.items()) {
      counted += number.get<std::uint64_t>();
      causes_[cause] += number.get<std::uint64_t>();
    }
    const auto say = [&](const std::string& fault) {
      faults.push_back(fmt::format("subscriber {}: {}", i, fault));
    };
    if (fan_.reliable && lost != 0) say(fmt::format("{} messages of a reliable topic did not arrive", lost));
    if (subscriber.contains("drops") && counted != lost)
      say(fmt::format("{} messages did not arrive, its peer counts {}", lost, counted));
    if (late != 0) say(fmt::format("{} messages came after later ones", late));
    if (twice != 0) say(fmt::format("{} messages came twice", twice));
    if (strange != 0) say("a message arrived that was not sent");
    if (subscriber.at("broken") != 0)
      say(fmt::format("{} messages had other bytes than were sent", subscriber.at("broken").dump()));
    if (fan_.reliable && subscriber.at("delivered") == 0) say("nothing arrived while it was measured");
    auto latency = Histogram::from_json(subscriber.at("one_way"));
    if (!latency) say("its latencies: " + latency.error().message);
    latencies_.push_back(latency ? *std::move(latency) : Histogram());
    return {{"delivered", subscriber.at("delivered")}, {"arrived", arrived}, {"lost", lost}};
  }

  void enter_rates(Sheet& sheet) const {
    double published = 0;
    double delivered = 0;
    for (const auto& each : publishers_)
      published += each.at("measured").get<double>() / each.at("seconds").get<double>();
    for (const auto& each : subscribers_) {
      const auto seconds = each.at("seconds").get<double>();
      if (seconds > 0) delivered += (each.at("delivered").get<double>() - 1) / seconds;
    }
    const auto bytes = double(sizeof(Mark) + fan_.bytes);
    sheet.add("published", "messages/s", Better::more, published);
    sheet.add("delivered", "messages/s", Better::more, delivered);
    sheet.add("delivered bytes", "bytes/s", Better::more, delivered * bytes);
    sheet.count("lost", lost_);
    for (const auto& [cause, number] : causes_)
      sheet.count("lost: " + cause, number);
  }

  /// Of all subscribers together, and how far apart they are.
  void enter_latencies(Sheet& sheet) const {
    Histogram all;
    std::vector<double> medians;
    for (const auto& each : latencies_) {
      all.add(each);
      if (each.count() != 0) medians.push_back(double(each.quantile(0.5)));
    }
    sheet.add("", "one way", all);
    if (medians.size() > 1) {
      const auto [fastest, slowest] = std::ranges::minmax(medians);
      sheet.add("slowest/fastest p50", "ratio", Better::less, slowest / std::max(fastest, 1.0));
    }
  }

  void enter_costs(Sheet& sheet) const {
    if (!apart_) return enter_cost(sheet, "all", {publishers_.front()}, "measured");
    enter_cost(sheet, "publisher", publishers_, "measured");
    enter_cost(sheet, "subscriber", subscribers_, "delivered");
  }

  static void enter_cost(Sheet& sheet, const std::string& side, const std::vector<json>& parts,
                         const char* what) {
    double processor = 0;
    double switches = 0;
    double messages = 0;
    double peak = 0;
    for (const auto& part : parts) {
      processor += part.at("usage").at("processor").get<double>();
      switches += part.at("usage").at("switches").get<double>();
      messages += part.at(what).get<double>();
      peak = std::max(peak, part.at("usage").at("peak_kib").get<double>());
    }
    if (messages == 0) return;
    sheet.add(side + " processor", "ns", Better::less, processor * 1e9 / messages);
    sheet.add(side + " switches", "per message", Better::less, switches / messages);
    sheet.add(side + " memory", "bytes", Better::less, peak * 1024);
  }

  const Fan& fan_;
  const bool apart_;
  const std::vector<json> publishers_;
  const std::vector<json> subscribers_;
  std::vector<Histogram> latencies_;
  std::uint64_t lost_ = 0;
  std::map<std::string, std::uint64_t> causes_;
};

nlohmann::ordered_json key_of(const Road& road, const Fan& fan, const Options& options) {
  nlohmann::ordered_json key{{"verb", fan.verb},
                             {"peer", road.middleware.name},
                             {"transport", road.transport},
                             {"bytes", fan.bytes},
                             {"publishers", fan.publishers},
                             {"subscribers", fan.subscribers},
                             {"rate", fan.rate},
                             {"reliable", fan.reliable ? "yes" : "no"},
                             {"reads", json(fan.reading)},
                             {"waits", options.spins ? "spinning" : "sleeping"},
                             {"cores", options.cores}};
  for (const auto& [subscriber, rests] : fan.slow)
    key[fmt::format("subscriber {} rests", subscriber)] = fmt::format("{} us", rests / 1000);
  return key;
}

}  // namespace

std::uint32_t depth_for(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t together = 16 << 20;
  return std::uint32_t(std::clamp<std::uint64_t>(together / (bytes + sizeof(Mark)), 4, 1000));
}

Task task_of(const Road& road, const Fan& fan, const Options& options, const std::string& directory) {
  Task task;
  task.channel.transport = road.transport;
  task.channel.directory = directory;
  task.channel.reliable = fan.reliable;
  task.channel.depth = depth_for(fan.bytes);
  task.channel.most_bytes = sizeof(Mark) + fan.bytes;
  task.channel.spins = options.spins;

  task.bytes = fan.bytes;
  task.rate = fan.rate;
  task.warm_up = options.warm_up();
  task.seconds = options.measured();
  task.reading = fan.reading;
  task.patience = options.patience;
  return task;
}

Setting fan_setting(const Road& road, const Fan& fan, const Options& options, app::Interrupt& interrupt,
                    nlohmann::ordered_json key) {
  if (key.is_null()) key = key_of(road, fan, options);
  return {std::move(key), [=, &interrupt](Sheet& sheet) -> Result<void> {
            WEFT_TRY(const auto directory, Directory::create("weft-perf"));
            WEFT_TRY(const auto results,
                     perform(road, tasks_of(road, fan, options, directory.path()), options, interrupt));
            const bool apart = road.middleware.transport(road.transport)->crosses;
            Books(fan, apart, results).enter(sheet);
            return {};
          }};
}

}  // namespace weft::perf
