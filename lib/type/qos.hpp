// Qos: what a topic promises and demands.
//
// What      A small aggregate that stands on the topic. Reliability is compared when publisher and subscriber meet:
//           to ask for more than is offered is refused. By the rest each end goes for itself. What a service or queue makes
//           of it stands in topic.hpp.
// Threads   Values.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/error.hpp"
#include "base/time.hpp"

namespace weft {

enum class Reliability : std::uint8_t {
  best_effort,  ///< Sending never waits; what a link cannot take is dropped and counted.
  reliable,     ///< Sending waits for room, up to its deadline; nothing is dropped on a live link.
};

inline constexpr std::uint32_t max_depth = 1'000'000;
inline constexpr std::uint32_t max_attempts = 1'000'000;

struct Qos {
  /// Whether a full link drops or waits. Default: best_effort.
  Reliability reliability = Reliability::best_effort;
  /// Messages in flight on one link, from 1 to max_depth. Default: 1000.
  std::uint32_t depth = 1000;
  /// How long a reliable reader may take nothing before its writer gives it up, more than 0. Default: 10 s.
  Duration stall = std::chrono::seconds{10};
  /// Of a reliable queue, at the producer: how often an item may fail until it is dead, from 1 to max_attempts. Default: 5.
  std::uint32_t attempts = 5;
  /// Of a service: that to do a request twice is as good as once. Then clients try again, elsewhere, what was not done
  /// (docs/services.md). Default: false.
  bool idempotent = false;
  /// Of a service, at the server: how many requests may wait there until it has time for them, from 1 to max_depth; more
  /// are answered Errc::resource_exhausted. Default: 1000.
  std::uint32_t waiting = 1000;

  friend constexpr bool operator==(const Qos&, const Qos&) = default;
};

constexpr bool is_valid(const Qos& qos) noexcept {
  return qos.depth >= 1 && qos.depth <= max_depth && qos.stall > Duration::zero() &&
         qos.reliability <= Reliability::reliable && qos.attempts >= 1 && qos.attempts <= max_attempts &&
         qos.waiting >= 1 && qos.waiting <= max_depth;
}

/// Errc::invalid_argument naming the field out of range, unless is_valid(qos).
Result<void> check_qos(const Qos& qos);

}  // namespace weft
