// Gathering: short frames of one sender that wait for each other, to travel as one message (wire/bundle.hpp).
//
// What      Who sends says of each frame whether it may wait. For the one after such a frame it lends memory of its own,
//           since a message's would only be copied from.
// Threads   lend() and expect() by the sender's thread; the rest by whoever holds the end's lock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "base/time.hpp"
#include "transport/memory.hpp"
#include "transport/zmq/pool.hpp"
#include "wire/bundle.hpp"

namespace weft::transport::zeromq {

class Gathering final {
 public:
  /// How long a frame waits for others where the agent is free.
  static constexpr Duration longest_wait = std::chrono::microseconds(200);

  /// Whether the next frame is likely to wait.
  void expect(bool more) noexcept { expecting_ = more; }

  /// Room for a frame that is likely to wait; false: it is not, or is too long for it.
  bool lend(Loan& loan, std::size_t bytes) {
    if (!expecting_ || bytes < wire::header_bytes || bytes > wire::Bundle::longest_frame) return false;
    if (!spare_) spare_ = std::make_unique_for_overwrite<std::byte[]>(wire::Bundle::longest_frame);
    loan.bytes = {spare_.get(), bytes};
    loan.keeper.emplace<Scratch>(std::move(spare_));
    return true;
  }

  [[nodiscard]] bool empty() const noexcept { return bundle_.empty(); }
  [[nodiscard]] bool takes(const Loan& loan) const noexcept { return bundle_.takes(loan.bytes); }
  /// REQUIRES: takes(loan). By the sender's thread, with the lock.
  void add(Loan& loan) {
    bundle_.add(loan.bytes);
    if (auto* scratch = loan.keeper.get<Scratch>()) spare_ = std::move(*scratch);
  }
  /// Whether there is but one, which travels as itself.
  [[nodiscard]] bool is_alone() const noexcept { return bundle_.holds_one(); }
  /// All of them, in order, as one message behind `prefix`, and then there are none; nothing where there is no memory.
  /// REQUIRES: !empty().
  [[nodiscard]] Message take(BytesView prefix) noexcept {
    Message message(Message::None::none);
    const auto bytes = bundle_.message();
    const auto all = prefix.size() + bytes.size();
    if (all > Pool::longest) {
      pool_.make(message, all);
    } else {  // of a few frames, for which a block would hold much more memory while they are under way
      message.make(all);
    }
    if (message) {
      std::ranges::copy(prefix, message.data());
      std::memcpy(message.data() + prefix.size(), bytes.data(), bytes.size());
    }
    bundle_.clear();
    return message;
  }
  void clear() noexcept { bundle_.clear(); }

 private:
  /// Of a bundle behind the longest prefix.
  static constexpr std::size_t most_bytes = wire::Bundle::longest + 512;
  using Scratch = std::unique_ptr<std::byte[]>;

  bool expecting_ = false;
  Scratch spare_;
  wire::Bundle bundle_;
  Pool pool_{most_bytes, most_bytes};
};

}  // namespace weft::transport::zeromq
