#include "node/deputy.hpp"

#include <utility>

namespace weft::node {

Result<void> Deputy::start(Work work) {
  const std::lock_guard lock(lock_);
  work_ = std::move(work);
  WEFT_TRY(tick_, ends_.context().agent().every(period, [this] { come(); }));
  tick_.enable(false);
  return {};
}

// Every period.
void Deputy::come() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return;  // whoever is in does it
  if (work_()) return follow();
  stop_following();
  called_ = false;
  tick_.enable(false);
}

// An End has something. Who is in may wait for that himself, for long: then this would be called again and again.
void Deputy::be_told() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return news_.enable(false);
  if (!work_()) stop_following();  // come() ends the rest
}

/// It fails for lack of descriptors or memory: then the agent comes every period, as before.
void Deputy::follow() {
  if (!std::exchange(has_news_, true)) {
    const auto fd = ends_.fd();
    if (!fd) return;
    if (auto watch = ends_.context().agent().watch(*fd, [this] { be_told(); })) news_ = *std::move(watch);
  }
  news_.enable(true);
  follows_ = true;
}

void Deputy::stop_following() {
  follows_ = false;
  news_.enable(false);
}

}  // namespace weft::node
