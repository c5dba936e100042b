// Unbundler: hands out the frames of a bundle one by one.
//
// What      The frames share the message that they came in. How many of them there are is known when it is opened: so
//           each is counted out once, when it is dropped, and never in.
// Threads   One at a time; frames are dropped on any.
// Lifetime  Frames outlive it.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "transport/zmq/parts.hpp"
#include "wire/bundle.hpp"

namespace weft::transport::zeromq {

class Unbundler final {
 public:
  Unbundler() = default;
  Unbundler(const Unbundler&) = delete;
  Unbundler& operator=(const Unbundler&) = delete;
  ~Unbundler() { drop(); }

  /// What next() hands out is of this message from now on, a bundle after so many bytes of prefix. False if it is longer
  /// than a bundle may be, or what follows its header is not whole frames: then there is nothing. REQUIRES: nothing is left.
  bool open(Message message, std::size_t prefix = 0) {
    const auto bytes = message.bytes();
    const auto begin = prefix + wire::header_bytes;
    if (bytes.size() < begin || bytes.size() > prefix + wire::Bundle::longest) return false;
    auto rest = bytes.subspan(begin);
    std::uint32_t frames = 0;
    while (wire::take_frame(rest))
      ++frames;
    if (!rest.empty() || frames == 0) return rest.empty();
    bundle_ = new Bundle(std::move(message), frames);
    rest_ = bytes.subspan(begin);
    left_ = frames;
    return true;
  }

  /// Nothing is left.
  void drop() noexcept {
    if (left_ != 0) bundle_->release(std::exchange(left_, 0));
  }

  /// The next frame, if one is left, in place of what `frame` held.
  bool next(Frame& frame) noexcept {
    if (left_ == 0) [[likely]]
      return false;
    frame.object = nullptr;
    frame.bytes = *wire::take_frame(rest_);
    frame.keeper.emplace<Share>(bundle_);
    --left_;
    return true;
  }

 private:
  /// The message, and how many of its frames there still are.
  class Bundle final {
   public:
    Bundle(Message message, std::uint32_t frames) : message_(std::move(message)), frames_(frames) {}
    void release(std::uint32_t frames) noexcept {
      // pairs with itself: whoever ends it has seen all others done with it
      if (frames_.fetch_sub(frames, std::memory_order_acq_rel) == frames) delete this;
    }

   private:
    ~Bundle() = default;
    const Message message_;
    std::atomic<std::uint32_t> frames_;
  };

  /// One frame's.
  class Share final {
   public:
    explicit Share(Bundle* bundle) noexcept : bundle_(bundle) {}
    Share(Share&& other) noexcept : bundle_(std::exchange(other.bundle_, nullptr)) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (bundle_ != nullptr) bundle_->release(1);
    }

   private:
    Bundle* bundle_;
  };

  Bundle* bundle_ = nullptr;
  std::uint32_t left_ = 0;  // frames
  BytesView rest_;          // their bytes
};

}  // namespace weft::transport::zeromq
