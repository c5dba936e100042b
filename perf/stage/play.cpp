#include "stage/play.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <unistd.h>

#include "kit/cores.hpp"
#include "stage/roles.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

json description_of(const Peer& peer, bool needs_daemon) {
  auto transports = json::array();
  for (const auto& name : peer.transports())
    transports.push_back({{"name", name}, {"crosses", peer.crosses(name)}});
  return {{"version", peer.version()},       {"acknowledges", peer.acknowledges()},
          {"needs_daemon", needs_daemon},    {"pairs", peer.pairs()},
          {"most_bytes", peer.most_bytes()}, {"transports", std::move(transports)}};
}

void pin(const Task& task) {
  if (task.processor < 0) return;
  if (auto pinned = perf::pin(task.processor); !pinned) throw std::runtime_error(pinned.error().message);
}

/// What weft-perf is told.
json failure(const std::exception& error) {
  const bool unsupported = dynamic_cast<const Unsupported*>(&error) != nullptr;
  return {{unsupported ? "unsupported" : "error", error.what()}};
}

/// A part that fails ends the program: weft-perf is told why.
void play_part(const Task& task, std::size_t part, Peer& peer, Stage& stage) {
  try {
    pin(task);
    perform(task, part, peer, stage);
  } catch (const std::exception& error) {
    stage.say(failure(error));
    ::_exit(1);
  }
}

void play_all(const std::vector<Task>& tasks, Peer& peer) {
  ::prctl(PR_SET_TIMERSLACK, 1);
  Stage stage;
  std::vector<std::jthread> parts;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    parts.emplace_back([&, i] { play_part(tasks[i], i, peer, stage); });
  stage.listen();
}

/// Ends the process, without destructors: those of what its killed users held may not end.
[[noreturn]] void run(Daemon& daemon, const std::vector<Task>& tasks) {
  ::prctl(PR_SET_PDEATHSIG,
          0);  // when weft-perf is killed, the input ends, and there still is something to do
  Stage stage;
  daemon.start(tasks);
  stage.say({{"ready", "daemon"}});
  stage.listen();
  daemon.sweep(tasks);
  ::_exit(0);
}

/// Whether there is such a verb.
bool execute(std::string_view verb, const std::vector<Task>& tasks, const MakePeer& make, Daemon* daemon) {
  if (verb == "perform") {
    if (tasks.size() == 1) pin(tasks[0]);  // all threads that the peer starts, too
    const auto peer = make(tasks.at(0).channel.directory);
    play_all(tasks, *peer);
  } else if (verb == "daemon" && daemon != nullptr) {
    run(*daemon, tasks);
  } else if (verb == "sweep" && daemon != nullptr) {
    daemon->sweep(tasks);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int play(int argc, char** argv, const MakePeer& make, Daemon* daemon) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  try {
    if (verb == "describe") {
      std::puts(description_of(*make({}), daemon != nullptr).dump().c_str());
      return 0;
    }
    if (argc == 3 && execute(verb, json::parse(argv[2]).get<std::vector<Task>>(), make, daemon)) return 0;
  } catch (const std::exception& error) {
    std::puts(failure(error).dump().c_str());
    return 1;
  }
  std::fputs("it is started by weft-perf\n", stderr);
  return 2;
}

}  // namespace weft::perf
