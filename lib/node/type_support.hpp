// What the untyped ports need to know of a message type: a table per type, made at compile time.
//
// Threads   Constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "codec/flat.hpp"
#include "codec/msgpack.hpp"
#include "type/schema.hpp"

namespace weft::node {

struct SharedMessage;

struct TypeSupport {
  std::string_view schema;    ///< Canonical text.
  std::uint64_t fingerprint;  ///< Of `schema`.
  std::size_t flat_bytes;     ///< Size of the message's memory if that is its encoding, else 0.
  std::size_t (*encoded_size)(const void* message);
  void (*encode)(const void* message, std::span<std::byte> out);
  /// A copy that can be shared; nullptr for types that borrow memory or exist at run time only: they travel
  /// encoded.
  std::shared_ptr<const SharedMessage> (*share)(const void* message);
};

/// A message that ends of one Context share: what Loan::object and Frame::object point to.
struct SharedMessage {
  const TypeSupport* type;  ///< The sender's: a reader of another type encodes with it.
  const void* message;      ///< The message itself, behind this.
};

template <Message T>
struct SharedMessageOf : SharedMessage {
  T value;
  template <class... Args>
  explicit SharedMessageOf(const TypeSupport& support, Args&&... args)
      : SharedMessage{&support, &value}, value(std::forward<Args>(args)...) {}
  SharedMessageOf(const SharedMessageOf&) = delete;
  SharedMessageOf& operator=(const SharedMessageOf&) = delete;
};

namespace detail {

template <Message T>
struct SupportFor {
  static constexpr std::size_t flat_bytes() {
    if constexpr (Flat<T> && alignof(T) <= 8) {  // as transports align
      return sizeof(T);
    } else {
      return 0;
    }
  }
  static std::size_t encoded_size(const void* message) {
    return weft::encoded_size(*static_cast<const T*>(message));
  }
  static void encode(const void* message, std::span<std::byte> out) {
    weft::encode(*static_cast<const T*>(message), out);
  }
  static std::shared_ptr<const SharedMessage> share(const void* message) {
    return std::make_shared<const SharedMessageOf<T>>(table, *static_cast<const T*>(message));
  }
  static constexpr TypeSupport table{schema_text<T>(), fingerprint<T>(), flat_bytes(),
                                     &encoded_size,    &encode,          has_views<T> ? nullptr : &share};
};

}  // namespace detail

template <Message T>
inline constexpr const TypeSupport& type_support = detail::SupportFor<T>::table;

}  // namespace weft::node
