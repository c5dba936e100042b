#include "transport/endpoint.hpp"

#include <catch2/catch.hpp>

#include "base/foreign_text.hpp"

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
  for (const std::string uri :
       {"", "tcp", "tcp:", "tcp:/x", "tcp://", "://x", "TCP://x", "1tcp://x", "t cp://x", "tcp://a\nb",
        "tcp://\u009b2J", "ipc:///\x9b", "abcdefghijklmnopq://x", too_long.c_str()}) {
    const auto endpoint = Endpoint::parse(uri);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().code == Errc::invalid_argument);
    CHECK(endpoint.error().message.find("like tcp://127.0.0.1:5555") != std::string::npos);
    CHECK(endpoint.error().message.size() < 400);
    CHECK(endpoint.error().message == shown(endpoint.error().message));
  }
}

TEST_CASE("the scheme of a URI is what stands before ://, if that is one") {
  CHECK(transport::scheme_of("tcp://127.0.0.1:5555") == "tcp");
  CHECK(transport::scheme_of("x+y.z-1://a://b") == "x+y.z-1");
  for (const auto* uri : {"", "tcp", "tcp:a", "://a", "TCP://a", "abcdefghijklmnopq://x"})
    CHECK(transport::scheme_of(uri).empty());
}

TEST_CASE("two endpoints may be one place if no text speaks against it") {
  const auto may = [](const char* one, const char* other) {
    const auto a = Endpoint::parse(one).value();
    const auto b = Endpoint::parse(other).value();
    CHECK(transport::may_be_one(a, b) == transport::may_be_one(b, a));
    return transport::may_be_one(a, b);
  };
  CHECK(may("ipc://house", "ipc://house"));
  CHECK(may("ipc:///run/user/0/weft/house", "ipc://house"));
  CHECK_FALSE(may("ipc:///run/a/house", "ipc:///run/b/house"));
  CHECK_FALSE(may("ipc:///run/a/house", "ipc://cellar"));
  CHECK_FALSE(may("ipc://house", "inproc://house"));
  CHECK(may("tcp://*:7700", "tcp://HOST:7700"));
  CHECK(may("tcp://[::]:7700", "tcp://127.0.0.1:7700"));
  CHECK_FALSE(may("tcp://HOST:7701", "tcp://HOST:7700"));
  CHECK_FALSE(may("tcp://HOST:", "tcp://OTHER:"));
  CHECK_FALSE(may("ipc:///a:1", "ipc:///b:1"));
}
