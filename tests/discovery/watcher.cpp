#include "discovery/watcher.hpp"

#include "daemon_kit.hpp"

namespace weft::discovery::test {

TEST_CASE("a watcher starts no daemon and says that none runs") {
  const Folder folder;
  const auto watcher = Watcher::open(folder.path(), "default");
  REQUIRE_FALSE(watcher);
  CHECK(watcher.error().code == Errc::unavailable);
  CHECK(watcher.error().message.ends_with(": run weftd --domain default"));
  CHECK(Watcher::open(folder.path(), "red").error().message.ends_with(": run weftd --domain red"));
  CHECK(Watcher::open(folder.path(), "no domain").error().code == Errc::invalid_argument);
}

TEST_CASE("a watcher sees what is there, and then what changes") {
  const Folder folder;
  const Running server(folder.path());
  Raw one(folder.socket(), hello(1, "one", false));
  one.say(NodeUp{{5, "front", "robot"}});
  one.say(PortUp{publisher({1, 1})});
  one.say(Synced{});
  one.next<Synced>();
  auto watcher = watching(folder.path());
  REQUIRE(watcher.sync(Deadline(watchdog)));
  CHECK(watcher.graph().sessions.at(1).program == "one");
  CHECK(watcher.graph().nodes.at({1, 5}).name == "front");
  CHECK(watcher.graph().ports.at({1, 1}).name == "t");
  CHECK(watcher.graph().pairs.empty());
  CHECK_FALSE(watcher.update().value());
  std::optional<Raw> two(std::in_place, folder.socket(), hello(2, "two", false));
  two->say(PortUp{subscriber({2, 1})});
  until(watcher, [](const Graph& graph) { return graph.pairs.size() == 1; });
  CHECK(watcher.graph().pairs.begin()->second.state == PairState::starting);
  one.say(Hosting{1, "far", "far://here", ""});
  until(watcher, [](const Graph& graph) { return graph.pairs.begin()->second.state == PairState::joined; });
  CHECK(watcher.graph().ports.at({1, 1}).endpoints == std::vector<std::string>{"far://here"});
  SECTION("a guest's session that goes takes its ports and pairs with it") {
    two.reset();
    until(watcher, [](const Graph& graph) { return graph.sessions.size() == 1; });
    CHECK(watcher.graph().ports.size() == 1);
    CHECK(watcher.graph().pairs.empty());
  }
  SECTION("and so does an owner's port that goes") {
    one.say(PortDown{1});
    one.say(NodeDown{5});
    until(watcher, [](const Graph& graph) { return graph.nodes.empty(); });
    CHECK(watcher.graph().ports.size() == 1);
    CHECK(watcher.graph().pairs.empty());
  }
}

TEST_CASE("a watcher of which too much was hidden has a whole picture again once it is in step") {
  const Folder folder;
  const Running server(folder.path());
  auto watcher = watching(folder.path());
  REQUIRE(watcher.sync(Deadline(watchdog)));
  Raw one(folder.socket(), hello(1, "one", false));
  for (std::uint32_t i = 1; i <= 200; ++i) {
    auto port = publisher({1, i}, "t" + std::to_string(i));
    port.schema = std::string(50'000, 'x');
    one.say(PortUp{port});
    if (i > 10) one.say(PortDown{i - 10});
  }
  one.say(Synced{});
  one.next<Synced>();
  until(watcher, [](const Graph& graph) {
    return graph.ports.contains({1, 200}) && graph.ports.size() == 10;
  });
}

TEST_CASE("a watcher is told when the daemon has ended") {
  const Folder folder;
  std::optional<Running> server(std::in_place, folder.path());
  auto watcher = watching(folder.path());
  REQUIRE(watcher.sync(Deadline(watchdog)));
  server.reset();
  CHECK(watcher.update().error().code == Errc::unavailable);
  CHECK(watcher.sync(Deadline(watchdog)).error().code == Errc::unavailable);
}

}  // namespace weft::discovery::test
