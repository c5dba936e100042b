// weft-hostview: shows live what weft-hostmon and weft-alerts publish, and at the end what flowed.
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/command.hpp"
#include "common/deadline.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/terminal.hpp"
#include "common/world.hpp"
#include "hostview/channels.hpp"

namespace weft::hostview {

namespace {

constexpr const char* program = "weft-hostview";
constexpr auto patience = std::chrono::seconds(10);  // with the first message, where a duration is given

struct Options {
  std::string hostmon;
  std::string alerts;
  double seconds = 0;
  bool json = false;
};

double microseconds(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

std::string as_table(const std::vector<Row>& rows) {
  auto out = fmt::format("{:<14} {:<18} {:>8} {:>8} {:>10} {:>9} {:>9} {:>6}\n", "topic", "type", "messages",
                         "per s", "bytes/s", "p50 µs", "p99 µs", "lost");
  for (const auto& row : rows) {
    out += fmt::format("{:<14} {:<18} {:>8} {:>8.1f} {:>10.0f} {:>8.0f} {:>8.0f} {:>6}\n", row.topic,
                       row.type, row.messages, row.messages_per_second, row.bytes_per_second,
                       microseconds(row.p50), microseconds(row.p99), row.lost);
  }
  return out;
}

std::string as_json(const std::vector<Row>& rows) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    json.push_back({{"topic", row.topic},
                    {"type", row.type},
                    {"messages", row.messages},
                    {"rate_hz", row.messages_per_second},
                    {"bytes_per_s", row.bytes_per_second},
                    {"latency_p50_us", microseconds(row.p50)},
                    {"latency_p99_us", microseconds(row.p99)},
                    {"lost", row.lost}});
  }
  return json.dump() + "\n";
}

/// Draws on a terminal four times a second, else prints a line a second; with --json nothing until the end.
class Screen {
 public:
  Screen(bool quiet, char** environment) : quiet_(quiet), environment_(environment) {}
  ~Screen() {
    if (drawn_) static_cast<void>(app::print("\x1b[?25h").has_value());
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  [[nodiscard]] Instant next() const { return next_; }
  Result<void> update(const Dashboard& dashboard, Duration elapsed) {
    if (now() < next_) return {};
    const auto terminal = app::Terminal::of_stdout(environment_);  // each time: its width may have changed
    next_ += terminal.is_terminal ? std::chrono::milliseconds(250) : std::chrono::milliseconds(1000);
    if (quiet_) return {};
    const double seconds = std::chrono::duration<double>(elapsed).count();
    if (!terminal.is_terminal) return app::print(fmt::format("{:5.1f} s  {}\n", seconds, dashboard.line()));
    const auto* clear = drawn_ ? "\x1b[H\x1b[J" : "\x1b[2J\x1b[H\x1b[?25l";
    drawn_ = true;
    return app::print(fmt::format("{}weft-hostview   {:.1f} s   Ctrl-C ends\n\n{}", clear, seconds,
                                  dashboard.draw(terminal.width)));
  }

 private:
  bool quiet_;
  char** environment_;
  bool drawn_ = false;
  Instant next_ = now();
};

Result<void> view(const Options& options, app::Interrupt& interrupt, char** environment) {
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node, Node::create({.name = "hostview", .context = std::move(context)}));
  WEFT_TRY(auto channels, Channels::connect(node, options.hostmon, options.alerts));
  auto begun = now();
  auto end = options.seconds == 0 ? Deadline::none() : Deadline(patience);
  bool flows = false;
  Dashboard dashboard;
  {
    Screen screen(options.json, environment);
    while (!end.has_passed(now())) {
      channels.take(dashboard);
      if (!std::exchange(flows, channels.messages() > 0) && flows) {
        begun = now();
        end = app::deadline_in(options.seconds);
      }
      WEFT_CHECK(screen.update(dashboard, now() - begun));
      WEFT_TRY(const auto woken, interrupt.wait(channels.fd(), earlier(end, Deadline::at(screen.next()))));
      if (woken == app::Interrupt::Woken::interrupted) break;
    }
  }
  channels.take(dashboard);
  const auto rows = channels.summary(now() - begun);
  WEFT_CHECK(app::print(options.json ? as_json(rows) : as_table(rows)));
  if (channels.messages() > 0) return {};
  return Error{Errc::timeout, "nothing came; does weft-hostmon run?"};
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{
      program,
      "weft-hostview: shows live what weft-hostmon and weft-alerts publish; at the end, what flowed"};
  app.option("-c,--connect", options.hostmon,
             "The endpoint that weft-hostmon was given, where it is not found by itself")
      .value("ENDPOINT");
  app.option("-a,--alerts", options.alerts, "The same of weft-alerts").value("ENDPOINT");
  app.option("-d,--duration", options.seconds,
             "Stop this many seconds after the first message (0: go on until Ctrl-C)")
      .range(0.0, 1e9)
      .value("SECONDS");
  app.flag("--json", options.json, "The summary as JSON, and nothing else");
  app.footer("Exit codes: 0 done (also after Ctrl-C), 1 failed, 2 usage, 3 nothing came.");
  app.add_man_pages(WEFT_VERSION);
  if (const auto code = app.parse(argc, argv)) return *code;
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail(program, interrupt.error());
  if (auto viewed = view(options, *interrupt, environment); !viewed)
    return app::fail(program, viewed.error());
  return app::done(program);
}

}  // namespace

}  // namespace weft::hostview

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::hostview::main(argc, argv, environment);
}
