// What an end says about itself when a link begins, and how an error travels: ordinary messages.
//
// Threads   Values.
#pragma once

#include <string>
#include <vector>

#include "type/message.hpp"

namespace weft::wire {

/// An end introduces itself. Schemas are canonical text (type/schema.hpp).
struct Announcement {
  std::string name;      ///< The topic's or service's name.
  std::string schema;    ///< Of the messages that this end sends: a topic's, or a client's requests.
  std::string response;  ///< Of the replies that this end sends or awaits; empty for a topic.
  WEFT_MESSAGE("weft/Announcement", name, schema, response)
};

/// A reply that is an error.
struct RemoteError {
  std::uint8_t code = 0;  ///< An Errc (base/error.hpp).
  std::string message;
  WEFT_MESSAGE("weft/RemoteError", code, message)
};

}  // namespace weft::wire
