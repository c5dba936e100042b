// Stops its process at one step of shared memory: WEFT_STOP_AT=name:n, at the n-th time that it comes there.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include "transport/shm/step.hpp"

namespace weft::transport::shm {

namespace {

struct StopAt {
  int step = -1;
  std::uint64_t passage = 0;
};

StopAt asked_for() {
  const auto* given = std::getenv("WEFT_STOP_AT");
  if (given == nullptr) return {};
  const std::string text(given);
  const auto colon = text.find(':');
  const auto found = std::ranges::find(step_names, text.substr(0, colon));
  if (colon == std::string::npos || found == step_names.end()) std::abort();  // a test's own mistake
  return {int(found - step_names.begin()), std::stoull(text.substr(colon + 1))};
}

}  // namespace

void reach(Step step) noexcept {
  static const auto stop_at = asked_for();
  static std::atomic<std::uint64_t> passages{0};
  if (int(step) != stop_at.step || ++passages != stop_at.passage) return;
  std::raise(SIGSTOP);
}

}  // namespace weft::transport::shm
