// All of a publisher that does not depend on the message's type.
//
// Threads   One at a time; counters() from any.
// Lifetime  Keeps the Context alive; dropping it flushes for at most a second.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "node/ends.hpp"
#include "node/judge.hpp"
#include "node/outgoing.hpp"
#include "node/presence.hpp"
#include "node/thread_check.hpp"
#include "type/qos.hpp"

namespace weft::node {

/// A message's memory inside a transport, lent to be filled in place.
struct Placed {
  transport::Loan loan;
  transport::End* end = nullptr;  ///< Whose it is; nullptr: no transport could lend aligned memory.
  [[nodiscard]] void* memory() const noexcept { return loan.bytes.data() + wire::header_bytes; }
};

class PublisherPort final {
 public:
  static Result<std::unique_ptr<PublisherPort>> create(const Maker& maker, Contract contract, const Qos& qos);

  Result<std::string> bind(std::string_view uri);
  Result<void> connect(std::string_view uri);

  /// Sends one message to every link; to nobody, without encoding, if there is none. Errors: timeout and
  /// too_big, and then nobody gets it; resource_exhausted.
  Result<void> send(const Outgoing& outgoing, Deadline deadline);
  /// Sends `count` messages from those of `all` on, in as few frames as can be, and answers how many: fewer, but not none,
  /// where only the first could be sent. Errors: as send(), of the first.
  Result<std::size_t> send_all(const Outgoing& all, std::size_t count, Deadline deadline);
  /// Aligned memory for one flat message, where a transport with a link can lend it and all its peers read it so.
  Result<Placed> place(const TypeSupport& type, Deadline deadline);
  /// Sends what was filled in place; whoever cannot have it so gets it as send() would give it.
  Result<void> send(Placed placed, const Outgoing& outgoing, Deadline deadline);

  Result<void> wait_matched(std::uint32_t n, Deadline deadline);
  [[nodiscard]] std::uint32_t matched();
  /// What happened to a peer, the oldest first. Never blocks.
  std::optional<PeerEvent> next_event();
  /// What a matched subscriber announced; null if there is none. For ports without a type of their own.
  [[nodiscard]] std::shared_ptr<const Verdict> peer() const { return ends_->peer(); }
  [[nodiscard]] Counters counters() const { return ends_->counters(); }

 private:
  struct Part {
    transport::End* end = nullptr;
    Form form = Form::encoded;
    transport::Loan loan{};
  };

  PublisherPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, const Qos& qos);
  bool anybody_listens(std::uint32_t messages);
  void look_who_takes_batches();
  std::uint32_t fitting(const Outgoing& all, std::size_t first, std::size_t count);
  void take_in_changes();
  Result<void> gather(const Outgoing& outgoing, const transport::End* placed, Deadline deadline);
  Part& next_part(Ends::Slot& slot, Form form);
  void emit(const Outgoing& outgoing);
  void emit_late(const Outgoing& outgoing);

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<Presence> presence_;  // after the ends: it goes first
  bool reliable_;
  wire::Header header_;              // of the send under way, like the next; kept for what stays the same
  std::vector<Part> parts_;          // and for its memory; used loans in them are empty
  std::size_t used_ = 0;             // how many of the parts
  std::uint32_t most_together_ = 1;  // messages in a frame
  std::vector<std::size_t> sizes_;   // of encodings, of the frame under way, kept for its memory, too
  ThreadCheck check_;
};

}  // namespace weft::node
