// WEFT_MESSAGE and WEFT_ENUM: one line that makes a plain struct, or an enum, known to weft.
//
// What      struct Imu {
//             weft::Time stamp;
//             Vec3 accel;
//             std::string frame;
//             WEFT_MESSAGE("robot/Imu", stamp, accel, frame)
//           };
//           The struct stays an aggregate: designated initialisers and structured bindings go on working.
//           Fields may be bool, fixed-width integers, float, double, std::string, weft::Bytes,
//           weft::BytesView, weft::Time, weft::Duration, WEFT_ENUM enums, other messages, and std::optional,
//           std::vector, std::array, std::map and std::variant of these.
// Rule      List every field, in the order of declaration: the order is the wire's. A forgotten field is a
//           compile error in weft_message_must_list_every_field(). At most 256 fields.
// Threads   Compile time only.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "type/names.hpp"

namespace weft::detail {

/// A name that was checked at compile time; a wrong one makes the call of `refuse` the compile error.
struct TypeName {
  std::string_view text;
  consteval TypeName(const char* name) : text(name) {  // NOLINT: implicit by design
    if (!is_type_name(text)) a_type_name_must_have_the_form_package_slash_type();
  }
  static void a_type_name_must_have_the_form_package_slash_type() {}
};

template <class... Names>
constexpr std::array<std::string_view, sizeof...(Names)> name_list(Names... names) noexcept {
  return {std::string_view(names)...};
}

/// The message itself: its name is for the compiler to show where a field is missing from the list.
template <class T>
constexpr const T& weft_must_list_every_field(const T& message) noexcept {
  return message;
}

template <class E>
struct EnumeratorOf {
  std::string_view name;
  E value;
};

template <class E, std::size_t N>
struct EnumOf {
  std::string_view name;
  std::array<EnumeratorOf<E>, N> enumerators;
};

template <class E, class... Rest>
consteval auto describe_enum(TypeName name, Rest... enumerators) {
  static_assert(sizeof...(enumerators) > 0, "WEFT_ENUM must list every enumerator, at least one");
  return EnumOf<E, sizeof...(enumerators)>{name.text, {enumerators...}};
}

}  // namespace weft::detail

/// Inside a struct, as its last line: the type's name, then every field in the order of declaration.
#define WEFT_MESSAGE(type_name_, ...)                                                                      \
  static constexpr std::string_view weft_type_name() noexcept {                                            \
    return ::weft::detail::TypeName(type_name_).text;                                                      \
  }                                                                                                        \
  static constexpr auto weft_field_names() noexcept {                                                      \
    return ::weft::detail::name_list(WEFT_LIST_(WEFT_QUOTE_, __VA_ARGS__));                                \
  }                                                                                                        \
  auto weft_fields() noexcept {                                                                            \
    return ::std::tie(WEFT_LIST_(WEFT_SAME_, __VA_ARGS__));                                                \
  }                                                                                                        \
  auto weft_fields() const noexcept {                                                                      \
    return ::std::tie(WEFT_LIST_(WEFT_SAME_, __VA_ARGS__));                                                \
  }                                                                                                        \
  void weft_message_must_list_every_field() const noexcept {                                               \
    using ::weft::detail::weft_must_list_every_field;                                                      \
    static_assert((false __VA_OPT__(|| true)) || ::std::is_empty_v<::std::decay_t<decltype(*this)>>,       \
                  "WEFT_MESSAGE must list every field");                                                   \
    __VA_OPT__([[maybe_unused]] const auto& WEFT_BOUND_(__VA_ARGS__) = weft_must_list_every_field(*this);) \
  }                                                                                                        \
  static constexpr auto weft_lists_in_order() noexcept {                                                   \
    return []([[maybe_unused]] const auto& self) {                                                         \
      __VA_OPT__(const auto& WEFT_BOUND_(__VA_ARGS__) = self;)                                             \
      return true __VA_OPT__(&&(WEFT_ALL_(WEFT_IN_ORDER_, __VA_ARGS__)));                                  \
    };                                                                                                     \
  }

/// After an enum with a fixed underlying type, in its namespace: the enum, its name, every enumerator.
#define WEFT_ENUM(enum_, type_name_, ...)                                                           \
  constexpr auto weft_describe(const enum_*) noexcept {                                             \
    using weft_enum = enum_;                                                                        \
    return ::weft::detail::describe_enum<weft_enum>(type_name_ __VA_OPT__(, )                       \
                                                        WEFT_LIST_(WEFT_ENUMERATOR_, __VA_ARGS__)); \
  }

#define WEFT_SAME_(name_) name_
#define WEFT_QUOTE_(name_) #name_
#define WEFT_BOUND_(...) [WEFT_LIST_(WEFT_BIND_, __VA_ARGS__)]
#define WEFT_BIND_(name_) weft_bound_##name_
#define WEFT_IN_ORDER_(name_) \
  (static_cast<const void*>(&weft_bound_##name_) == static_cast<const void*>(&self.name_))
#define WEFT_ENUMERATOR_(name_)             \
  ::weft::detail::EnumeratorOf<weft_enum> { \
    #name_, weft_enum::name_                \
  }

// WEFT_LIST_(f, a, b) is `f(a), f(b)`, WEFT_ALL_(f, a, b) is `f(a) && f(b)`: each rescan of WEFT_REPEAT_
// takes one argument off, 256 rescans in all.
#define WEFT_LIST_(f_, ...) __VA_OPT__(WEFT_REPEAT_(WEFT_LIST_STEP_(f_, __VA_ARGS__)))
#define WEFT_LIST_STEP_(f_, first_, ...) \
  f_(first_) __VA_OPT__(, WEFT_LIST_AGAIN_ WEFT_PARENS_(f_, __VA_ARGS__))
#define WEFT_LIST_AGAIN_() WEFT_LIST_STEP_
#define WEFT_ALL_(f_, ...) __VA_OPT__(WEFT_REPEAT_(WEFT_ALL_STEP_(f_, __VA_ARGS__)))
#define WEFT_ALL_STEP_(f_, first_, ...) f_(first_) __VA_OPT__(&&WEFT_ALL_AGAIN_ WEFT_PARENS_(f_, __VA_ARGS__))
#define WEFT_ALL_AGAIN_() WEFT_ALL_STEP_
#define WEFT_PARENS_ ()
#define WEFT_REPEAT_(...) WEFT_REPEAT3_(WEFT_REPEAT3_(WEFT_REPEAT3_(WEFT_REPEAT3_(__VA_ARGS__))))
#define WEFT_REPEAT3_(...) WEFT_REPEAT2_(WEFT_REPEAT2_(WEFT_REPEAT2_(WEFT_REPEAT2_(__VA_ARGS__))))
#define WEFT_REPEAT2_(...) WEFT_REPEAT1_(WEFT_REPEAT1_(WEFT_REPEAT1_(WEFT_REPEAT1_(__VA_ARGS__))))
#define WEFT_REPEAT1_(...) WEFT_REPEAT0_(WEFT_REPEAT0_(WEFT_REPEAT0_(WEFT_REPEAT0_(__VA_ARGS__))))
#define WEFT_REPEAT0_(...) __VA_ARGS__
