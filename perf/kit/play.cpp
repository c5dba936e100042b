#include "kit/play.hpp"

#include <cstdio>
#include <exception>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <unistd.h>

#include "kit/roles.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

json description_of(const Peer& peer) {
  auto transports = json::array();
  for (const auto& name : peer.transports())
    transports.push_back({{"name", name}, {"crosses", peer.crosses(name)}});
  return {{"version", peer.version()},
          {"acknowledges", peer.acknowledges()},
          {"transports", std::move(transports)}};
}

/// A part that fails ends the program: weft-perf is told why.
void play_part(const Task& task, std::size_t part, Peer& peer, Stage& stage) {
  try {
    perform(task, part, peer, stage);
  } catch (const std::exception& error) {
    stage.say({{"error", error.what()}});
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

}  // namespace

int play(int argc, char** argv,
         const std::function<std::unique_ptr<Peer>(const std::string& directory)>& make) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  try {
    if (what == "describe") {
      std::puts(description_of(*make({})).dump().c_str());
      return 0;
    }
    if (what == "perform" && argc == 3) {
      const auto tasks = json::parse(argv[2]).get<std::vector<Task>>();
      const auto peer = make(tasks.at(0).channel.directory);
      play_all(tasks, *peer);
      return 0;
    }
  } catch (const std::exception& error) {
    std::puts(json{{"error", error.what()}}.dump().c_str());
    return 1;
  }
  std::fputs("it is started by weft-perf\n", stderr);
  return 2;
}

}  // namespace weft::perf
