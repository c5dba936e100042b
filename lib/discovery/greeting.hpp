// The first packets of both sides, as this version of weft says them.
//
// Threads   Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "discovery/packets.hpp"

namespace weft::discovery {

/// Of a Context, or of a watcher, whose context is 0. A long program's name is cut.
Hello hello(std::uint64_t context, std::string_view program, bool watches);
/// Of the daemon; with a refusal there will be no session.
Welcome welcome(const std::string& domain, std::string refusal);

/// What the kernel and a Hello say of a Context.
Session session_of(const Hello& hello, std::int32_t pid, std::uint32_t uid);

}  // namespace weft::discovery
