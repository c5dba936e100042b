#include "hostmon/endpoints.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "topics/host.hpp"

namespace weft::hostmon {

TEST_CASE("every topic has an endpoint of its own below the base") {
  CHECK(endpoint_of("ipc://hostmon", 0).value() == "ipc://hostmon-cpu");
  CHECK(endpoint_of("ipc:///run/x/h", 7).value() == "ipc:///run/x/h-process");
  CHECK(endpoint_of("inproc://a", 1).value() == "inproc://a-memory");
}

TEST_CASE("over TCP the topics take consecutive ports") {
  CHECK(endpoint_of("tcp://*:7700", 0).value() == "tcp://*:7700");
  CHECK(endpoint_of("tcp://*:7700", 7).value() == "tcp://*:7707");
  CHECK(endpoint_of("tcp://[::1]:7700", 2).value() == "tcp://[::1]:7702");
  CHECK(endpoint_of("tcp://127.0.0.1:0", 5).value() == "tcp://127.0.0.1:0");
  CHECK(endpoint_of("tcp://h:65528", 7).value() == "tcp://h:65535");
}

TEST_CASE("a base out of form is an error that shows the form") {
  for (const auto* base : {"", "hostmon", "://x", "ipc://", "tcp://host", "tcp://host:", "tcp://host:x",
                           "tcp://host:65529", "tcp://host:-1"}) {
    INFO(base);
    const auto endpoint = endpoint_of(base, 0);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().code == Errc::invalid_argument);
    CHECK(endpoint.error().message.find("ipc://hostmon") != std::string::npos);
  }
}

TEST_CASE("the channels are the catalogue's") {
  namespace host = topics::host;
  for (const auto name :
       {host::cpu.name(), host::memory.name(), host::load.name(), host::disks.name(), host::network.name(),
        host::pressure.name(), host::top.name(), host::process.name()}) {
    CHECK(std::ranges::count(channels, name) == 1);
  }
}

}  // namespace weft::hostmon
