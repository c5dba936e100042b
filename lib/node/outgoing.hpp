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

/// A message to send; borrows it for the call.
struct Outgoing {
  const TypeSupport& type;
  const void* message;
  std::shared_ptr<const SharedMessage> object =
      nullptr;  ///< The message, where the caller already shares it.
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

/// Bytes of payload in that form.
inline std::size_t payload_bytes(Form form, const Outgoing& outgoing) {
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

/// Writes header and payload into a loan of header_size(header) + payload_bytes(form, outgoing) bytes; sets
/// the header's kind and fingerprint.
void fill(transport::Loan& loan, wire::Header& header, Form form, const Outgoing& outgoing);

}  // namespace weft::node
