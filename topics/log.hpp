// Log records of programs.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"

namespace weft::topics::log {

/// Ascending; `fatal` is the last record of a program that gave up.
enum class Severity : std::uint8_t { trace, debug, info, warning, error, fatal };
WEFT_ENUM(Severity, "log/Severity", trace, debug, info, warning, error, fatal)

struct Record {
  Time stamp;
  Severity severity = Severity::info;
  std::string host;     ///< The machine's name.
  std::string program;  ///< Without its directory.
  std::int32_t pid = 0;
  std::string source;                         ///< The part of the program that speaks, "net/http".
  std::string text;                           ///< One line, without a newline.
  std::map<std::string, std::string> fields;  ///< Further values by name.
  WEFT_MESSAGE("log/Record", stamp, severity, host, program, pid, source, text, fields)
};

inline constexpr Topic<Record> records{"log/records", {.reliability = Reliability::reliable}};

}  // namespace weft::topics::log
