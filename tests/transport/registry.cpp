// The registry's entries keep nothing.
#include "transport/registry.hpp"

#include <algorithm>
#include <filesystem>

#include "conformance/kit.hpp"

namespace weft::conformance {

namespace {

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::size_t(std::ranges::distance(begin(tasks), end(tasks)));
}

/// Threads that start when a world's first end is opened.
std::size_t started_by_an_end(Bench& bench) {
  const auto before = threads();
  const auto end = bench.open(Role::publisher);
  return threads() - before;
}

}  // namespace

TEST_CASE("two worlds made from one list of transports share nothing") {
  for (const auto& entry : transports()) {
    DYNAMIC_SECTION(entry.scheme) {
      Bench one(entry);
      Bench other(entry);
      CHECK(started_by_an_end(other) == started_by_an_end(one));
    }
  }
}

TEST_CASE("each library is told with its version") {
  for (const auto& library : libraries()) {
    CAPTURE(library);
    CHECK(std::ranges::count(library, ' ') == 1);
    CHECK(std::ranges::count(library, '.') == 2);
  }
}

}  // namespace weft::conformance
