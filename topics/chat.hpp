// Short texts between people (and the programs that answer them).
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"

namespace weft::topics::chat {

struct Attachment {
  std::string name;
  std::string media_type;  ///< As in MIME, "image/png".
  Bytes content;
  WEFT_MESSAGE("chat/Attachment", name, media_type, content)
};

struct Message {
  Time stamp;          ///< When it was written.
  std::string author;  ///< A name for people; nothing proves it.
  std::string room;
  std::string text;
  std::vector<Attachment> attachments;
  WEFT_MESSAGE("chat/Message", stamp, author, room, text, attachments)
};

enum class PresenceState : std::uint8_t { away, present, typing };
WEFT_ENUM(PresenceState, "chat/PresenceState", away, present, typing)

struct Presence {
  Time stamp;
  std::string author;
  std::string room;
  PresenceState state = PresenceState::present;
  WEFT_MESSAGE("chat/Presence", stamp, author, room, state)
};

inline constexpr Topic<Message> messages{"chat/messages", {.reliability = Reliability::reliable}};
inline constexpr Topic<Presence> presence{"chat/presence"};

}  // namespace weft::topics::chat
