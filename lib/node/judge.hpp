// Judging peers: does what they announced fit what this port sends and reads?
//
// Threads   Pure; a Judge may be called on any thread.
#pragma once

#include <cstdint>
#include <string>

#include "node/links.hpp"
#include "node/type_support.hpp"

namespace weft::node {

/// What a port takes its topic or service to be, which part of it the port reads, and what it offers or asks for.
struct Contract {
  enum class Reads : std::uint8_t { nothing, schema, response };
  std::string name;
  std::string schema;    ///< Of messages or requests; empty: any.
  std::string response;  ///< Of responses; empty: any, or a topic.
  Reads reads = Reads::nothing;
  bool reliable = false;    ///< Offered by a publisher, asked for by a subscriber; not said of services.
  std::uint32_t depth = 0;  ///< Messages in flight on a link.
};

/// Who makes a port, for people.
struct Origin {
  std::string node;
  std::string program;
  std::int32_t pid = 0;
};

/// The announcement's bytes.
Bytes announce(const Contract& contract, const Origin& origin);

/// Accepts peers whose messages this port can read and who can read this port's, by plan where the types
/// differ, and where no more is asked for than is offered; refuses the rest with every difference by field, or with
/// the clause that is not met. A peer that said nothing is accepted.
Judge judge_by(Contract contract);

}  // namespace weft::node
