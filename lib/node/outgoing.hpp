// A message on its way out: in which form it travels on a transport, and how it gets into a loan.
//
// Threads   Pure functions.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "node/links.hpp"
#include "node/type_support.hpp"
#include "transport/transport.hpp"

namespace weft::node {

/// How a message travels: as the object itself, as raw memory, or in MessagePack.
enum class Form : std::uint8_t { object, flat, encoded };

/// A message to send, or several that travel in one frame; borrows them for the call.
struct Outgoing {
  const TypeSupport& type;
  const void* message;
  std::shared_ptr<const SharedMessage> object =
      nullptr;                           ///< The message, where the caller already shares it.
  std::uint32_t count = 1;               ///< Messages, one behind the other,
  std::size_t stride = 0;                ///< of which each begins so many bytes behind the one before;
  std::span<const std::size_t> sizes{};  ///< what the encoding of each takes, where that is known.

  [[nodiscard]] const void* at(std::size_t i) const noexcept {
    return static_cast<const std::byte*>(message) + i * stride;
  }
  [[nodiscard]] std::size_t size(std::size_t i) const {
    return sizes.empty() ? type.encoded_size(at(i)) : sizes[i];
  }
};

/// For a message that is a Bytes with the encoding of a message of that type.
TypeSupport support_for_encoded(std::string_view schema, std::uint64_t fingerprint) noexcept;

/// The cheapest form that a transport with these traits can carry and all the peers of `links` can read: raw memory
/// is for those who take this very type.
inline Form form_for(const transport::Traits& traits, const Links& links, const TypeSupport& type) noexcept {
  if (traits.objects && type.share != nullptr) return Form::object;
  if (traits.aligned && type.flat_bytes != 0 && links.alike()) return Form::flat;
  return Form::encoded;
}

/// The same for what is to be sent: several messages travel as bytes.
inline Form form_for(const transport::Traits& traits, const Links& links, const Outgoing& outgoing) noexcept {
  const auto form = form_for(traits, links, outgoing.type);
  if (form != Form::object || outgoing.count == 1) [[likely]]
    return form;
  return traits.aligned && outgoing.type.flat_bytes != 0 && links.alike() ? Form::flat : Form::encoded;
}

/// Bytes of the header that fill() writes.
inline std::size_t header_bytes(const Outgoing& outgoing) noexcept {
  return wire::header_bytes + (outgoing.count == 1 ? 0 : sizeof(std::uint64_t));
}

/// Bytes of payload of several messages.
std::size_t batch_bytes(Form form, const Outgoing& outgoing);

/// Bytes of payload in that form.
inline std::size_t payload_bytes(Form form, const Outgoing& outgoing) {
  if (outgoing.count != 1) [[unlikely]]
    return batch_bytes(form, outgoing);
  switch (form) {
    case Form::object:
      return 0;
    case Form::flat:
      return outgoing.type.flat_bytes;
    case Form::encoded:
      break;
  }
  return outgoing.type.encoded_size(outgoing.message);
}

/// Writes header and payload into a loan of header_bytes(outgoing) + payload_bytes(form, outgoing) bytes; sets
/// the header's kind, fingerprint and count.
void fill(transport::Loan& loan, wire::Header& header, Form form, const Outgoing& outgoing);

}  // namespace weft::node
