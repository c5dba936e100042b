#include "base/unix_address.hpp"

#include <cstring>

#include <fmt/core.h>

namespace weft {

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error{Errc::too_big, fmt::format("socket path {}: too long", path)};
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace weft
