// What an end says about itself when a link begins, and how an error travels: ordinary messages.
//
// Threads   Values.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "type/message.hpp"

namespace weft::wire {

/// An end introduces itself: what it takes the topic or service to be, and what it offers or asks for. Schemas are
/// canonical text (type/schema.hpp); an empty one stands for any type, of a tool that reads what it does not know.
/// Grows at its end alone: read it by decode_growing() (codec/msgpack.hpp).
struct Announcement {
  std::string name;         ///< The topic's or service's name.
  std::string schema;       ///< Of a topic's messages, or of a service's requests.
  std::string response;     ///< Of a service's responses; empty for a topic.
  bool reliable = false;    ///< Offered by a publisher, asked for by a subscriber.
  std::uint32_t depth = 0;  ///< Messages in flight on the link; 0: it did not say.
  std::string node;         ///< For people: its node's name, its program's,
  std::string program;      ///< and its process.
  std::int32_t pid = 0;
  WEFT_MESSAGE("weft/Announcement", name, schema, response, reliable, depth, node, program, pid)
};

/// A reply that is an error. Grows at its end alone: read it by decode_growing() (codec/msgpack.hpp).
struct RemoteError {
  std::uint8_t code = 0;  ///< An Errc (base/error.hpp).
  std::string message;
  Duration retry_after{0};  ///< Error::retry_after.
  WEFT_MESSAGE("weft/RemoteError", code, message, retry_after)
};

}  // namespace weft::wire
