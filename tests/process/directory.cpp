#include <algorithm>

#include "discovery/watcher.hpp"
#include "peer.hpp"

namespace weft::process {

namespace {

discovery::Watcher watcher_in(const std::string& runtime_directory) {
  auto watcher = discovery::Watcher::open(runtime_directory, "default").value();
  watcher.sync(std::chrono::minutes(1)).value();
  return watcher;
}

/// Whether it holds the process, or anything that no process answers for.
bool holds(const discovery::Graph& graph, std::uint64_t pid) {
  const auto orphan = [&](std::uint64_t context) { return !graph.sessions.contains(context); };
  return std::ranges::any_of(graph.sessions,
                             [&](const auto& one) { return std::uint64_t(one.second.pid) == pid; }) ||
         std::ranges::any_of(graph.nodes, [&](const auto& one) { return orphan(one.first.first); }) ||
         std::ranges::any_of(graph.ports, [&](const auto& one) { return orphan(one.first.context); }) ||
         std::ranges::any_of(graph.pairs, [&](const auto& one) {
           return orphan(one.first.first.context) || orphan(one.first.second.context);
         });
}

/// What the daemon knows, as it changes.
class DirectoryPeer final {
 public:
  explicit DirectoryPeer(std::string runtime_directory)
      : runtime_directory_(std::move(runtime_directory)), watcher_(watcher_in(runtime_directory_)) {}

  void run() {
    for (;;) {
      while (watcher_.update().value()) {
      }
      report();
      const auto command = commands_.next(Duration::max(), watcher_.fd());
      if (command && command->verb == "close") return;
      if (command && command->verb == "gone") gone_ = command->number;
      if (command && command->verb == "empty") empty_ = true;
    }
  }

 private:
  /// Tells each awaited thing once it is so. That a process has gone must be true of a new look at everything, too.
  void report() {
    if (gone_ && !holds(watcher_.graph(), *gone_)) {
      const bool kept = holds(watcher_in(runtime_directory_).graph(), *gone_);
      gone_.reset();
      tell(kept ? "error" : "gone", {{"message", kept ? "the daemon keeps what it said has gone" : ""}});
    }
    if (empty_ && watcher_.graph().ports.empty()) {
      empty_ = false;
      tell("empty");
    }
  }

  const std::string runtime_directory_;
  discovery::Watcher watcher_;
  Commands commands_;
  std::optional<std::uint64_t> gone_;
  bool empty_ = false;
};

}  // namespace

int directory(const Node& node, const Options& /*options*/) {
  DirectoryPeer(node.context()->runtime_directory()).run();
  return 0;
}

}  // namespace weft::process
