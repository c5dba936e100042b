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

/// Calls `handler`. A BadResult keeps its code; any other exception is Errc::internal with its text.
template <class R, class Handler, class... Q>
Result<R> call_user(Handler& handler, Q&... request) {
  try {
    return handler(request...);
  } catch (const BadResult& bad) {
    return bad.error();
  } catch (const std::exception& thrown) {
    return Error{Errc::internal, std::string("the handler threw: ") + thrown.what()};
  } catch (...) {
    return Error{Errc::internal, "the handler threw something that is no std::exception"};
  }
}

/// Calls `function`, and hands what it throws to `on_exception`; where that is empty, std::terminate.
template <class Function>
void run_user(Function&& function, const std::function<void(std::exception_ptr)>& on_exception) noexcept {
  try {
    std::forward<Function>(function)();
  } catch (...) {
    if (!on_exception) std::terminate();
    on_exception(std::current_exception());
  }
}

}  // namespace weft::run
