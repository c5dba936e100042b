// What client and server ports share: how a request and its reply travel.
//
// Threads   Pure functions.
#pragma once

#include "base/error.hpp"
#include "node/outgoing.hpp"
#include "transport/transport.hpp"
#include "wire/header.hpp"

namespace weft::node {

/// Where one message goes: through an end, to an inbox or, down a return path, back from one.
struct Road {
  transport::End& end;
  const transport::Traits& traits;
  const Links& links;
  const transport::ReturnPath* to;  ///< As End::loan.
};

/// Sends one message: takes a loan, fills it, sends it. Errors: those of loan(); unavailable if a reply's receiver
/// is gone.
Result<void> transmit(const Road& road, const wire::Header& header, const Outgoing& outgoing,
                      Deadline deadline);

/// Sends an error down a return path.
Result<void> transmit_error(transport::End& end, const wire::Header& header, const Error& error,
                            const transport::ReturnPath& to);

/// The longest that a server asks a client to wait until it tries again; and that a client obeys.
inline constexpr Duration most_retry_after = std::chrono::seconds(10);

/// The error that a reply of Kind::error carries; Errc::malformed if it carries none.
Error remote_error(BytesView payload);

}  // namespace weft::node
