// The one way to call the kernel.
//
// Threads   Any.
#pragma once

#include <cerrno>
#include <source_location>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::sys {

/// Calls `function` until it is not interrupted; its answer, or, where that is -1, the errno as an Error that
/// names `call` and the `object` it was about:
///
///     WEFT_TRY(const int fd, sys::call("open", path, [&] { return ::open(path.c_str(), O_RDONLY); }));
template <class Function>
auto call(std::string_view call, std::string_view object, Function&& function,
          std::source_location where = std::source_location::current()) -> Result<decltype(function())> {
  for (;;) {
    if (auto answer = function(); answer != -1) return answer;
    if (errno != EINTR) return sys_error(errno, call, object, where);
  }
}

/// The same for calls that answer with a new descriptor.
template <class Function>
Result<Fd> open(std::string_view name, std::string_view object, Function&& function,
                std::source_location where = std::source_location::current()) {
  auto descriptor = call(name, object, std::forward<Function>(function), where);
  if (!descriptor) return std::move(descriptor).error();
  return Fd(*descriptor);
}

}  // namespace weft::sys
