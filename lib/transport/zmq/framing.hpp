// What travels on fan-out sockets beside the frames: prefixes, tokens, and the messages of subscribers.
//
// Threads   Values and pure functions. Every reader is total: bytes of the wrong form give nothing.
//
//   publisher to subscribers, one part each, a prefix and a frame:
//       NAME 00            │ frame     to everybody: messages, and tails
//       FD NAME 00         │ bundle    the same to weft's, while all of them have many before it
//       FF TOKEN TERMS     │ frame     to the subscriber with this token: the publisher's announcement (the link
//                                      begins, the sequence is the last one before it), or a tail
//       FE NAME 00         │ frame     Kind::schema: the schema's text
//
//   subscriptions:
//       NAME 00 "WF"                   a weft subscriber's: frames begin with these two bytes
//       FD NAME 00                     a weft subscriber's
//       a prefix of NAME 00            somebody else's, who listens but never introduces himself
//       FE NAME, or a prefix of it     asks for the schema, each time anew
//       FF TOKEN                       a weft subscriber is here; libzmq passes it on after NAME 00 "WF"
//
//   subscriber to publishers, one part each:
//       02 TOKEN           │ context of the publisher 8 │ port 4 │ sequence 8     it has taken all up to here
//       03 TOKEN           │ frame                                                its announcement
//       04 TOKEN                                                                  it leaves
//       05 TOKEN           │ as of 02          it has taken these, but does not know the publisher: who is that?
//
//   TERMS, 4 bytes:   depth in bits 0 to 30, bit 31 set if reliable is offered or asked for
//   TOKEN, 20 bytes:  context 8 │ port 4 │ end 4 │ TERMS       the end: one number for each that a port ever had, so
//                                                             that what is meant for one never reaches the next
//
// Integers are little-endian. Topic names begin with a byte between 2F and 7A, so that nothing here is one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/header.hpp"

namespace weft::transport::zeromq {

inline constexpr std::byte unsubscribe{0x00};
inline constexpr std::byte subscribe{0x01};
inline constexpr std::byte ack_mark{0x02};
inline constexpr std::byte announce_mark{0x03};
inline constexpr std::byte bye_mark{0x04};
inline constexpr std::byte stranger_mark{0x05};
inline constexpr std::byte bundle_mark{0xFD};
inline constexpr std::byte schema_mark{0xFE};
inline constexpr std::byte token_mark{0xFF};

/// The longest announcement that an end may have.
inline constexpr std::size_t max_announcement = 256 * 1024;

/// What one side of a link offers or asks for.
struct Terms {
  static constexpr std::size_t size = 4;

  std::uint32_t depth = 0;  ///< How much it takes, or has under way, at once.
  bool reliable = false;
  friend bool operator==(const Terms&, const Terms&) = default;
  friend auto operator<=>(const Terms&, const Terms&) = default;

  [[nodiscard]] std::array<std::byte, size> bytes() const noexcept;
  /// Nothing if there are not exactly `size` bytes, or the depth is 0.
  static std::optional<Terms> read(BytesView bytes) noexcept;
};

/// Who subscribes, and to what terms.
struct Token {
  static constexpr std::size_t size = 16 + Terms::size;

  wire::PortId subscriber;
  Terms terms;
  std::uint32_t end = 0;  ///< Which of the ends that the port ever had.
  friend bool operator==(const Token&, const Token&) = default;
  friend auto operator<=>(const Token&, const Token&) = default;

  [[nodiscard]] std::array<std::byte, size> bytes() const noexcept;
  /// Nothing if there are not exactly `size` bytes, or the depth is 0.
  static std::optional<Token> read(BytesView bytes) noexcept;
};

struct Ack {
  Token token;
  wire::PortId publisher;
  std::uint64_t sequence = 0;
};

/// `mark` followed by the token's bytes: a prefix, a subscription, or the beginning of an upstream message.
Bytes marked(std::byte mark, const Token& token);
/// FF TOKEN TERMS.
Bytes private_prefix(const Token& token, const Terms& offered);
/// NAME 00.
Bytes data_prefix(std::string_view name);
/// FD NAME 00.
Bytes bundle_prefix(std::string_view name);
/// NAME 00 "WF".
Bytes data_subscription(std::string_view name);
/// FE NAME 00.
Bytes schema_prefix(std::string_view name);

/// The mark and what follows it.
std::array<std::byte, 1 + Token::size + 20> write_ack(const Ack& ack, std::byte mark = ack_mark) noexcept;
/// Reads what follows the mark.
std::optional<Ack> read_ack(BytesView bytes) noexcept;

inline bool is_prefix_of(BytesView prefix, BytesView whole) noexcept {
  return prefix.size() <= whole.size() && std::memcmp(prefix.data(), whole.data(), prefix.size()) == 0;
}

/// A frame made here, of header and payload.
Bytes make_frame(const wire::Header& header, BytesView payload);

}  // namespace weft::transport::zeromq
