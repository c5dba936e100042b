// Endpoints: where each of hostmon's topics is, from the one endpoint that a person names.
//
// What      Every topic has an endpoint of its own, so that a subscriber is sent only what it asked for. With
//           a base of ipc://hostmon the topic host/cpu is at ipc://hostmon-cpu; with tcp://*:7700 the topics
//           are at 7700, 7701, ... in the order of `channels`.
// Threads   Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::hostmon {

/// The topics, and last the service, in the order of their TCP ports. New ones go to the end.
inline constexpr std::array<std::string_view, 8> channels{"host/cpu",   "host/memory",  "host/load",
                                                          "host/disks", "host/network", "host/pressure",
                                                          "host/top",   "host/process"};

/// The endpoint of channels[index] for `base`; a TCP port of 0 (any) stays 0. Errors: invalid_argument (no
/// scheme, a TCP endpoint without a port, or one too near to 65535). REQUIRES: index < channels.size().
Result<std::string> endpoint_of(std::string_view base, std::size_t index);

}  // namespace weft::hostmon
