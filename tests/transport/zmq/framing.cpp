#include "transport/zmq/framing.hpp"

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::transport::zeromq;

namespace {

const Token token{{0x1122334455667788, 9}, {1000, true}, 3};

}  // namespace

TEST_CASE("a token's bytes are context, port, end and depth, with the highest bit for reliable") {
  const auto bytes = token.bytes();
  CHECK(bytes[0] == std::byte{0x88});
  CHECK(bytes[7] == std::byte{0x11});
  CHECK(bytes[8] == std::byte{9});
  CHECK(bytes[12] == std::byte{3});
  CHECK(bytes[16] == std::byte{0xE8});
  CHECK(bytes[19] == std::byte{0x80});
  CHECK(Token::read(bytes) == token);
  CHECK_FALSE(Token::read(Token{{1, 2}, {5, false}}.bytes())->terms.reliable);
}

TEST_CASE("bytes that are no token give nothing") {
  const auto bytes = token.bytes();
  for (std::size_t size = 0; size < Token::size; ++size)
    CHECK_FALSE(Token::read(BytesView(bytes).first(size)));
  CHECK_FALSE(Token::read(Bytes(Token::size + 1)));
  CHECK_FALSE(Token::read(Token{{1, 2}, {0, true}}.bytes()));
}

TEST_CASE("a confirmation is read as it was written, and cut short it gives nothing") {
  const auto bytes = write_ack({token, {7, 8}, 99});
  const auto rest = BytesView(bytes).subspan(1);
  CHECK(bytes[0] == ack_mark);
  const auto ack = read_ack(rest);
  REQUIRE(ack);
  CHECK(ack->token == token);
  CHECK(ack->publisher == wire::PortId{7, 8});
  CHECK(ack->sequence == 99);
  for (std::size_t size = 0; size < rest.size(); ++size)
    CHECK_FALSE(read_ack(rest.first(size)));
}

TEST_CASE("a publisher's terms follow the token of whom it speaks to") {
  const auto prefix = private_prefix(token, {64, false});
  REQUIRE(prefix.size() == 1 + Token::size + Terms::size);
  CHECK(prefix[0] == token_mark);
  CHECK(Token::read(BytesView(prefix).subspan(1, Token::size)) == token);
  CHECK(Terms::read(BytesView(prefix).last(Terms::size)) == Terms{64, false});
  for (std::size_t size = 0; size < Terms::size; ++size)
    CHECK_FALSE(Terms::read(BytesView(prefix).last(size)));
  CHECK_FALSE(Terms::read(Bytes(Terms::size)));
}

TEST_CASE("the prefixes of one name are no prefixes of another") {
  CHECK(is_prefix_of(as_bytes("a/b"), data_prefix("a/b")));
  CHECK(is_prefix_of(data_prefix("a/b"), data_subscription("a/b")));
  CHECK_FALSE(is_prefix_of(data_prefix("a/b"), data_subscription("a/bc")));
  CHECK_FALSE(is_prefix_of(as_bytes("a/bc"), data_prefix("a/b")));
  CHECK(schema_prefix("a")[0] == schema_mark);
}
