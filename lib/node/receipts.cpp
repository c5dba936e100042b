#include "node/receipts.hpp"

#include "codec/msgpack.hpp"

namespace weft::node {

bool send_receipt(transport::End& end, transport::PortId from, const wire::Receipt& receipt,
                  const transport::ReturnPath* path) {
  wire::Header header;
  header.kind = wire::Kind::receipt;
  header.fingerprint = fingerprint<wire::Receipt>();
  header.source = from;
  header.stamp = wall_now();
  transport::Loan loan;
  const auto bytes = wire::header_size(header) + encoded_size(receipt);
  if (!end.loan(loan, bytes, path, Deadline::passed())) return false;
  encode(receipt, wire::write_header(header, loan.bytes));
  return end.send(loan);
}

}  // namespace weft::node
