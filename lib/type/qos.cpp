#include "type/qos.hpp"

#include <fmt/core.h>

namespace weft {

Result<void> check_qos(const Qos& qos) {
  if (is_valid(qos)) return {};
  if (qos.depth < 1 || qos.depth > max_depth) {
    return Error{Errc::invalid_argument,
                 fmt::format("qos.depth {}: give a number of messages from 1 to {}", qos.depth, max_depth)};
  }
  if (qos.stall <= Duration::zero()) {
    return Error{Errc::invalid_argument,
                 fmt::format("qos.stall {} ns: give a time longer than 0", qos.stall.count())};
  }
  if (qos.attempts < 1 || qos.attempts > max_attempts) {
    return Error{Errc::invalid_argument,
                 fmt::format("qos.attempts {}: give a number from 1 to {}", qos.attempts, max_attempts)};
  }
  if (qos.waiting < 1 || qos.waiting > max_depth) {
    return Error{Errc::invalid_argument, fmt::format("qos.waiting {}: give a number of requests from 1 to {}",
                                                     qos.waiting, max_depth)};
  }
  return Error{Errc::invalid_argument, fmt::format("qos.reliability {}: give best_effort or reliable",
                                                   static_cast<int>(qos.reliability))};
}

}  // namespace weft
