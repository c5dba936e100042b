// The C++ side of the interoperability tests: one end, which compares what it hears with test::everything().
//
//     peer publish URI      waits for a line on standard input before each message
//     peer subscribe URI    prints "equal" or "different" for each message
//     peer serve URI        answers with the request itself; flag = false is refused with not_found
//     peer call URI N       calls N times, prints "equal" or "different" for each reply
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

void serve(const Node& node, const std::string& uri) {
  auto server = node.serve(service, echo).value();
  server.bind(uri).value();
  say("ready");
  std::stop_source end;
  const std::jthread waiting([end]() mutable {
    for (std::string line; std::getline(std::cin, line);) {
    }
    end.request_stop();
  });
  server.run(end.get_token()).value();
}

void call(const Node& node, const std::string& uri, int calls) {
  auto client = node.client(service).value();
  client.connect(uri).value();
  for (int i = 0; i < calls; ++i)
    compare(*client.call(test::everything(), patience).value());
}

int run(int count, char** arguments) {
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
  if (verb == "call" && count > 3) call(node, uri, std::stoi(arguments[3]));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& failed) {
    std::cerr << "peer: " << failed.what() << '\n';
    return 1;
  }
}
