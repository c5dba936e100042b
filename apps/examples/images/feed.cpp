// weft-images feed: the beginning and the end of the pipeline.
//
// What      The main thread reads files and pushes them, as fast as the workers go: push() waits while as many as may be are
//           in flight. An Executor's one thread takes in what comes back, meanwhile and afterwards; all that it touches is
//           its own, so there is nothing to lock.
#include <atomic>
#include <optional>

#include "common/exit.hpp"
#include "examples/images/gallery.hpp"
#include "examples/images/outcome.hpp"
#include "examples/images/roles.hpp"
#include "examples/whole_file.hpp"

namespace weft::images {

namespace {

using namespace std::chrono_literals;

constexpr Duration slice = 100ms;  // how long the main thread does not look whether it is to end
constexpr Duration beat = 100ms;   // of the progress bar

struct Ports {
  Worker<Done> results;
  Subscriber<Job> dead;
  Producer<Job> producer;

  static Result<Ports> open(const Node& node) {
    const auto name = results_of(node.context()->id().low);
    WEFT_TRY(const auto queue, Queue<Done>::make(name, in_flight));
    WEFT_TRY(auto results, node.worker(queue));
    WEFT_TRY(auto dead, node.subscriber(dead_jobs));
    WEFT_TRY(auto producer, node.producer(jobs));
    WEFT_CHECK(dead.wait_matched(1, 10s));  // with our own producer, at least
    return Ports{std::move(results), std::move(dead), std::move(producer)};
  }
};

class Feed final {
 public:
  Feed(const Order& order, const Node& node, Gallery gallery, Display display, Ports ports)
      : order_(order),
        context_(node.context()->id().low),
        gallery_(std::move(gallery)),
        display_(display),
        ports_(std::move(ports)) {}

  Result<void> run(app::Interrupt& interrupt) {
    WEFT_TRY(auto executor, Executor::create());
    executor_ = executor.get();
    {
      WEFT_TRY(const auto results,
               executor->on(ports_.results, [this](const Done& done) { return take(done); }));
      WEFT_TRY(const auto dead, executor->on(ports_.dead, [this](const Sample<Job>& job) { bury(*job); }));
      WEFT_TRY(const auto signals, executor->on_readable(interrupt.fd(), [this] { end(); }));
      WEFT_TRY(const auto beats,
               executor->every(beat, [this] { keep(display_.update(gallery_, workforce())); }));
      push_all();
      executor->wait();
    }
    if (failure_) return *std::move(failure_);
    return conclude(gallery_, display_, workforce());
  }

 private:
  // ---- the main thread

  void push_all() {
    if (!ports_.producer.wait_matched(1, 1s) && !ended_)
      app::say(program, "no worker yet; start some: weft-images work");
    for (std::uint32_t number = 0; number < gallery_.sources().size() && !ended_; ++number) {
      if (auto pushed = push(number); !pushed) {
        executor_->post([this, number, why = pushed.error().message] { fail(number, why); });
      }
    }
    // Counts the workers while there is something to do; the last result ends the Executor.
    while (!ended_ && !in_slices([&](Deadline deadline) { return ports_.producer.flush(deadline); })) {
    }
  }

  Result<void> push(std::uint32_t number) {
    const auto& source = gallery_.sources()[number];
    WEFT_TRY(const auto file, examples::read_whole(source.path, most_file_bytes));
    const Job job{context_, number, source.output, file, order_.steps};
    return in_slices([&](Deadline deadline) { return ports_.producer.push(job, deadline); });
  }

  /// Tries until it is done or we end.
  template <class F>
  Result<void> in_slices(F&& attempt) {
    for (;;) {
      auto done = attempt(slice);
      workers_ = ports_.producer.matched();
      if (done || done.error().code != Errc::timeout || ended_) return done;
    }
  }

  // ---- the Executor's thread

  Result<void> take(const Done& done) {
    if (!done.error.empty()) {
      settled(done.number, gallery_.take_failure(done.number, done.error));
      return {};
    }
    auto taken = gallery_.take(done.number, done.png);
    if (!taken) {
      keep(taken.error());
      return std::move(taken).error();
    }
    settled(done.number, *taken);
    return {};
  }

  void bury(const Job& job) {
    if (job.context == context_) fail(job.number, "given up: each worker that had it died of it");
  }
  void fail(std::uint32_t number, const std::string& why) {
    settled(number, gallery_.take_failure(number, why));
  }
  void settled(std::uint32_t number, Gallery::Taken taken) {
    keep(display_.settled(gallery_, number, taken));
    if (gallery_.is_complete()) end();
  }

  /// The first failure ends it all.
  void keep(Result<void> done) {
    if (done || failure_) return;
    failure_ = std::move(done).error();
    end();
  }
  void end() {
    ended_ = true;
    executor_->stop();
  }
  [[nodiscard]] Workforce workforce() const { return {workers_, ports_.producer.counters().redelivered}; }

  const Order& order_;
  std::uint64_t context_;
  Gallery gallery_;
  Display display_;
  std::optional<Error> failure_;
  Executor* executor_ = nullptr;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint32_t> workers_{0};
  Ports ports_;
};

}  // namespace

Result<void> feed(const Order& order, const Node& node, app::Interrupt& interrupt, char** environment) {
  WEFT_TRY(auto sources, find_images(order.folders, order.out));
  WEFT_TRY(auto gallery, Gallery::create(order.out, std::move(sources)));
  WEFT_TRY(auto ports, Ports::open(node));
  Feed feed(order, node, std::move(gallery), Display(order.json, environment), std::move(ports));
  return feed.run(interrupt);
}

}  // namespace weft::images
