// weft-hostmon: publishes what the machine measures of itself.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/command.hpp"
#include "common/deadline.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/world.hpp"
#include "hostmon/endpoints.hpp"
#include "hostmon/host_publisher.hpp"

namespace weft::hostmon {

namespace {

constexpr const char* program = "weft-hostmon";

struct Options {
  double rate = 1;
  double seconds = 0;
  std::vector<std::string> bind;
  SamplerOptions sampler = options_of_this_machine();
  bool quiet = false;
};

void declare(app::Command& app, Options& options) {
  app.option("-r,--rate", options.rate, "Samples a second, 0.01 to 1000")
      .range(0.01, 1000.0)
      .value("HZ")
      .show_default();
  app.option("-b,--bind", options.bind, "Publish here, too, for who does not look us up; may be repeated")
      .value("ENDPOINT");
  app.option("-d,--duration", options.seconds, "Stop after this many seconds (0: go on)")
      .range(0.0, 1e9)
      .value("SECONDS");
  app.option("--proc", options.sampler.proc, "Read a captured tree in place of the live /proc")
      .value("ROOT")
      .show_default();
  app.option("--sys", options.sampler.sys, "The same for /sys").value("ROOT").show_default();
  app.option("--top", options.sampler.top, "How many processes host/top lists, 0 to 1000")
      .range(0, 1000)
      .value("N")
      .show_default();
  app.flag("-q,--quiet", options.quiet, "Do not say what is published, and where");
  app.footer(
      R"(Programs of this host find the topics by themselves. For others every topic has an endpoint of its own: with
--bind ipc://hostmon host/cpu is at ipc://hostmon-cpu, and so on; with --bind tcp://*:7700 the topics take ports 7700
to 7707.

Examples:
  weft-hostmon                                          once a second
  weft-hostmon --rate 10 --bind tcp://127.0.0.1:7700    ten times a second, over TCP, too
  weft topic echo host/cpu
  weft service call host/process '{"pid":1}'

Exit codes: 0 done (also after Ctrl-C), 1 failed, 2 usage.)");
}

// To read a process takes the kernel some 20 us: at most about 1000 a second are read, whatever the rate.
std::size_t scan_at(double rate) {
  return static_cast<std::size_t>(std::clamp(1000 / rate, 16.0, 1000.0));
}

// Samples at the rate, in between answers requests, until interrupted or the time is over.
Result<void> run(HostPublisher& publisher, const Options& options, app::Interrupt& interrupt) {
  const auto period = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / options.rate));
  const auto end = app::deadline_in(options.seconds);
  WEFT_TRY(const int requests, publisher.service_fd());
  auto next = now();
  while (!end.has_passed(now())) {
    const auto at = Moment::now();
    if (at.instant >= next) {
      publisher.publish(at);
      next = std::max(next + period, at.instant);  // After a suspension: no burst to catch up.
    }
    publisher.serve();
    WEFT_TRY(const auto woken, interrupt.wait(requests, earlier(end, Deadline::at(next))));
    if (woken == app::Interrupt::Woken::interrupted) break;
  }
  return {};
}

Result<void> publish(const Options& options, app::Interrupt& interrupt, char** environment) {
  const auto say = [](std::string_view line) { app::say(program, line); };
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node, Node::create({.name = "hostmon", .context = std::move(context)}));
  WEFT_TRY(auto publisher, HostPublisher::create(node, options.sampler, say));
  if (!options.quiet) say(fmt::format("publishing {}", fmt::join(channels, ", ")));
  for (const auto& base : options.bind) {
    WEFT_TRY(const auto lines, publisher.bind(base));
    if (options.quiet) continue;
    for (const auto& line : lines)
      say(line);
  }
  return run(publisher, options, interrupt);
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{program,
                   "weft-hostmon: publishes this machine's processors, memory, disks, network and processes"};
  declare(app, options);
  app.add_man_pages(WEFT_VERSION);
  if (const auto code = app.parse(argc, argv)) return *code;
  options.sampler.scan = scan_at(options.rate);
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail(program, interrupt.error());
  if (auto ended = publish(options, *interrupt, environment); !ended)
    return app::fail(program, ended.error());
  return app::done(program);
}

}  // namespace

}  // namespace weft::hostmon

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::hostmon::main(argc, argv, environment);
}
