// weft-demo: kills what the demo started, and prints when each death was noticed and what went on.
//
//   weft-demo               two publishers in processes of their own, this one their subscriber: kill -9 of one of the
//                           two, then of the daemon; then a new publisher
//   weft-demo publish NAME  such a publisher, until its input ends
//   weft-demo mismatched    a subscriber of host/load that takes it for another type, until it is ended
#include <chrono>
#include <csignal>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/process.hpp"
#include "common/world.hpp"
#include "discovery/process.hpp"
#include "discovery/watcher.hpp"
#include "weft.hpp"

namespace weft::demo {

namespace {

using namespace std::chrono_literals;
constexpr const char* program = "weft-demo";
constexpr Duration patience = 10s;

struct Beat {
  std::uint64_t number = 0;
  WEFT_MESSAGE("demo/Beat", number)
};
constexpr Qos reliable{.reliability = Reliability::reliable};
constexpr Topic<Beat> north{"demo/north", reliable};
constexpr Topic<Beat> south{"demo/south", reliable};

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// A thousand beats a second, until our input ends.
Result<void> publish(const Node& node, const Topic<Beat>& topic) {
  WEFT_TRY(auto publisher, node.publisher(topic));
  pollfd input{STDIN_FILENO, POLLIN, 0};
  for (Beat beat; ::poll(&input, 1, 1) == 0;) {
    ++beat.number;
    WEFT_CHECK(publisher.send(beat, patience));
  }
  return {};
}

namespace other {
struct Load {
  std::string one;
  WEFT_MESSAGE("host/Load", one)
};
}  // namespace other

Result<void> subscribe_mismatched(const Node& node, app::Interrupt& interrupt) {
  WEFT_TRY(auto subscriber, node.subscriber(Topic<other::Load>("host/load")));
  WEFT_CHECK(interrupt.wait(-1, Deadline::none()));
  return {};
}

/// A subscriber that counts what comes and what is missing.
class Listener final {
 public:
  static Result<Listener> create(const Node& node, const Topic<Beat>& topic) {
    WEFT_TRY(auto subscriber, node.subscriber(topic));
    return Listener(std::move(subscriber));
  }
  Result<void> wait_matched() { return subscriber_.wait_matched(1, patience); }
  void take() {
    while (const auto sample = subscriber_.try_receive())
      ++received_;
    while (const auto event = subscriber_.next_event())
      died_ = died_ || event->what == PeerEvent::What::unmatched;
  }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] std::uint64_t lost() const { return subscriber_.counters().total.dropped_total(); }
  [[nodiscard]] bool died() const { return died_; }

 private:
  explicit Listener(Subscriber<Beat> subscriber) : subscriber_(std::move(subscriber)) {}
  Subscriber<Beat> subscriber_;
  std::uint64_t received_ = 0;
  bool died_ = false;
};

/// Listens to both until `done`; how long that took. Errors: timeout, cancelled.
template <class Done>
Result<Duration> listen(Listener& one, Listener& two, app::Interrupt& interrupt, Done done) {
  const auto begun = now();
  for (const Deadline deadline = patience;;) {
    one.take();
    two.take();
    if (done()) return now() - begun;
    if (deadline.has_passed(now())) return Error{Errc::timeout, "nothing was noticed"};
    WEFT_TRY(const auto woken, interrupt.wait(-1, Duration(100us)));
    if (woken == app::Interrupt::Woken::interrupted) return Error{Errc::cancelled, "interrupted"};
  }
}

/// What is told on a line: how long something took to be noticed.
void say(std::string_view what, Duration took) {
  fmt::print("  {:<44} {:>8.2f} ms\n", what, milliseconds(took));
  std::fflush(stdout);
}

/// Kills a publisher and the daemon, and lets another publisher come.
class Killings final {
 public:
  static Result<void> run(const Node& node, app::Interrupt& interrupt) {
    WEFT_TRY(auto north_process, app::Process::start(app::this_program, {"publish", "north"}));
    WEFT_TRY(auto south_process, app::Process::start(app::this_program, {"publish", "south"}));
    // Its listeners are gone when the publishers are to end: none waits for room.
    WEFT_TRY(auto another_process, kill_and_listen(node, interrupt, north_process));
    WEFT_CHECK(another_process.finish(interrupt, patience));
    return south_process.finish(interrupt, patience);
  }

