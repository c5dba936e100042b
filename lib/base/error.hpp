// Errors are values: one code, one Error, one Result<T>.
//
// What      Errc says which kind of failure it was, Error says what was being done, to what, and what to
//           do about it; Result<T> carries either a T or an Error, with the member names of std::expected.
// Threads   Values; share them as you would share a std::string.
// Rule      "Nothing yet" and "full" are answers, not errors: they never travel as an Error, except where a
//           deadline passed (Errc::timeout).
#pragma once

#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/time.hpp"

namespace weft {

/// The kind of a failure; stable numbers, since they travel in replies (wire/FORMAT.md). Each is one of gRPC's status codes
/// (base/grpc_status.hpp).
enum class Errc : std::uint8_t {
  invalid_argument = 1,  ///< The caller's value is out of form or range.
  not_found = 2,         ///< The named thing does not exist.
  in_use = 3,            ///< The address or name belongs to somebody alive.
  permission_denied = 4,
  timeout = 5,              ///< The deadline passed first.
  unavailable = 6,          ///< The peer died or cannot be reached.
  incompatible = 7,         ///< The two ends' types, versions or QoS do not match.
  malformed = 8,            ///< Bytes that are not what they should be.
  too_big = 9,              ///< Beyond a stated limit.
  resource_exhausted = 10,  ///< Memory, descriptors or another budget ran out.
  unsupported = 11,         ///< This transport or type cannot do that.
  cancelled = 12,           ///< The context is closing, or the caller gave up.
  internal = 13,            ///< A handler threw, or the system failed in a way that nobody expected.
  unknown = 14,             ///< A failure of another kind than all these.
  aborted = 15,             ///< Given up, since something else was done at the same time; begin anew.
  unauthenticated = 16,     ///< The caller did not show who it is.
};

/// The code's name as it is written in this header ("timeout").
std::string_view to_string(Errc code) noexcept;

/// One failure. `message` is one line: what was being done, to what, why it failed, what would mend it.
struct Error {
  Errc code;
  std::string message;
  int sys_errno = 0;  ///< The kernel's reason, 0 if it was not the kernel's.
  std::source_location where = std::source_location::current();
  Duration retry_after{0};  ///< Of resource_exhausted: it is no use to try again sooner.

  /// The same error seen from one level up: "<doing>: <message>".
  [[nodiscard]] Error within(std::string_view doing) &&;
};

/// "<call> <object>: <strerror>", with the code that fits the errno.
Error sys_error(int sys_errno, std::string_view call, std::string_view object,
                std::source_location where = std::source_location::current());

/// What Result::value() throws when there is no value; what() is the error's message.
class BadResult final : public std::exception {
 public:
  explicit BadResult(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// Either a T or an Error. REQUIRES of *, -> and error(): that the matching side is there.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  [[nodiscard]] Error& error() & noexcept { return *std::get_if<1>(&state_); }
  [[nodiscard]] const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

  /// The value; throws BadResult if there is none.
  T& value() & {
    if (!has_value()) throw BadResult(error());
    return **this;
  }
  const T& value() const& {
    if (!has_value()) throw BadResult(error());
    return **this;
  }
  T&& value() && {
    if (!has_value()) throw BadResult(std::move(*this).error());
    return *std::move(*this);
  }

  /// Makes a value where it is, for those that are too large to be moved in.
  template <class... Arguments>
  T& emplace(Arguments&&... arguments) {
    return state_.template emplace<0>(std::forward<Arguments>(arguments)...);
  }

  template <class U>
  T value_or(U&& other) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(other));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() noexcept = default;
  Result(Error error) : error_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const noexcept { return error_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const Error& error() const& noexcept { return *std::get_if<1>(&error_); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*std::get_if<1>(&error_)); }

  /// Nothing; throws BadResult if there is an error.
  void value() const {
    if (!has_value()) throw BadResult(error());
  }

 private:
  std::variant<std::monostate, Error> error_;
};

}  // namespace weft

/// `WEFT_TRY(auto x, f());` declares x as f()'s value, or returns f()'s error from this function.
#define WEFT_TRY(declaration, ...) WEFT_TRY_(WEFT_TRY_NAME_(__LINE__), declaration, __VA_ARGS__)
#define WEFT_TRY_(result, declaration, ...)        \
  auto result = (__VA_ARGS__);                     \
  if (!(result)) return std::move(result).error(); \
  declaration = *std::move(result)
#define WEFT_TRY_NAME_(line) WEFT_TRY_NAME2_(line)
#define WEFT_TRY_NAME2_(line) weft_result_##line

/// The same for a Result<void>.
#define WEFT_CHECK(...)                                                                     \
  do {                                                                                      \
    if (auto weft_check = (__VA_ARGS__); !weft_check) return std::move(weft_check).error(); \
  } while (false)
