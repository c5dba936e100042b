#include "discovery/versions.hpp"

#include "daemon_kit.hpp"

namespace weft::discovery::test {

namespace {

/// What a program of another version says of its packets.
std::vector<std::string> version(std::size_t number) {
  return {"weft/Version" + std::to_string(number) + "{}"};
}

Hello hello_of(std::size_t number) {
  auto greeting = hello(100 + number, "other", false);
  greeting.schemas = version(number);
  return greeting;
}

}  // namespace

TEST_CASE("sessions of one version share what it is read by, and that is forgotten with the last of them") {
  Versions versions;
  auto one = versions.reader_of(version(1)).value();
  CHECK(versions.reader_of(version(1)).value() == one);
  CHECK(versions.reader_of(version(2)).value() != one);
  const std::weak_ptr<const PacketReader<ContextWord>> gone = one;
  one.reset();
  CHECK(gone.expired());
  CHECK(versions.reader_of({"weft/PortUp{"}).error().code == Errc::malformed);
}

TEST_CASE("more versions than a daemon takes are refused in words, its own is let in, and others later") {
  const Folder folder;
  const Running server(folder.path());
  std::deque<Raw> others;
  for (std::size_t i = 0; i < Versions::most_others; ++i)
    others.emplace_back(folder.socket(), hello_of(i));
  const auto late = hello_of(Versions::most_others);
  {
    Raw refused(folder.socket());
    refused.say(encode_packet(late));
    CHECK(refused.welcome().refusal ==
          "programs of 16 other versions of weft are here already: use one version for all");
    CHECK(refused.ended());
  }
  auto watcher = watching(folder.path());
  others.pop_front();
  until(watcher, [](const Graph& graph) { return graph.sessions.size() == Versions::most_others - 1; });
  const Raw comes(folder.socket(), late);
}

}  // namespace weft::discovery::test
