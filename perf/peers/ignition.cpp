// Ignition Transport's part in weft-discovery: peer ROLE, with the roles of discovery/roles.hpp.
//
// Discovery is by multicast: the process takes part on the loopback interface alone (IGN_IP).
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <thread>

#include <ignition/msgs/int64.pb.h>
#include <ignition/transport/Node.hh>
#include <poll.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

bool input_ended(std::chrono::milliseconds longest) {
  pollfd polled{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  return ::poll(&polled, 1, int(longest.count())) > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0;
}

void say(const char* line) {
  std::puts(line);
  std::fflush(stdout);
}

int publish(ignition::transport::Node& node) {
  auto publisher = node.Advertise<ignition::msgs::Int64>("/weft/beat");
  ignition::msgs::Int64 beat;
  say("ready");
  while (!input_ended(1ms)) {
    beat.set_data(beat.data() + 1);
    publisher.Publish(beat);
  }
  return 0;
}

int first(ignition::transport::Node& node) {
  std::atomic<bool> come{false};
  std::function<void(const ignition::msgs::Int64&)> take = [&](const auto&) {
    if (!come.exchange(true)) say("first");
  };
  node.Subscribe("/weft/beat", take);
  while (!input_ended(1000ms)) {
  }
  return come ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  ::setenv("IGN_IP", "127.0.0.1", 1);  // NOLINT(concurrency-mt-unsafe): the only thread
  ignition::transport::Node node;
  return count > 1 && std::string_view(arguments[1]) == "publish" ? publish(node) : first(node);
}
