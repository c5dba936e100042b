// weft-images work: the middle of the pipeline, as often and wherever one likes.
#include <atomic>
#include <deque>
#include <optional>
#include <vector>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"
#include "examples/images/display.hpp"
#include "examples/images/recipe.hpp"
#include "examples/images/roles.hpp"

namespace weft::images {

namespace {

using namespace std::chrono_literals;

constexpr Duration slice = 100ms;        // how long a lane does not look whether it is to end
constexpr Duration patience = 10s;       // until a feed has been found
constexpr Duration short_patience = 1s;  // with one that was there, and has gone

/// One image at a time: takes it, does it, and hands over what came of it.
class Lane final {
 public:
  Lane(const Node& node, const std::atomic<bool>& ended, Worker<Job> worker)
      : node_(node), ended_(ended), worker_(std::move(worker)) {}

  [[nodiscard]] Worker<Job>& worker() noexcept { return worker_; }

  /// Answers when the result is where it belongs, and not before: what this process holds dies with it.
  Result<void> work(const Job& job) {
    WEFT_CHECK(meet(job.context));
    // Whoever reads this may go; the work goes on.
    static_cast<void>(app::print(fmt::format("begins {}\n", shown(job.name, 200))).has_value());
    const auto png = process(job.file, job.steps);
    Done done{.number = job.number};
    if (png) {
      done.png = *png;
    } else {
      done.error = png.error().message;
    }
    WEFT_CHECK(results_->push(done, patience));
    return in_slices(Deadline::none(), [&](Deadline deadline) { return results_->flush(deadline); });
  }

 private:
  /// A producer for the one whose job it is: the same as before, most of the time. Errors: timeout, cancelled.
  Result<void> meet(std::uint64_t context) {
    const bool known = results_ && context_ == context;
    if (!known) {
      results_.reset();
      const auto name = results_of(context);
      WEFT_TRY(const auto queue, Queue<Done>::make(name, in_flight));
      WEFT_TRY(results_, node_.producer(queue));
      context_ = context;
    }
    return in_slices(known ? short_patience : patience,
                     [&](Deadline deadline) { return results_->wait_matched(1, deadline); });
  }

  /// Tries until it is done, the deadline passes, the other side has gone, or we are to end.
  template <class F>
  Result<void> in_slices(Deadline deadline, F&& attempt) {
    for (;;) {
      auto done = attempt(earlier(deadline, slice));
      if (done || done.error().code != Errc::timeout || deadline.has_passed(now())) return done;
      if (ended_) return Error{Errc::cancelled, "interrupted"};
      if (deadline.is_none() && results_->matched() == 0)
        return Error{Errc::unavailable, "who pushed the image has gone"};
    }
  }

  const Node& node_;
  const std::atomic<bool>& ended_;
  Worker<Job> worker_;
  std::optional<Producer<Done>> results_;
  std::uint64_t context_ = 0;  // whose results_ are
};

}  // namespace

Result<void> work(unsigned jobs_at_a_time, const Node& node, app::Interrupt& interrupt) {
  std::atomic<bool> ended{false};
  std::deque<Lane> lanes;
  while (lanes.size() < jobs_at_a_time) {
    WEFT_TRY(auto worker, node.worker(jobs));
    lanes.emplace_back(node, ended, std::move(worker));
  }
  WEFT_TRY(const auto executor, Executor::create({.threads = jobs_at_a_time}));
  std::vector<Executor::Callback> callbacks;
  for (auto& lane : lanes) {
    WEFT_TRY(auto callback, executor->on(lane.worker(), [&lane](const Job& job) { return lane.work(job); }));
    callbacks.push_back(std::move(callback));
  }
  app::say(program, fmt::format("works at {} images at a time; Ctrl-C ends it", jobs_at_a_time));
  WEFT_TRY(const auto woken, interrupt.wait(-1, Deadline::none()));
  static_cast<void>(woken);
  ended = true;
  executor->stop();
  executor->wait();
  return {};
}

}  // namespace weft::images
