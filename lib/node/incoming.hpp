// A received message on its way in, before its type is looked at.
//
// Threads   Values that move.
// Lifetime  Of a frame with several messages all keep the frame's memory.
#pragma once

#include <memory>

#include "node/links.hpp"
#include "transport/memory.hpp"
#include "wire/batch.hpp"
#include "wire/header.hpp"

namespace weft::node {

/// One message as it came: header and payload (which borrow `frame`), and how to read it; or the next of several that came
/// in one frame.
struct Incoming {
  wire::FrameView view{};
  transport::Frame frame{};
  std::shared_ptr<const Verdict> writer{};  ///< What the sender announced, where reading needs it; else null.
  Links* links = nullptr;
  // Of a frame of several messages:
  BytesView rest{};        ///< Behind this one,
  std::uint32_t left = 0;  ///< which are so many;
  bool batched = false;
  std::shared_ptr<transport::Keeper> shared{};  ///< the frame's memory, once one of them has been kept.

  static constexpr std::size_t ahead = 768;  ///< Bytes.

  /// Begins with the messages of a frame that has several: next() is the first.
  void open() noexcept {
    auto& header = view.header;
    rest = view.payload;
    left = header.count;
    header.sequence -= left;
    header.count = 1;
    batched = true;
  }
  /// Goes on to the next of them; false if there is none there. REQUIRES: left != 0.
  bool next() noexcept {
    const auto message = wire::take_message(rest);
    if (!message) return false;
    // Of short messages those that come some time later: to have them from another processor's cache takes that long.
    __builtin_prefetch(rest.data() + ahead);
    __builtin_prefetch(rest.data() + ahead + 64);
    --left;
    ++view.header.sequence;
    view.payload = *message;
    return true;
  }
  /// Gives what keeps the payload to who keeps it; of several messages each is given a share.
  void give(transport::Keeper& keeper) {
    if (!batched) [[likely]] {
      keeper = std::move(frame.keeper);
      return;
    }
    if (!shared) shared = std::make_shared<transport::Keeper>(std::move(frame.keeper));
    keeper = transport::Keeper(shared);
  }
  /// Nobody needs its memory here any more.
  void release() noexcept {
    frame.keeper = {};
    frame.object = nullptr;
    if (batched) [[unlikely]]
      shared = nullptr;
    batched = false;
  }
};

}  // namespace weft::node
