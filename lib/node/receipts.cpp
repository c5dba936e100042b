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
  const auto head = wire::header_size(header);
  transport::Loan loan;
  if (!end.loan(loan, head + encoded_size(receipt), path, Deadline::passed())) return false;
  wire::write_header(header, loan.bytes);
  encode(receipt, loan.bytes.subspan(head));
  return end.send(loan);
}

}  // namespace weft::node
