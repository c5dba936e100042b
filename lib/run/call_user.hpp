// The one place that calls the program's code: what it throws becomes a value, or is handed to the program.
//
// Threads   The caller's.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

namespace weft::run {

/// What a handler of Q may return: an R, or a Result<R>.
template <class Handler, class R, class... Q>
concept HandlerOf = std::is_invocable_r_v<Result<R>, Handler&, Q...>;

/// What `code` answers; or, if it throws, what `thrown` makes of that. Nothing else of weft's catches everything.
template <class Code, class Thrown>
auto guarded(Code&& code, Thrown&& thrown) -> std::invoke_result_t<Code> {
  try {
    return std::forward<Code>(code)();
  } catch (...) {
    return std::forward<Thrown>(thrown)(std::current_exception());
  }
}

/// A BadResult keeps its code; any other exception is Errc::internal with its text.
inline Error error_of(const std::exception_ptr& thrown) {
  return guarded(
      [&]() -> Error {
        try {
          std::rethrow_exception(thrown);
        } catch (const BadResult& bad) {
          return bad.error();
        } catch (const std::exception& exception) {
          return {Errc::internal, std::string("the handler threw: ") + exception.what()};
        }
      },
      [](const std::exception_ptr&) {
        return Error{Errc::internal, "the handler threw something that is no std::exception"};
      });
}

/// Calls `handler`; what it throws is the error_of() that.
template <class R, class Handler, class... Q>
Result<R> call_user(Handler& handler, Q&... request) {
  return guarded([&]() -> Result<R> { return handler(request...); },
                 [](const std::exception_ptr& thrown) -> Result<R> { return error_of(thrown); });
}

/// Calls `function`, and hands what it throws to `on_exception`; where that is empty, std::terminate.
template <class Function>
void run_user(Function&& function, const std::function<void(std::exception_ptr)>& on_exception) noexcept {
  guarded([&]() -> void { std::forward<Function>(function)(); },
          [&](const std::exception_ptr& thrown) {
            if (!on_exception) std::terminate();
            on_exception(thrown);
          });
}

}  // namespace weft::run
