// Task: what one part of a run does. A process has one part or several; weft-perf tells it them as JSON.
//
// Threads   Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "stage/peer.hpp"

namespace weft::perf {

/// A part, by what it is to others: drivers decide how long it takes, the others follow until they are told to stop.
enum class Role { publish, subscribe, ping, echo, push, pull, call, serve };
NLOHMANN_JSON_SERIALIZE_ENUM(Role, {{Role::publish, "publish"},
                                    {Role::subscribe, "subscribe"},
                                    {Role::ping, "ping"},
                                    {Role::echo, "echo"},
                                    {Role::push, "push"},
                                    {Role::pull, "pull"},
                                    {Role::call, "call"},
                                    {Role::serve, "serve"}})

constexpr bool is_driver(Role role) noexcept {
  return role == Role::publish || role == Role::ping || role == Role::push || role == Role::call;
}

/// What a reader does with a payload.
enum class Reading { mark, all, hold };
NLOHMANN_JSON_SERIALIZE_ENUM(Reading,
                             {{Reading::mark, "mark"}, {Reading::all, "all"}, {Reading::hold, "hold"}})

NLOHMANN_JSON_SERIALIZE_ENUM(Pair,
                             {{Pair::topic, "topic"}, {Pair::queue, "queue"}, {Pair::service, "service"}})

struct Task {
  Role role = Role::publish;
  std::uint32_t number = 0;  ///< Which one of its role.
  Channel channel;           ///< Without endpoints: they are told later.
  std::uint32_t others = 1;  ///< How many ends are on the other side.
  std::uint64_t bytes = 64;  ///< Of a message, behind its mark.
  double rate = 0;           ///< Messages a second; 0: as fast as it goes.
  std::uint32_t stamped =
      1;  ///< Without a rate: one in so many says when it was sent, since a look at the clock costs as
          ///< much as a short message.
  double warm_up = 0.1;      ///< Seconds.
  double seconds = 1;        ///< Of measuring.
  std::uint64_t count = 0;   ///< Of measured messages at most; 0: no limit.
  std::uint32_t window = 1;  ///< Calls under way.
  Reading reading = Reading::all;
  std::int64_t slow_ns = 0;  ///< A reader rests so long after each message.
  int processor = -1;        ///< To which it is pinned; -1: none.
  double patience = 10;      ///< Seconds for which an answer is waited for.
};

/// The name of the channel on which an echo answers.
inline constexpr std::string_view way_back = "perf/back";

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Channel, name, transport, directory, endpoints, number, reliable, depth,
                                   most_bytes, spins, bursts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Task, role, number, channel, others, bytes, rate, stamped, warm_up,
                                   seconds, count, window, reading, slow_ns, processor, patience)

}  // namespace weft::perf
