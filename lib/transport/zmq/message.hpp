// Message: one libzmq message part, owned.
//
// What      ::zmq::message_t made cheap to hand on: a move copies the 64 bytes of the zmq_msg_t, as libzmq's own
//           zmq_msg_move does, but without three calls into the library. A frame is moved half a dozen times on its way.
// Threads   A value that moves.
// Lifetime  The bytes of a message longer than libzmq keeps inside the zmq_msg_t (33) stay where they are when it
//           moves, and outlive the socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <zmq.hpp>

#include "base/bytes.hpp"

namespace weft::transport::zeromq {

class Message final {
 public:
  /// An empty one.
  Message() noexcept { ::zmq_msg_init(&message_); }
  /// None: for one that is made next. Making an empty one first would cost two calls into the library.
  enum class None : std::uint8_t { none };
  explicit Message(None) noexcept : tag_(0) {}
  /// One of so many bytes, uninitialised; nothing where there is no memory.
  explicit Message(std::size_t bytes) noexcept : tag_(0) { make(bytes); }
  Message(Message&& other) noexcept : message_(other.message_), tag_(std::exchange(other.tag_, 0)) {}
  Message& operator=(Message&&) = delete;
  ~Message() { drop(); }

  /// Whether there is one: it may have been moved or sent away. REQUIRED of all below.
  explicit operator bool() const noexcept { return tag_ != 0; }
  /// libzmq has taken it.
  void taken() noexcept { tag_ = 0; }
  /// One of so many bytes in its place, uninitialised; nothing where there is no memory.
  void make(std::size_t bytes) noexcept {
    drop();
    tag_ = ::zmq_msg_init_size(&message_, bytes) == 0 ? 1 : 0;
  }
  /// One of these bytes, which libzmq gives back by release(data, hint) on any thread, also where it has no memory
  /// for it: then there is nothing.
  void make(void* data, std::size_t bytes, zmq_free_fn* release, void* hint) noexcept {
    drop();
    tag_ = ::zmq_msg_init_data(&message_, data, bytes, release, hint) == 0 ? 1 : 0;
    if (tag_ == 0) release(data, hint);
  }
  /// Nothing in its place.
  void drop() noexcept {
    if (tag_ != 0) ::zmq_msg_close(&message_);
    tag_ = 0;
  }
  /// An empty one, if there is none.
  void prepare() noexcept {
    if (tag_ != 0) return;
    ::zmq_msg_init(&message_);
    tag_ = 1;
  }

  [[nodiscard]] zmq_msg_t* handle() noexcept { return &message_; }
  [[nodiscard]] std::size_t size() const noexcept { return ::zmq_msg_size(&message_); }
  [[nodiscard]] std::byte* data() noexcept { return static_cast<std::byte*>(::zmq_msg_data(&message_)); }
  [[nodiscard]] BytesView bytes() noexcept { return {data(), size()}; }
  /// Whether another part follows.
  [[nodiscard]] bool more() const noexcept { return ::zmq_msg_more(&message_) != 0; }

  /// A number that goes with it; not 0.
  [[nodiscard]] std::uint64_t tag() const noexcept { return tag_; }
  void set_tag(std::uint64_t tag) noexcept { tag_ = tag; }

 private:
  zmq_msg_t message_;
  std::uint64_t tag_ = 1;  // 0: there is none
};

}  // namespace weft::transport::zeromq
