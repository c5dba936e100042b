#include "node/outgoing.hpp"

#include <algorithm>
#include <cstring>

namespace weft::node {

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
  const auto payload = wire::write_header(header, loan.bytes);
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
