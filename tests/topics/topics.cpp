// The catalogue: its names, types and promises, and that each type survives the wire.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include "codec/msgpack.hpp"
#include "topics/chat.hpp"
#include "topics/geometry.hpp"
#include "topics/host.hpp"
#include "topics/imu.hpp"
#include "topics/log.hpp"
#include "type/describe.hpp"

namespace weft::topics {

namespace {

struct Entry {
  std::string name;
  std::string type;
  std::string qos;
  std::vector<std::string> schemas;
};

template <class T>
Entry entry_of(const Topic<T>& topic) {
  const bool reliable = topic.qos().reliability == Reliability::reliable;
  return {std::string(topic.name()),
          fmt::format("`{}`", T::weft_type_name()),
          reliable ? "reliable" : "best effort",
          {std::string(schema_text<T>())}};
}

template <class Q, class R>
Entry entry_of(const Service<Q, R>& service) {
  return {std::string(service.name()),
          fmt::format("`{}` → `{}`", Q::weft_type_name(), R::weft_type_name()),
          "service",
          {std::string(schema_text<Q>()), std::string(schema_text<R>())}};
}

template <class... Channels>
std::vector<Entry> entries(const Channels&... channels) {
  return {entry_of(channels)...};
}

std::vector<Entry> catalogue() {
  return entries(host::cpu, host::memory, host::load, host::disks, host::network, host::pressure, host::top,
                 host::alerts, host::process, chat::messages, chat::presence, geometry::pose,
                 geometry::velocity, geometry::command, geometry::odometry, geometry::transforms, imu::imu,
                 imu::magnetic_field, imu::temperature, log::records);
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  return (std::ostringstream() << file.rdbuf()).str();
}

template <class T>
T through_the_wire(const T& message) {
  const auto bytes = encode(message);
  T out;
  decode(bytes, out).value();
  CHECK(encode(out) == bytes);
  return out;
}

}  // namespace

TEST_CASE("the README's table lists every topic with its type and QoS, and no other") {
  const auto readme = contents(WEFT_SOURCE "/topics/README.md");
  std::size_t rows = 0;
  for (std::size_t at = readme.find("\n| `"); at != readme.npos; at = readme.find("\n| `", at + 1))
    ++rows;
  CHECK(rows == catalogue().size());
  for (const auto& entry : catalogue()) {
    const auto row = fmt::format("\n| `{}` | {} | {} |", entry.name, entry.type, entry.qos);
    INFO(row);
    CHECK(readme.find(row) != readme.npos);
  }
}

TEST_CASE("the schemas are those that other programs were compiled with") {
  std::string now;
  for (const auto& entry : catalogue()) {
    for (const auto& schema : entry.schemas)
      now += entry.name + " " + schema + "\n";
  }
  // A change that is meant is made in schemas.txt too, where it can be seen.
  CHECK(now == contents(WEFT_SOURCE "/tests/topics/schemas.txt"));
}

TEST_CASE("a host message with lists and absent values survives the wire") {
  host::Network network;
  network.stamp = Time(std::chrono::seconds(1'800'000'000));
  network.interfaces = {{.name = "lo", .up = true}, {.name = "eth0", .speed = 1'000'000'000}};
  network.interfaces[1].received.bytes = 1.5;
  const auto out = through_the_wire(network);
  REQUIRE(out.interfaces.size() == 2);
  CHECK_FALSE(out.interfaces[0].speed);
  CHECK(out.interfaces[1].speed == 1'000'000'000);
  CHECK(out.interfaces[1].received.bytes == 1.5);
}

TEST_CASE("an alert survives the wire with its enumerations") {
  const auto out = through_the_wire(host::Alert{.rule = "disk_busy",
                                                .subject = "sda",
                                                .severity = host::AlertSeverity::critical,
                                                .change = host::AlertChange::cleared,
                                                .value = 0.5});
  CHECK(out.severity == host::AlertSeverity::critical);
  CHECK(out.change == host::AlertChange::cleared);
  CHECK(out.subject == "sda");
}

TEST_CASE("measurements, texts and log records survive the wire") {
  imu::Imu sample{.frame = "base", .orientation = geometry::Quaternion{.w = 0.5}};
  sample.angular_velocity_covariance[8] = 3;
  CHECK(through_the_wire(sample).orientation->w == 0.5);
  CHECK(through_the_wire(sample).angular_velocity_covariance[8] == 3);
  const chat::Message message{.author = "a", .attachments = {{.name = "n", .content = {std::byte{7}}}}};
  CHECK(through_the_wire(message).attachments.at(0).content.at(0) == std::byte{7});
  const log::Record record{.severity = log::Severity::error, .fields = {{"k", "v"}}};
  CHECK(through_the_wire(record).fields.at("k") == "v");
}

TEST_CASE("the default rotation turns nothing") {
  const geometry::Quaternion q;
  CHECK(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z == 1);
  CHECK(q.w == 1);
}

}  // namespace weft::topics
