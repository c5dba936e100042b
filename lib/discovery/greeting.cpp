#include "discovery/greeting.hpp"

#include <utility>

#include "base/foreign_text.hpp"
#include "discovery/directory.hpp"
#include "discovery/packet.hpp"

namespace weft::discovery {

Hello hello(std::uint64_t context, std::string_view program, bool watches) {
  constexpr std::size_t most_program = Directory::most_text - 3;  // and "..."
  return {protocol_major,           WEFT_VERSION, context, shown(program, most_program), watches,
          schemas_of<ContextWord>()};
}

Welcome welcome(const std::string& domain, std::string refusal) {
  return {protocol_major, WEFT_VERSION, domain, std::move(refusal), schemas_of<Word>()};
}

Session session_of(const Hello& hello, std::int32_t pid, std::uint32_t uid) {
  return {hello.context, hello.program, hello.version, pid, uid};
}

}  // namespace weft::discovery
