// Sample<T>: a received message with its header.
//
// What      The message is decoded into the Sample, or, where the transport allows, stays where the sender
//           wrote it: in shared memory or as the very object of a publisher in this Context. Which of them,
//           one need not know: the message is const and lives as long as the Sample.
// Threads   A value that moves; may be dropped on any thread.
// Lifetime  BytesView fields borrow what the Sample keeps. A Sample may outlive the port it came from.
//           Holding many holds the transport's memory.
#pragma once

#include <optional>
#include <utility>

#include "codec/flat.hpp"
#include "codec/msgpack.hpp"
#include "node/incoming.hpp"
#include "node/type_support.hpp"

namespace weft {

template <Message T>
class Sample final {
 public:
  [[nodiscard]] const T& operator*() const noexcept { return borrowed_ != nullptr ? *borrowed_ : *own_; }
  [[nodiscard]] const T* operator->() const noexcept { return &**this; }
  [[nodiscard]] const wire::Header& header() const noexcept { return header_; }

  /// For ports: the sample of a message that is still to be read, from what `incoming` holds, which it may keep.
  /// Errors: malformed, incompatible (a value that this type has no name for); there is no sample then.
  explicit Sample(const wire::Header& header) noexcept : header_(header) {}
  Result<void> read(node::Incoming& incoming) { return read_as<true>(incoming); }
  /// The same, but `incoming` keeps what is to be kept; again for the next message of the same frame.
  Result<void> look_at(node::Incoming& incoming) {
    header_.sequence = incoming.view.header.sequence;
    return read_as<false>(incoming);
  }

 private:
  template <bool keeps>
  Result<void> read_as(node::Incoming& incoming);
  template <bool keeps>
  Result<void> read_shared(node::Incoming& incoming);
  template <bool keeps>
  Result<void> read_flat(node::Incoming& incoming);
  Result<void> read_encoded(BytesView payload, const node::Verdict* writer);

  wire::Header header_;
  std::optional<T> own_;
  const T* borrowed_ = nullptr;  // into what the two below keep
  transport::Keeper keeper_;
  std::shared_ptr<const void> object_;
};

template <Message T>
template <bool keeps>
Result<void> Sample<T>::read_as(node::Incoming& incoming) {
  if (incoming.frame.object) return read_shared<keeps>(incoming);
  if (incoming.view.header.kind == wire::Kind::flat) return read_flat<keeps>(incoming);
  WEFT_CHECK(read_encoded(incoming.view.payload, incoming.writer.get()));
  if constexpr (keeps && has_views<T>) incoming.give(keeper_);
  return {};
}

// The sender's object itself if it is of this very type; else encoded with the sender's type and read as
// ever.
template <Message T>
template <bool keeps>
Result<void> Sample<T>::read_shared(node::Incoming& incoming) {
  const auto& shared = *static_cast<const node::SharedMessage*>(incoming.frame.object.get());
  if (shared.type == &node::type_support<T>) {
    borrowed_ = static_cast<const T*>(shared.message);
    if constexpr (keeps) object_ = std::move(incoming.frame.object);
    return {};
  }
  Bytes encoded(shared.type->encoded_size(shared.message));
  shared.type->encode(shared.message, encoded);
  WEFT_CHECK(read_encoded(encoded, incoming.writer.get()));
  keeper_ = transport::Keeper(std::move(encoded));
  return {};
}

template <Message T>
template <bool keeps>
Result<void> Sample<T>::read_flat(node::Incoming& incoming) {
  if constexpr (Flat<T>) {
    WEFT_TRY(borrowed_, flat::view<T>(incoming.view.payload));
    if constexpr (keeps) incoming.give(keeper_);
    return {};
  } else if constexpr (flat::packed_bytes<T>() != 0) {
    return flat::unpack(incoming.view.payload, own_.emplace());
  } else {
    return Error{Errc::malformed, "a flat frame of a message that is not flat"};
  }
}

template <Message T>
Result<void> Sample<T>::read_encoded(BytesView payload, const node::Verdict* writer) {
  own_.emplace();
  if (writer != nullptr && writer->plan) return decode(payload, *writer->plan, *own_);
  return decode(payload, *own_);
}

}  // namespace weft
