// The kernel's address of a Unix socket.
//
// Threads   Pure functions.
#pragma once

#include <string>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/error.hpp"

namespace weft {

/// Errors: too_big, the path is longer than the kernel takes.
Result<sockaddr_un> unix_address(const std::string& path);

/// As bind() and connect() take it.
inline const sockaddr* generic(const sockaddr_un& address) noexcept {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace weft
