#include "node/outgoing.hpp"

#include <cstring>

namespace weft::node {

void fill(transport::Loan& loan, wire::Header& header, Form form, const Outgoing& outgoing) {
  header.kind = form == Form::flat ? wire::Kind::flat : wire::Kind::message;
  header.fingerprint = outgoing.type.fingerprint;
  wire::write_header(header, loan.bytes);
  const auto payload = loan.bytes.subspan(wire::header_size(header));
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
