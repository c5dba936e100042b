#include "node/calls.hpp"

#include <algorithm>

#include "base/foreign_text.hpp"
#include "codec/msgpack.hpp"
#include "wire/announcement.hpp"

namespace weft::node {

Result<void> transmit(const Road& road, const wire::Header& header, const Outgoing& outgoing,
                      Deadline deadline) {
  const auto form = form_for(road.traits, road.links, outgoing.type);
  const auto bytes = wire::header_size(header) + payload_bytes(form, outgoing);
  transport::Loan loan;
  WEFT_CHECK(road.end.loan(loan, bytes, road.to, deadline));
  auto own = header;
  fill(loan, own, form, outgoing);
  if (road.end.send(loan)) return {};
  return Error{Errc::unavailable, "the receiver is gone"};
}

Result<void> transmit_error(transport::End& end, const wire::Header& header, const Error& error,
                            const transport::ReturnPath& to) {
  const auto payload =
      encode(wire::RemoteError{static_cast<std::uint8_t>(error.code), error.message, error.retry_after});
  auto head = header;
  head.kind = wire::Kind::error;
  head.fingerprint = fingerprint<wire::RemoteError>();
  transport::Loan loan;
  WEFT_CHECK(end.loan(loan, wire::header_size(head) + payload.size(), &to, Deadline::passed()));
  std::ranges::copy(payload, wire::write_header(head, loan.bytes).begin());
  if (end.send(loan)) return {};
  return Error{Errc::unavailable, "the receiver is gone"};
}

Error remote_error(BytesView payload) {
  wire::RemoteError remote;
  if (auto decoded = decode_growing(payload, remote); !decoded) return std::move(decoded).error();
  const bool known = remote.code >= std::uint8_t(Errc::invalid_argument) &&
                     remote.code <= std::uint8_t(Errc::unauthenticated);
  Error error{known ? Errc(remote.code) : Errc::unknown, shown(remote.message)};
  error.retry_after = std::clamp(remote.retry_after, Duration::zero(), most_retry_after);
  return error;
}

}  // namespace weft::node
