// A message on its way out: in which form it travels on a transport, and how it gets into a loan.
//
// Threads   Pure functions.
#pragma once

#include <cstdint>
#include <memory>

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

/// The cheapest form that a transport with these traits can carry.
Form form_for(const transport::Traits& traits, const TypeSupport& type) noexcept;

/// Bytes of payload in that form.
std::size_t payload_bytes(Form form, const Outgoing& outgoing);

/// Writes header and payload into a loan of header_size(header) + payload_bytes(form, outgoing) bytes; sets
/// the header's kind and fingerprint.
void fill(transport::Loan& loan, wire::Header& header, Form form, const Outgoing& outgoing);

}  // namespace weft::node