 private:
  /// Answers the publisher that came.
  static Result<app::Process> kill_and_listen(const Node& node, app::Interrupt& interrupt,
                                              app::Process& north_process) {
    WEFT_TRY(auto to_north, Listener::create(node, north));
    WEFT_TRY(auto to_south, Listener::create(node, south));
    Killings all(node, interrupt, to_north, to_south);
    WEFT_CHECK(to_north.wait_matched());
    WEFT_CHECK(to_south.wait_matched());
    WEFT_CHECK(all.kill_publisher(north_process));
    WEFT_CHECK(all.kill_daemon());
    WEFT_TRY(auto another_process, all.another_publisher());
    WEFT_CHECK(all.account());
    return another_process;
  }

  Killings(const Node& node, app::Interrupt& interrupt, Listener& to_north, Listener& to_south)
      : node_(node), interrupt_(interrupt), north_(to_north), south_(to_south) {}

  Result<void> kill_publisher(app::Process& process) {
    WEFT_CHECK(listen(north_, south_, interrupt_, [&] { return north_.received() > 100; }));
    process.kill();
    WEFT_TRY(const auto took, listen(north_, south_, interrupt_, [&] { return north_.died(); }));
    say("kill -9 of a publisher, its subscriber told", took);
    return {};
  }

  Result<void> kill_daemon() {
    const auto& directory = node_.context()->runtime_directory();
    WEFT_TRY(auto watcher, discovery::Watcher::open(directory, "default"));
    WEFT_CHECK(watcher.sync(patience));
    const auto before = south_.received();
    if (watcher.daemon_pid() <= 0)
      return Error{Errc::unsupported, "the kernel does not say who the daemon is"};
    WEFT_TRY(const auto daemon, discovery::open_pidfd(watcher.daemon_pid()));
    ::kill(watcher.daemon_pid(), SIGKILL);
    auto noticed = listen(north_, south_, interrupt_, [&] { return !watcher.update(); });
    // Its end too, which comes later: only then is its lock free for who sweeps after us.
    pollfd end{daemon.get(), POLLIN, 0};
    ::poll(&end, 1, -1);
    WEFT_TRY(const auto took, std::move(noticed));
    say("kill -9 of the daemon, noticed", took);
    WEFT_CHECK(listen(north_, south_, interrupt_, [&] { return south_.received() >= before + 300; }));
    fmt::print("  the other publisher went on: {} more messages\n", south_.received() - before);
    return {};
  }

  Result<app::Process> another_publisher() {
    const auto before = north_.received();
    WEFT_TRY(auto another, app::Process::start(app::this_program, {"publish", "north"}));
    WEFT_TRY(const auto took, listen(north_, south_, interrupt_, [&] { return north_.received() > before; }));
    say("a publisher and a daemon anew, first message", took);
    return another;
  }

  Result<void> account() {
    fmt::print("  lost by the publisher that lived: {} of {}\n", south_.lost(), south_.received());
    if (south_.lost() == 0) return {};
    return Error{Errc::internal, "messages of a live publisher were lost"};
  }

  const Node& node_;
  app::Interrupt& interrupt_;
  Listener& north_;
  Listener& south_;
};

Result<void> perform(int count, char** words, char** environment) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  const std::string role = count > 1 ? words[1] : "";
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node,
           Node::create({.name = role.empty() ? "demo" : role, .context = std::move(context)}));
  if (role == "publish" && count == 3)
    return publish(node, words[2] == north.name().substr(5) ? north : south);
  if (role == "mismatched" && count == 2) return subscribe_mismatched(node, interrupt);
  if (role.empty()) return Killings::run(node, interrupt);
  return Error{Errc::invalid_argument, "usage: weft-demo [publish north|publish south|mismatched]"};
}

}  // namespace

}  // namespace weft::demo

int main(int count, char** words, char** environment) {
  weft::app::fill_standard_descriptors();
  const auto done = weft::demo::perform(count, words, environment);
  return done ? weft::app::done("weft-demo") : weft::app::fail("weft-demo", done.error());
}
