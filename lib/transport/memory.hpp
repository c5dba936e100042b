// Memory that crosses the seam: what a transport lends for writing and hands out for reading.
//
// What      Loan is room for one frame, Frame is a received one. Both are a run of bytes and a Keeper, which
//           holds whatever the transport needs to keep the bytes alive, without an allocation.
// Threads   Values that move; a Frame may be dropped on any thread.
// Lifetime  The bytes live as long as the Loan or Frame, which may outlive the End it came from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "base/bytes.hpp"

namespace weft::transport {

/// Owns one object of any type of at most `room` bytes in place; moves, never copies, never allocates.
class Keeper {
 public:
  static constexpr std::size_t room = 72;

  Keeper() noexcept {}  // NOLINT: "= default" would let Keeper{} write zeros over the store
  template <class Owner>
    requires(!std::is_same_v<std::remove_cvref_t<Owner>, Keeper>)
  explicit Keeper(Owner owner) noexcept {
    emplace<Owner>(std::move(owner));
  }
  Keeper(Keeper&& other) noexcept : operations_(std::exchange(other.operations_, nullptr)) {
    if (operations_ != nullptr) operations_->relocate(&other.store_, &store_);
  }
  Keeper& operator=(Keeper&& other) noexcept {
    if (this != &other) {
      reset();
      operations_ = std::exchange(other.operations_, nullptr);
      if (operations_ != nullptr) operations_->relocate(&other.store_, &store_);
    }
    return *this;
  }
  ~Keeper() { reset(); }

  /// Makes an owner in place of whatever it held.
  template <class Owner, class... Arguments>
  Owner& emplace(Arguments&&... arguments) noexcept {
    static_assert(sizeof(Owner) <= room && alignof(Owner) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_constructible_v<Owner, Arguments...>);
    reset();
    auto* owner = ::new (static_cast<void*>(&store_)) Owner(std::forward<Arguments>(arguments)...);
    operations_ = &operations_of<Owner>;
    return *owner;
  }

  /// The owner of this very type, made by default in place of any other.
  template <class Owner>
  Owner& keep() noexcept {
    auto* owner = get<Owner>();
    return owner != nullptr ? *owner : emplace<Owner>();
  }

  /// The owner, if it is of this very type; else nullptr.
  template <class Owner>
  [[nodiscard]] Owner* get() noexcept {
    return operations_ == &operations_of<Owner> ? std::launder(reinterpret_cast<Owner*>(&store_)) : nullptr;
  }

 private:
  struct Operations {
    void (*relocate)(void* from, void* to) noexcept;  ///< Moves the owner and ends the old one's life.
    void (*destroy)(void* owner) noexcept;
  };
  template <class Owner>
  static constexpr Operations operations_of{
      [](void* from, void* to) noexcept {
        auto* owner = static_cast<Owner*>(from);
        ::new (to) Owner(std::move(*owner));
        owner->~Owner();
      },
      [](void* owner) noexcept { static_cast<Owner*>(owner)->~Owner(); }};

  void reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(&store_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::array<std::byte, room> store_;
};

/// How a reply finds its way back: bytes that only the transport which made them understands.
class ReturnPath {
 public:
  static constexpr std::size_t max_bytes = 255;

  ReturnPath() noexcept {}  // NOLINT: as of Keeper
  /// REQUIRES: bytes.size() <= max_bytes.
  explicit ReturnPath(BytesView bytes) noexcept : size_(static_cast<std::uint8_t>(bytes.size())) {
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  }
  ReturnPath(const ReturnPath& other) noexcept : ReturnPath(other.bytes()) {}
  ReturnPath& operator=(const ReturnPath& other) noexcept {
    size_ = other.size_;
    std::memmove(bytes_.data(), other.bytes_.data(), size_);
    return *this;
  }
  ~ReturnPath() = default;

  [[nodiscard]] BytesView bytes() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  friend bool operator==(const ReturnPath& one, const ReturnPath& other) noexcept {
    return one.size_ == other.size_ && std::memcmp(one.bytes_.data(), other.bytes_.data(), one.size_) == 0;
  }

 private:
  std::uint8_t size_ = 0;
  std::array<std::byte, max_bytes> bytes_;  // only the first size_ are ever read
};

/// Room for one frame. Where the transport's traits say `objects`, a frame may be a header alone in `bytes`
/// with the message itself in `object`, shared and immutable from then on.
struct Loan {
  std::span<std::byte> bytes{};
  Keeper keeper{};
  std::shared_ptr<const void> object{};
};

/// One received frame.
struct Frame {
  BytesView bytes{};
  Keeper keeper{};
  std::shared_ptr<const void> object{};
  ReturnPath path{};  ///< At an inbox: where a reply goes; empty if the sender takes none.
};

}  // namespace weft::transport
