// Unbundler: hands out the frames of a bundle one by one.
//
// Threads   One at a time.
// Lifetime  Frames outlive it: each keeps the message that it came in.
#pragma once

#include <optional>
#include <utility>

#include "transport/zmq/parts.hpp"
#include "wire/bundle.hpp"

namespace weft::transport::zeromq {

class Unbundler final {
 public:
  /// What next() hands out is of this message from now on, which begins with a bundle's header. False if it is longer than
  /// a bundle may be, or what follows the header is not whole frames: then there is nothing.
  bool open(Message message) {
    bundle_.emplace(std::move(message));
    if (bundle_->size() > wire::Bundle::longest) {
      bundle_.reset();
      return false;
    }
    const auto all = bundle_->bytes().subspan(wire::header_bytes);
    rest_ = all;
    while (wire::take_frame(rest_)) {
    }
    const bool whole = rest_.empty();
    rest_ = whole ? all : BytesView{};
    return whole;
  }

  /// Nothing is left.
  void drop() noexcept { bundle_.reset(); }

  /// The next frame, if one is left, in place of what `frame` held.
  bool next(Frame& frame) {
    if (!bundle_) return false;
    const auto bytes = wire::take_frame(rest_);
    if (bytes) {
      message_of(frame).share(*bundle_);
      frame.bytes = *bytes;
    } else {
      bundle_.reset();
    }
    return bytes.has_value();
  }

 private:
  std::optional<Message> bundle_;
  BytesView rest_;  // of it: what was not handed out yet
};

}  // namespace weft::transport::zeromq
