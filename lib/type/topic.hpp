// Topic, Service, Queue: names that carry their types.
//
// What      inline constexpr weft::Topic<Imu> imu{"robot/imu"};
//           inline constexpr weft::Service<Query, Answer> ask{"robot/ask"};
//           A constant's name and Qos are checked at compile time: a wrong one does not compile. Names that
//           are known at run time only go through make().
// Lifetime  A Topic, Service or Queue borrows its name: keep the characters as long as it.
// Threads   Values.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "type/names.hpp"
#include "type/qos.hpp"
#include "type/traits.hpp"

namespace weft {
namespace detail {

// Called in constants of a wrong form only: not constexpr, so that the call is the compile error.
inline void a_topic_name_must_be_lower_case_words_joined_by_slashes() {}
inline void a_qos_value_is_out_of_range() {}

/// A checked name with its Qos, and nothing of the types.
class Channel {
 public:
  consteval Channel(const char* name, Qos qos) : name_(name), qos_(qos) {
    if (!is_topic_name(name_)) a_topic_name_must_be_lower_case_words_joined_by_slashes();
    if (!is_valid(qos)) a_qos_value_is_out_of_range();
  }
  [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }
  [[nodiscard]] constexpr const Qos& qos() const noexcept { return qos_; }

  static Result<Channel> make(std::string_view name, Qos qos);

 private:
  struct Checked {};
  constexpr Channel(Checked /*tag*/, std::string_view name, Qos qos) : name_(name), qos_(qos) {}

  std::string_view name_;
  Qos qos_;
};

}  // namespace detail

/// A stream of T for any number of subscribers.
template <Message T>
class Topic : public detail::Channel {
 public:
  using Type = T;
  consteval Topic(const char* name, Qos qos = {}) : Channel(name, qos) {}  // NOLINT: implicit by design

  /// A topic whose name, borrowed, is known at run time only; Errc::invalid_argument if out of form.
  static Result<Topic> make(std::string_view name, Qos qos = {}) {
    WEFT_TRY(auto channel, Channel::make(name, qos));
    return Topic(channel);
  }

 private:
  explicit constexpr Topic(Channel channel) : Channel(channel) {}
};

/// Requests Q answered by R, one server a call. Qos::depth: how many calls of one client may be under way at one server.
template <Message Q, Message R>
class Service : public detail::Channel {
 public:
  using Request = Q;
  using Response = R;
  consteval Service(const char* name, Qos qos = {.reliability = Reliability::reliable})  // NOLINT: implicit
      : Channel(name, qos) {}

  /// As Topic::make.
  static Result<Service> make(std::string_view name, Qos qos = {.reliability = Reliability::reliable}) {
    WEFT_TRY(auto channel, Channel::make(name, qos));
    return Service(channel);
  }

 private:
  explicit constexpr Service(Channel channel) : Channel(channel) {}
};

/// Items T, each for one worker. Reliable: each is done at least once, as long as its producer lives (an item is given to
/// another worker when its worker died or refused it). Best effort: at most once, and neither key nor priority.
template <Message T>
class Queue : public detail::Channel {
 public:
  using Type = T;
  consteval Queue(const char* name, Qos qos = {.reliability = Reliability::reliable})  // NOLINT: implicit
      : Channel(name, qos) {}

  /// As Topic::make.
  static Result<Queue> make(std::string_view name, Qos qos = {.reliability = Reliability::reliable}) {
    WEFT_TRY(auto channel, Channel::make(name, qos));
    return Queue(channel);
  }

 private:
  explicit constexpr Queue(Channel channel) : Channel(channel) {}
};

}  // namespace weft
