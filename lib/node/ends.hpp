// The ends of one port: one per transport that it uses (for a client: one per server), and how to wait on
// them.
//
// Threads   A port's: one at a time; wake() and counters() from any. Any may poll the descriptor, too.
// Lifetime  Keeps the Context alive. Closing flushes each End (at most its linger).
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <poll.h>

#include "base/time.hpp"
#include "node/context.hpp"
#include "node/links.hpp"
#include "node/waker.hpp"

namespace weft::node {

class Ends final {
 public:
  /// One End with its links.
  struct Slot {
    transport::Transport* transport;
    transport::Traits traits;
    std::unique_ptr<Links> links;
    std::unique_ptr<transport::End> end;  // after links: it is closed before them
  };

  /// `options` without id and sequence: the port's id is taken from the context. Errors: resource_exhausted.
  static Result<std::unique_ptr<Ends>> create(std::shared_ptr<Context> context, transport::EndOptions options,
                                              Judge judge);
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends();

  /// Binds or connects the End of the URI's transport, made if this is its first.
  Result<std::string> bind(std::string_view uri);
  Result<void> connect(std::string_view uri);
  /// Connects an End of its own.
  Result<void> connect_apart(std::string_view uri);

  [[nodiscard]] std::vector<Slot>& slots() noexcept { return slots_; }
  [[nodiscard]] const transport::EndOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::atomic<std::uint64_t>& sequence() noexcept { return sequence_; }
  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  [[nodiscard]] std::uint32_t live() const noexcept;  ///< Compatible links on all ends.
  [[nodiscard]] std::optional<Error> refusal() const;
  /// What a live peer that fits announced; null if there is none.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const;
  [[nodiscard]] Counters counters() const;

  /// Sleeps until an End or the waker has something, at most until `deadline`: false if it passed. REQUIRES
  /// that every End's receive() has just answered nothing, or that what it would say may be late.
  Result<bool> wait(Deadline deadline);
  void wake() noexcept { waker_.wake(); }

  /// A descriptor that is readable exactly while note(true) was said last, or an End may have something
  /// since.
  Result<int> fd();
  /// Said before each look at the ends: forgets wake-ups, since what they were for is seen now.
  void look() noexcept { waker_.clear(); }
  /// Said after each look: true if something was there, so that there may be more.
  void note(bool more) noexcept;

 private:
  Ends(std::shared_ptr<Context> context, transport::EndOptions options, Judge judge, Waker waker, Waker more);
  Result<Slot*> slot_for(const transport::Endpoint& endpoint);
  Result<Slot> make_slot(transport::Transport& transport);
  Result<Slot*> add(Slot slot);
  Result<void> poll_also(int fd);

  std::shared_ptr<Context> context_;
  transport::EndOptions options_;
  Judge judge_;
  std::atomic<std::uint64_t> sequence_{0};
  Waker waker_;                        // link changes, stop requests
  Waker more_;                         // readable: the last look found something
  Fd poll_;                            // epoll over all the above; made by the first fd()
  std::vector<Slot> slots_;            // changed by the port's thread, under the next
  mutable std::mutex counters_mutex_;  // held by counters(), too: the port's own thread reads without
  std::vector<pollfd> polled_;         // wait()'s, kept for its memory
};

}  // namespace weft::node
