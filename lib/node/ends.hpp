// The ends of one port: one per transport that it uses (for a client: one per server), and how to wait on
// them.
//
// What      Ends come about in two ways: by hand, on the port's thread, and by discovery, on the agent's
//           (matchmaker.hpp). Those of the agent's arrive: they are put aside, and the port's thread takes them
//           over at its next look(). Its slots are its own, and read without a lock.
// By hand   An End's first endpoint by hand is bound or connected before it is among the slots, so that none stays behind
//           empty that failed. The port's thread does both, and sends nothing between: no link misses a message. An End
//           that the agent makes meanwhile for the same transport is a second one. A guest's (subscriber's, client's) is for
//           what was found or for what is by hand, never for both.
// Arrival   An End of the agent's is put aside, and that is news (links.hpp, Course), before it is bound or connected. A
//           publisher stores its sequence and then looks for news: either it sees the End, or a link of that End
//           begins after what was stored (transport.hpp, EndOptions::sequence). So no link misses a message.
// Threads   A port's: one at a time; wake(), counters() and the agent's part from any. Any may poll the descriptor, too.
// Lifetime  Keeps the Context alive. Closing flushes each End (at most its linger).
// Cost      Without a peer and without fd(): one descriptor.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include <poll.h>

#include "base/idle.hpp"
#include "base/time.hpp"
#include "node/context.hpp"
#include "node/links.hpp"
#include "node/peer_events.hpp"
#include "run/waker.hpp"

namespace weft::node {

class Ends final {
 public:
  /// One End with its links.
  struct Slot {
    transport::Transport* transport;
    transport::Traits traits;
    std::unique_ptr<Links> links;
    std::unique_ptr<transport::End> end;  // after links: it is closed before them
    std::uint64_t number = 0;             ///< No other Slot's of this port.
    bool found = false;                   ///< Discovery made it, and not a hand.
    bool parting = false;                 ///< It is to be closed when its link has ended.
    std::size_t outstanding = 0;          ///< Of a client: calls that were not answered,
    std::uint64_t outstanding_of = 0;     ///< since so many links had ended: no others of them are unsettled.
  };
  /// What the agent keeps of a Slot; good until that is retired.
  struct Handle {
    transport::End* end = nullptr;
    Links* links = nullptr;
    std::uint64_t number = 0;
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
  /// Closes every End that discovery made, outside the lock: other threads do not wait for what is flushed. REQUIRES: the
  /// agent is out of it.
  void close_found();
  /// Adds to the sum what those Ends have carried to which no message points any more; until then their Links stay.
  void fold_parted(const std::function<bool(const Links&)>& in_use);

  /// For the agent, on any thread: the End of a transport, made if this is its first; or one more. The port's thread
  /// is woken. Errors: resource_exhausted, invalid_argument.
  Result<Handle> find_or_make(std::string_view scheme);
  Result<Handle> make_apart(std::string_view scheme);
  /// For the agent: an End of make_apart() is to be closed by the port's thread, if it has no link, or once that has
  /// ended and what had arrived before was read.
  void retire(const Handle& handle);
  /// It is not; false if it is closed already.
  bool keep(const Handle& handle);
  /// Whether it is there still.
  [[nodiscard]] bool has(const Handle& handle) const;

  /// Those that the port's thread has taken over. Stay where they are until the next look() or close_found().
  [[nodiscard]] std::vector<Slot>& slots() noexcept { return slots_; }
  [[nodiscard]] const transport::EndOptions& options() const noexcept { return options_; }
  [[nodiscard]] Course& course() noexcept { return course_; }
  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  [[nodiscard]] Context& context() const noexcept { return *context_; }

  [[nodiscard]] std::uint32_t live() const noexcept;  ///< Compatible links on all ends.
  [[nodiscard]] std::optional<Error> refusal() const;
  /// What a live peer that fits announced; null if there is none.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const;
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] PeerEvents& events() noexcept { return events_; }

