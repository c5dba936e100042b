// The C++ side of the interoperability tests: one end, which compares what it hears with test::everything().
//
//     peer publish URI      waits for a line on standard input before each message
//     peer subscribe URI    prints "equal" or "different" for each message
//     peer serve URI        answers with the request itself; flag = false is refused with not_found
//     peer call URI N       calls N times, prints "equal" or "different" for each reply
//     peer work URI         prints "equal" or "different" for each item; flag = false is refused
//     peer push URI N       pushes N items, and prints "done" when they are
//     peer schema           prints the schema of its messages
//
// Prints "ready" when it has bound; then ends with its standard input.
#include <iostream>
#include <stop_token>
#include <string>
#include <thread>

#include "codec/everything.hpp"
#include "weft.hpp"

namespace {

using namespace weft;
using namespace std::chrono_literals;
using test::Everything;

constexpr Topic<Everything> topic{"interop/everything"};
constexpr Service<Everything, Everything> service{"interop/echo"};
constexpr Queue<Everything> queue{"interop/jobs"};
constexpr auto patience = 60s;

void say(std::string_view line) {
  std::cout << line << std::endl;
}

void compare(const Everything& heard) {
  say(heard == test::everything() ? "equal" : "different");
}

void publish(const Node& node, const std::string& uri) {
  auto publisher = node.publisher(topic).value();
  publisher.bind(uri).value();
  say("ready");
  for (std::string line; std::getline(std::cin, line);) {
    publisher.wait_matched(1, patience).value();
    publisher.send(test::everything()).value();
  }
}

void subscribe(const Node& node, const std::string& uri) {
  auto subscriber = node.subscriber(topic).value();
  subscriber.connect(uri).value();
  for (;;)
    compare(*subscriber.receive(patience).value());
}

Result<Everything> echo(const Everything& request) {
  if (!request.flag) return Error{Errc::not_found, "no such thing"};
  return request;
}

/// Asks to stop at the end of the input.
std::jthread watch_input(std::stop_source end) {
  return std::jthread([end = std::move(end)]() mutable {
    for (std::string line; std::getline(std::cin, line);) {
    }
    end.request_stop();
  });
}

void serve(const Node& node, const std::string& uri) {
  auto server = node.serve(service, echo).value();
  server.bind(uri).value();
  say("ready");
  const std::stop_source end;
  const auto waiting = watch_input(end);
  server.run(end.get_token()).value();
}

Result<void> work_at(const Everything& item) {
  if (!item.flag) return Error{Errc::unavailable, "not today"};
  compare(item);
  return {};
}

void work(const Node& node, const std::string& uri) {
  auto worker = node.worker(queue).value();
  worker.bind(uri).value();
  say("ready");
  const std::stop_source end;
  const auto waiting = watch_input(end);
  worker.run(work_at, end.get_token()).value();
}

void push(const Node& node, const std::string& uri, int items) {
  auto producer = node.producer(queue).value();
  producer.connect(uri).value();
  for (int i = 0; i < items; ++i)
    producer.push(test::everything(), patience).value();
  producer.flush(patience).value();
  say("done");
}

void call(const Node& node, const std::string& uri, int calls) {
  auto client = node.client(service).value();
  client.connect(uri).value();
  for (int i = 0; i < calls; ++i)
    compare(*client.call(test::everything(), patience).wait().value());
}

int play(int count, char** arguments) {
  const std::string verb = count > 1 ? arguments[1] : "";
  if (verb == "schema") {
    say(schema_text<Everything>());
    return 0;
  }
  if (count < 3) return 2;
  const auto node = Node::create({.name = "interop"}).value();
  const std::string uri = arguments[2];
  if (verb == "publish") publish(node, uri);
  if (verb == "subscribe") subscribe(node, uri);
  if (verb == "serve") serve(node, uri);
  if (verb == "work") work(node, uri);
  if (verb == "push" && count > 3) push(node, uri, std::stoi(arguments[3]));
  if (verb == "call" && count > 3) call(node, uri, std::stoi(arguments[3]));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return play(count, arguments);
  } catch (const std::exception& failed) {
    std::cerr << "peer: " << failed.what() << '\n';
    return 1;
  }
}
