#include "transport/endpoint.hpp"

#include <catch2/catch.hpp>

using namespace weft;
using transport::Endpoint;

TEST_CASE("an endpoint is a scheme and an address, and its URI is what was parsed") {
  for (const auto* uri :
       {"tcp://127.0.0.1:5555", "ipc:///run/camera", "inproc://a", "x+y.z-1://[::1]:5/?a=b"}) {
    const auto endpoint = Endpoint::parse(uri);
    REQUIRE(endpoint);
    CHECK(endpoint->uri() == uri);
  }
  CHECK(*Endpoint::parse("ipc:///run/camera") == Endpoint{"ipc", "/run/camera"});
}

TEST_CASE("what is no endpoint is refused with an example of one") {
  const auto too_long = "tcp://" + std::string(5000, 'a');
  for (const std::string uri : {"", "tcp", "tcp:", "tcp:/x", "tcp://", "://x", "TCP://x", "1tcp://x",
                                "t cp://x", "tcp://a\nb", "abcdefghijklmnopq://x", too_long.c_str()}) {
    const auto endpoint = Endpoint::parse(uri);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().code == Errc::invalid_argument);
    CHECK(endpoint.error().message.find("like tcp://127.0.0.1:5555") != std::string::npos);
    CHECK(endpoint.error().message.size() < 400);
  }
}