  /// Sleeps until an End or the waker has something, at most until `deadline`: false if it passed. REQUIRES
  /// that every End's receive() has just answered nothing, or that what it would say may be late.
  Result<bool> wait(Deadline deadline);
  void wake() noexcept { waker_.wake(); }

  /// A descriptor that is readable exactly while note(true) was said last, or an End may have something
  /// since.
  Result<int> fd();
  /// Makes it readable, too, while `also` is, until that is closed. Errors: resource_exhausted.
  Result<void> poll_also(int also);
  /// Said before each look at the ends: forgets wake-ups, since what they were for is seen now.
  void forget_wakes() noexcept { waker_.clear(); }
  /// The same, and takes over what has arrived and closes what is retired.
  void look() {
    waker_.clear();
    take_over_if_any();
  }
  /// For a publisher that has just stored its sequence: whether links have begun or Ends arrived since it asked last.
  /// Takes over those.
  bool has_news() {
    const auto news = course_.news.load(std::memory_order_seq_cst);  // pairs with the fetch_adds: see Course
    if (news == known_news_) [[likely]]
      return false;
    known_news_ = news;
    take_over_if_any();
    return true;
  }
  /// Said after each look: true if something was there, so that there may be more.
  void note(bool more) noexcept {
    if (more) idling_.reset();
    if (poll_) [[unlikely]]
      tell_pollers(more);
  }

 private:
  /// A Slot that is to be closed.
  struct Retired {
    std::uint64_t number;
    std::uint64_t ended;  // how many of its links had ended when that was said
    bool over = false;  // its link has ended: it is closed at the next look, after what had arrived was read
  };

  Ends(std::shared_ptr<Context> context, transport::EndOptions options, Judge judge, run::Waker waker);
  Result<void> by_hand(std::string_view scheme, const std::function<Result<void>(transport::End&)>& attach);
  /// Whether endpoints of the transport that discovery found, or by hand, are the Slot's.
  [[nodiscard]] bool is_for(const Slot& slot, const transport::Transport& transport,
                            bool found) const noexcept;
  Result<Slot> make_slot(transport::Transport& transport);
  Result<Handle> put_aside(transport::Transport& transport);
  Result<void> add(Slot slot);
  void take_over_if_any() {
    if (arrived_.load(std::memory_order_relaxed))
        [[unlikely]]  // pairs with nothing: whoever looks was woken after it was set, or has seen that there are news
      take_over();
  }
  void tell_pollers(bool more) noexcept;
  std::optional<bool> sleep(Deadline deadline);
  void take_over();
  void close_retired(std::vector<Slot>& closed);
  void forget(const Slot& slot);
  void fold(const Links& links);
  Result<void> make_descriptor();
  Result<void> poll_also(const Fd& poll, int fd) const;

  std::shared_ptr<Context> context_;
  transport::EndOptions options_;
  Judge judge_;
  Course course_;
  std::uint64_t known_news_ = 0;  // of a publisher; its thread's
  Idling idling_;                 // the thread's that waits, like the next
  bool has_futexes_ = true;
  run::Waker waker_;  // link changes, arrivals, stop requests
  std::optional<run::Waker>
      more_;  // readable: the last look found something; made by the first fd(), like poll_
  PeerEvents events_{waker_};
  std::atomic<bool> arrived_{false};  // set under the mutex: `arrivals_` or `retired_` ask for a look()
  mutable std::mutex
      mutex_;  // guards the rest but for the last; of slots_ and poll_ the port's own thread reads without
  std::vector<Slot> slots_;     // changed by the port's thread, like parted_
  std::vector<Slot> arrivals_;  // of the agent's, not taken over yet
  std::uint64_t last_number_ = 0;
  std::vector<Retired> retired_;
  std::vector<std::unique_ptr<Links>>
      parted_;                  // of Ends that close_found() closed: messages may point to them; see slots_
  LinkCounters past_;           // the sum of the Slots that were retired and the Links that were folded
  Fd poll_;                     // epoll over all the above
  std::vector<pollfd> polled_;  // wait()'s, kept for its memory
};

}  // namespace weft::node
