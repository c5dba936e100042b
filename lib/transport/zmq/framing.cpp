#include "transport/zmq/framing.hpp"

#include <algorithm>
#include <cstring>

#include "base/planted_bug.hpp"

namespace weft::transport::zeromq {

namespace {

constexpr std::uint32_t reliable_bit = 0x8000'0000;
constexpr std::size_t ack_bytes = Token::size + 20;

template <class Integer>
void put(std::byte*& at, Integer value) noexcept {
  std::memcpy(at, &value, sizeof value);
  at += sizeof value;
}

template <class Integer>
void get(const std::byte*& at, Integer& value) noexcept {
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
}

void append(Bytes& to, BytesView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::array<std::byte, Terms::size> Terms::bytes() const noexcept {
  std::array<std::byte, size> bytes{};
  auto* at = bytes.data();
  put(at, depth | (reliable ? reliable_bit : 0));
  return bytes;
}

std::optional<Terms> Terms::read(BytesView bytes) noexcept {
  if (bytes.size() != size) return std::nullopt;
  std::uint32_t word = 0;
  const auto* at = bytes.data();
  get(at, word);
  const Terms terms{word & ~reliable_bit, (word & reliable_bit) != 0};
  if (terms.depth == 0) return std::nullopt;
  return terms;
}

std::array<std::byte, Token::size> Token::bytes() const noexcept {
  std::array<std::byte, size> bytes{};
  auto* at = bytes.data();
  put(at, subscriber.context);
  put(at, subscriber.port);
  put(at, end);
  std::ranges::copy(terms.bytes(), at);
  return bytes;
}

std::optional<Token> Token::read(BytesView bytes) noexcept {
  if (bytes.size() != size) return std::nullopt;
  const auto terms = Terms::read(bytes.last(Terms::size));
  if (!terms) return std::nullopt;
  Token token{{}, *terms};
  const auto* at = bytes.data();
  get(at, token.subscriber.context);
  get(at, token.subscriber.port);
  get(at, token.end);
  return token;
}

Bytes marked(std::byte mark, const Token& token) {
  Bytes bytes{mark};
  append(bytes, token.bytes());
  return bytes;
}

Bytes private_prefix(const Token& token, const Terms& offered) {
  auto bytes = marked(token_mark, token);
  append(bytes, offered.bytes());
  return bytes;
}

Bytes data_prefix(std::string_view name) {
  Bytes bytes;
  append(bytes, as_bytes(name));
  bytes.push_back(std::byte{0});
  return bytes;
}

Bytes bundle_prefix(std::string_view name) {
  Bytes bytes{bundle_mark};
  append(bytes, data_prefix(name));
  return bytes;
}

Bytes data_subscription(std::string_view name) {
  auto bytes = data_prefix(name);
  append(bytes, as_bytes("WF"));
  return bytes;
}

Bytes schema_prefix(std::string_view name) {
  Bytes bytes{schema_mark};
  append(bytes, data_prefix(name));
  return bytes;
}

std::array<std::byte, 1 + ack_bytes> write_ack(const Ack& ack, std::byte mark) noexcept {
  std::array<std::byte, 1 + ack_bytes> bytes{mark};
  std::ranges::copy(ack.token.bytes(), bytes.begin() + 1);
  auto* at = bytes.data() + 1 + Token::size;
  put(at, ack.publisher.context);
  put(at, ack.publisher.port);
  put(at, ack.sequence);
  return bytes;
}

std::optional<Ack> read_ack(BytesView bytes) noexcept {
  if (bytes.size() != ack_bytes && !planted_bug) return std::nullopt;
  const auto token = Token::read(bytes.first(Token::size));
  if (!token) return std::nullopt;
  Ack ack{*token, {}, 0};
  const auto* at = bytes.data() + Token::size;
  get(at, ack.publisher.context);
  get(at, ack.publisher.port);
  get(at, ack.sequence);
  return ack;
}

Bytes make_frame(const wire::Header& header, BytesView payload) {
  Bytes frame(wire::header_size(header));
  wire::write_header(header, frame);
  append(frame, payload);
  return frame;
}

}  // namespace weft::transport::zeromq
