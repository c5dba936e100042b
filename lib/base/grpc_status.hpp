// Errc and the status codes of gRPC, one to one, for gateways and for those who think in them.
//
// What      https://grpc.io/docs/guides/status-codes/. gRPC's OK is no Errc: it is a Result that holds a value.
// Threads   Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace weft {

struct GrpcStatus {
  std::uint8_t number;
  std::string_view name;
};

namespace detail {

inline constexpr std::array<GrpcStatus, 16> grpc_statuses{{{3, "INVALID_ARGUMENT"},
                                                           {5, "NOT_FOUND"},
                                                           {6, "ALREADY_EXISTS"},
                                                           {7, "PERMISSION_DENIED"},
                                                           {4, "DEADLINE_EXCEEDED"},
                                                           {14, "UNAVAILABLE"},
                                                           {9, "FAILED_PRECONDITION"},
                                                           {15, "DATA_LOSS"},
                                                           {11, "OUT_OF_RANGE"},
                                                           {8, "RESOURCE_EXHAUSTED"},
                                                           {12, "UNIMPLEMENTED"},
                                                           {1, "CANCELLED"},
                                                           {13, "INTERNAL"},
                                                           {2, "UNKNOWN"},
                                                           {10, "ABORTED"},
                                                           {16, "UNAUTHENTICATED"}}};  // in Errc's order
static_assert(std::size_t(Errc::unauthenticated) == grpc_statuses.size());

}  // namespace detail

/// REQUIRES: one of Errc's values.
constexpr GrpcStatus grpc_status(Errc code) noexcept {
  return detail::grpc_statuses[std::size_t(code) - 1];
}

/// Nothing for OK (0), and for what is no status.
constexpr std::optional<Errc> from_grpc_status(std::uint8_t number) noexcept {
  for (std::size_t i = 0; i < detail::grpc_statuses.size(); ++i) {
    if (detail::grpc_statuses[i].number == number) return Errc(i + 1);
  }
  return std::nullopt;
}

}  // namespace weft
