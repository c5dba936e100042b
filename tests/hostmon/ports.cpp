// HostPublisher and AlertWatch with each other, inside one Context, on captured trees.
#include <cstdlib>
#include <thread>

#include <poll.h>

#include "hostmon/alert_watch.hpp"
#include "hostmon/host_publisher.hpp"
#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

using namespace std::chrono_literals;
namespace host = topics::host;

constexpr auto patience = 20s;

Node make_node() {
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");  // The sandbox's.
  return Node::create({.context = Context::create(std::move(options)).value()}).value();
}

void wait_readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  REQUIRE(::poll(&polled, 1, 20'000) == 1);
}

}  // namespace

TEST_CASE("what the machine measures arrives on its topics") {
  const auto node = make_node();
  const Tree tree("proc-large");
  auto publisher = HostPublisher::create(node, tree.options(), [](auto) {}).value();
  const auto lines = publisher.bind("inproc://hostmon").value();
  REQUIRE(lines.size() == 8);
  CHECK(lines[0] == "host/cpu inproc://hostmon-cpu");
  auto cpu = node.subscriber(host::cpu).value();
  auto memory = node.subscriber(host::memory).value();
  cpu.connect("inproc://hostmon-cpu").value();
  memory.connect("inproc://hostmon-memory").value();
  cpu.wait_matched(1, patience).value();
  memory.wait_matched(1, patience).value();

  publisher.publish(at(0));
  tree.edit("proc/stat", "cpu  ", "cpu  9");
  publisher.publish(at(1000));

  CHECK(memory.receive(patience).value()->total == 1'056'423'912ULL * 1024);
  const auto sample = cpu.receive(patience).value();
  CHECK(sample->stamp == at(1000).wall);
  CHECK(sample->cores.size() == 239);
}

TEST_CASE("a damaged source is told of once, and the others are published") {
  const auto node = make_node();
  const Tree tree("proc-small");
  tree.write("proc/meminfo", "garbage");
  std::vector<std::string> told;
  auto publisher =
      HostPublisher::create(node, tree.options(), [&](auto line) { told.emplace_back(line); }).value();
  publisher.bind("inproc://hostmon").value();
  auto load = node.subscriber(host::load).value();
  load.connect("inproc://hostmon-load").value();
  load.wait_matched(1, patience).value();
  for (int round = 0; round < 3; ++round)
    publisher.publish(at(round * 1000));
  REQUIRE(told.size() == 1);
  CHECK(told[0].starts_with("memory: "));
  CHECK(told[0].find("/meminfo: line 1: cut off") != std::string::npos);
  CHECK(load.receive(patience).value()->threads > 0);
}

TEST_CASE("the service answers for a process, and with an error for one that is not there") {
  const auto node = make_node();
  const Tree tree("proc-large");
  auto publisher = HostPublisher::create(node, tree.options(), [](auto) {}).value();
  publisher.bind("inproc://hostmon").value();
  const int requests = publisher.service_fd().value();
  const std::jthread server([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd polled{requests, POLLIN, 0};
      ::poll(&polled, 1, 10);
      publisher.serve();
    }
  });
  auto client = node.client(host::process).value();
  client.connect("inproc://hostmon-process").value();
  CHECK(client.call({.pid = 302}, patience).wait().value()->name == "(((");
  const auto missing = client.call({.pid = 99}, patience).wait();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(client.call({.pid = -1}, patience).wait().error().code == Errc::invalid_argument);
}

TEST_CASE("measurements become alerts that others receive") {
  const auto node = make_node();
  const Tree tree("proc-small");
  auto publisher = HostPublisher::create(node, tree.options(), [](auto) {}).value();
  publisher.bind("inproc://hostmon").value();

  std::vector<std::string> told;
  auto rules = default_rules();
  change_rule(rules, "cpu_busy=0.5:0.3:1s").value();
  auto watch = AlertWatch::create(node, AlertBook(std::move(rules)), [&](const auto& alert) {
                 told.push_back(alert.rule);
               }).value();
  watch.connect("inproc://hostmon").value();
  watch.bind("inproc://alerts").value();
  auto alerts = node.subscriber(host::alerts).value();
  alerts.connect("inproc://alerts").value();
  alerts.wait_matched(1, patience).value();

  publisher.publish(at(0));
  CHECK_FALSE(watch.has_measurements());
  for (int second = 1; second <= 3; ++second) {
    const auto text = tree.read("proc/stat");
    const auto user = text.find_first_of("123456789");
    tree.write("proc/stat", std::string(text).insert(user, "1"));  // Nothing but user time went on.
    publisher.publish(at(second * 1000));
    wait_readable(watch.fd());
    watch.step().value();
  }
  CHECK(watch.has_measurements());
  const auto alert = alerts.receive(patience).value();
  CHECK(alert->rule == "cpu_busy");
  CHECK(alert->change == host::AlertChange::raised);
  CHECK(alert->value == 1);
  CHECK(alert->lasted == 1s);
  CHECK(told == std::vector<std::string>{"cpu_busy"});
}

TEST_CASE("an alert watch refuses a base that is no endpoint") {
  const auto node = make_node();
  auto watch = AlertWatch::create(node, AlertBook(default_rules()), [](const auto&) {}).value();
  CHECK(watch.connect("hostmon").error().code == Errc::invalid_argument);
}

}  // namespace weft::hostmon
