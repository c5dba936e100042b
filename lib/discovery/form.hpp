// The form of what sessions say: what the directory takes in, and so may say to others.
//
// Threads   Pure functions.
// Bounds    What passes here fits a packet (max_packet_bytes) with all that the directory adds.
#pragma once

#include "base/error.hpp"
#include "discovery/packets.hpp"

namespace weft::discovery {

/// Errors of all: malformed, too_big, with what and where.
Result<void> check_form(const Session& session);
Result<void> check_form(const Node& node);
Result<void> check_form(const Port& port);
Result<void> check_form(const Hosting& hosting);

}  // namespace weft::discovery
