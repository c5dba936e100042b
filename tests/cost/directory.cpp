// directory-cost PORTS CYCLES: in a directory of so many ports, a watched one, a publisher and a subscriber come, meet
// and go, so many times; for callgrind to count the instructions of directory_cycle.
#include "discovery/directory.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/core.h>

namespace weft::discovery {

namespace {

/// Ports of a Context, half of them publishers, half subscribers; two of each name.
constexpr std::uint32_t ports_of_context = 100;

Port make_port(PortKind kind, PortKey key, std::string name) {
  Port port{.key = key, .kind = kind, .name = std::move(name)};
  port.schema = "a/B{x:f64}";
  port.media = {{"near", true}, {"far", false}};
  return port;
}

void apply(Directory& directory, const Event& event, const Sink& said) {
  directory.apply(event, said).value();
}

void join(Directory& directory, std::uint64_t context, const Sink& said) {
  apply(directory, Joined{context, {context, "program", "1", 1, 0}}, said);
}

/// Context 2k publishes what context 2k + 1 subscribes to.
void fill(Directory& directory, std::uint64_t ports, const Sink& said) {
  for (std::uint64_t pair = 0; pair < ports / 2; ++pair) {
    const auto context = 2 * (pair / ports_of_context) + 2;
    const auto number = std::uint32_t(pair % ports_of_context);
    if (number == 0) {
      join(directory, context, said);
      join(directory, context + 1, said);
    }
    const auto name = fmt::format("topic{}", pair);
    apply(directory, Said{context, PortUp{make_port(PortKind::publisher, {context, number}, name)}}, said);
    apply(directory, Said{context, Hosting{number, "far", "far://" + name, ""}}, said);
    apply(directory, Said{context + 1, PortUp{make_port(PortKind::subscriber, {context + 1, number}, name)}},
          said);
  }
}

}  // namespace

/// Not inlined, so that callgrind knows it by name.
[[gnu::noinline]] void directory_cycle(Directory& directory, const Sink& said) {
  constexpr std::uint32_t number = ports_of_context;
  apply(directory, Said{2, PortUp{make_port(PortKind::publisher, {2, number}, "more")}}, said);
  apply(directory, Said{3, PortUp{make_port(PortKind::subscriber, {3, number}, "more")}}, said);
  apply(directory, Said{2, Hosting{number, "far", "far://more", ""}}, said);
  apply(directory, Said{2, PortDown{number}}, said);
  apply(directory, Said{3, PortDown{number}}, said);
}

}  // namespace weft::discovery

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: directory-cost PORTS CYCLES\n", stderr), 2;
  weft::discovery::Directory directory(weft::discovery::Scope::between_contexts);
  std::size_t words = 0;
  const weft::discovery::Sink said = [&](weft::discovery::SessionId, const weft::discovery::Word&) {
    ++words;
  };
  weft::discovery::apply(directory, weft::discovery::Joined{1, {}, true}, said);
  weft::discovery::fill(directory, std::strtoull(argv[1], nullptr, 10), said);
  words = 0;
  for (auto cycles = std::strtoull(argv[2], nullptr, 10); cycles > 0; --cycles)
    weft::discovery::directory_cycle(directory, said);
  std::printf("%zu\n", words);
  return 0;
}
