// Why: the reason why messages of a name do not flow, and what would mend it.
//
// Threads   Pure functions.
// Cost      Owners times guests of the name, and its length times the number of names.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/channels.hpp"
#include "type/message.hpp"

namespace weft::discovery {

/// Where the reason lies.
enum class Cause : std::uint8_t {
  nobody,        ///< Nobody has the name, or nobody is at the other side of it,
  near_name,     ///< but somebody has one that is nearly written so,
  other_space,   ///< or has it in another namespace,
  other_domain,  ///< or in another domain of this host,
  other_sort,    ///< or has a topic, service or queue of that name where another of these is meant.
  type,          ///< The types do not fit.
  reliability,   ///< More is asked for than is offered.
  medium,        ///< The two have no medium in common.
  hosting,       ///< The owner could not be reached over any.
  by_hand,       ///< One keeps to endpoints that were given by hand.
  starting,      ///< They are about to meet.
  permission,    ///< The runtime directory or the daemon's socket is not ours to use.
  daemon,        ///< No daemon runs, it refuses or is hung, or a program does without it.
};
WEFT_ENUM(Cause, "weft/Cause", nobody, near_name, other_space, other_domain, other_sort, type, reliability,
          medium, hosting, by_hand, starting, permission, daemon)

/// One pair that is known not to flow, or one port that has nobody to talk to.
struct Finding {
  Cause cause = Cause::nobody;
  std::optional<Sort> sort;  ///< Whether of the topic, service or queue of that name; nothing: of any.
  std::string owner;         ///< For people (describe()); empty: there is none,
  std::string guest;         ///< or none of these.
  std::string reason;        ///< One line.
  std::string remedy;        ///< One line; what would mend it.
};

struct Explanation {
  std::size_t told = 0;  ///< Pairs that were told to meet; whether they have, only their programs know.
  std::size_t by_hand =
      0;  ///< Others whose endpoints by hand may lead to one place, of which the same is true.
  std::vector<Finding> findings;
  /// There are pairs, and nothing is known to stand in the way of any.
  [[nodiscard]] bool nothing_hinders() const noexcept { return told + by_hand > 0 && findings.empty(); }
};

/// What another domain of this host holds.
struct Elsewhere {
  std::string domain;
  const Graph* graph = nullptr;
};

/// A program of this host that the daemon does not know: it was told to do without, or could not reach one.
struct Stranger {
  int pid = 0;
  std::string socket;  ///< One that it holds.
};

/// Of the topic, the service and the queue of that name.
Explanation why(std::string_view name, const Graph& graph, std::span<const Elsewhere> elsewhere = {},
                std::span<const Stranger> strangers = {});

/// What keeps us from seeing the directory, `error` being what inquiry.hpp's watch() answered.
Finding unseen(const Error& error);

/// Where that is so: that finding alone, with those who are seen all the same. Who has the name here is not known, so
/// nothing is concluded from it.
Explanation why_unseen(std::string_view name, const Error& error, std::span<const Elsewhere> elsewhere = {},
                       std::span<const Stranger> strangers = {});

}  // namespace weft::discovery
