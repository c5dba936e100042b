#include "node/outgoing.hpp"

#include <algorithm>
#include <cstring>

#include "wire/batch.hpp"

namespace weft::node {

namespace {

void fill_batch(std::span<std::byte> payload, Form form, const Outgoing& outgoing) {
  for (std::size_t i = 0; i < outgoing.count; ++i) {
    const auto* message = outgoing.at(i);
    if (form == Form::flat) {
      std::memcpy(wire::put_message(payload, outgoing.type.flat_bytes).data(), message,
                  outgoing.type.flat_bytes);
    } else {
      outgoing.type.encode(message, wire::put_message(payload, outgoing.size(i)));
    }
  }
}

}  // namespace

std::size_t batch_bytes(Form form, const Outgoing& outgoing) {
  if (form == Form::flat) return outgoing.count * wire::batched_bytes(outgoing.type.flat_bytes);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < outgoing.count; ++i)
    bytes += wire::batched_bytes(outgoing.size(i));
  return bytes;
}

TypeSupport support_for_encoded(std::string_view schema, std::uint64_t fingerprint) noexcept {
  return {schema,
          fingerprint,
          0,
          [](const void* message) { return static_cast<const Bytes*>(message)->size(); },
          [](const void* message, std::span<std::byte> out) {
            const auto& bytes = *static_cast<const Bytes*>(message);
            std::memcpy(out.data(), bytes.data(), std::min(out.size(), bytes.size()));
          },
          nullptr};
}

void fill(transport::Loan& loan, wire::Header& header, Form form, const Outgoing& outgoing) {
  header.kind = form == Form::flat ? wire::Kind::flat : wire::Kind::message;
  header.fingerprint = outgoing.type.fingerprint;
  header.count = outgoing.count;
  const auto payload = wire::write_header(header, loan.bytes);
  if (outgoing.count != 1) [[unlikely]]
    return fill_batch(payload, form, outgoing);
  switch (form) {
    case Form::object:
      loan.object = outgoing.object ? outgoing.object : outgoing.type.share(outgoing.message);
      break;
    case Form::flat:
      std::memcpy(payload.data(), outgoing.message, payload.size());
      break;
    case Form::encoded:
      outgoing.type.encode(outgoing.message, payload);
      break;
  }
}

}  // namespace weft::node
