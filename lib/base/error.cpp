#include "base/error.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/core.h>

namespace weft {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::not_found:
      return "not_found";
    case Errc::in_use:
      return "in_use";
    case Errc::permission_denied:
      return "permission_denied";
    case Errc::timeout:
      return "timeout";
    case Errc::unavailable:
      return "unavailable";
    case Errc::incompatible:
      return "incompatible";
    case Errc::malformed:
      return "malformed";
    case Errc::too_big:
      return "too_big";
    case Errc::resource_exhausted:
      return "resource_exhausted";
    case Errc::unsupported:
      return "unsupported";
    case Errc::cancelled:
      return "cancelled";
    case Errc::internal:
      return "internal";
    case Errc::unknown:
      return "unknown";
    case Errc::aborted:
      return "aborted";
    case Errc::unauthenticated:
      return "unauthenticated";
  }
  return "unknown";
}

Error Error::within(std::string_view doing) && {
  message = fmt::format("{}: {}", doing, message);
  return std::move(*this);
}

namespace {

Errc code_of(int sys_errno) {
  switch (sys_errno) {
    case EINVAL:
      return Errc::invalid_argument;
    case ENOENT:
    case ENODEV:
      return Errc::not_found;
    case EADDRINUSE:
    case EEXIST:
      return Errc::in_use;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::permission_denied;
    case ETIMEDOUT:
      return Errc::timeout;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case EPIPE:
      return Errc::unavailable;
    case ENAMETOOLONG:
    case EMSGSIZE:
    case E2BIG:
      return Errc::too_big;
    case ENOMEM:
    case ENOSPC:
    case EMFILE:
    case ENFILE:
    case EDQUOT:
      return Errc::resource_exhausted;
    case ENOTSUP:
    case EPROTONOSUPPORT:
    case ENOSYS:
      return Errc::unsupported;
    default:
      return Errc::internal;
  }
}

}  // namespace

Error sys_error(int sys_errno, std::string_view call, std::string_view object, std::source_location where) {
  auto reason = std::generic_category().message(sys_errno);
  return Error{code_of(sys_errno), fmt::format("{} {}: {}", call, object, reason), sys_errno, where};
}

}  // namespace weft
