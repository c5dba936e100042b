#include "discovery/connection.hpp"

#include <array>

#include "daemon_kit.hpp"

namespace weft::discovery::test {

namespace {

/// Two ends of a connection.
std::array<Connection, 2> connected() {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
  return {Connection(Fd(ends[0])), Connection(Fd(ends[1]))};
}

Bytes packet_of(std::size_t bytes) {
  return Bytes(bytes, std::byte('x'));
}

}  // namespace

TEST_CASE("what an end that never reads is told waits without blocking, up to the bound, and no further") {
  constexpr std::size_t bound = 1'000'000;
  auto [speaker, deaf] = connected();
  speaker.limit(bound);
  std::size_t told = 0;
  while (speaker.send(packet_of(10'000)).value())
    REQUIRE(++told < 1000);
  CHECK(speaker.waiting_bytes() <= bound);
  CHECK(speaker.waiting_bytes() > bound - 10'000);
  CHECK_FALSE(speaker.send(packet_of(10'000)).value());
  Bytes buffer;
  std::size_t heard = 0;
  for (bool more = true; more;) {
    more = deaf.receive(buffer).value().has_value();
    heard += more ? 1 : 0;
    speaker.flush().value();
  }
  CHECK(heard == told);
  CHECK(speaker.waiting_bytes() == 0);
}

TEST_CASE("a packet that is too long is not sent, and to an end that has gone none is") {
  auto [one, other] = connected();
  CHECK(one.send(packet_of(max_packet_bytes + 1)).error().code == Errc::too_big);
  CHECK(one.send(packet_of(max_packet_bytes)).value());
  { const Connection gone = std::move(other); }
  CHECK(one.send(packet_of(1)).error().code == Errc::unavailable);
}

}  // namespace weft::discovery::test
