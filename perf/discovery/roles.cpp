#include "discovery/roles.hpp"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "weft.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;

struct Beat {
  std::uint64_t number = 0;
  WEFT_MESSAGE("perf/Beat", number)
};
constexpr Topic<Beat> beats{"perf/beats"};

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

/// Whether our input has ended, which says that we may end; waits for it.
bool may_end(std::chrono::milliseconds longest) {
  pollfd polled{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  return ::poll(&polled, 1, int(longest.count())) > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0;
}

void wait_for_the_end() {
  while (!may_end(1h)) {
  }
}

Result<void> publish(const Node& node) {
  WEFT_TRY(auto publisher, node.publisher(beats));
  say("ready");
  for (Beat beat; !may_end(1ms); ++beat.number)
    WEFT_CHECK(publisher.send(beat));
  return {};
}

Result<void> first(const Node& node) {
  WEFT_TRY(auto subscriber, node.subscriber(beats));
  WEFT_CHECK(subscriber.receive(1min));
  say("first");
  wait_for_the_end();
  return {};
}

Result<void> watch(const Node& node) {
  WEFT_TRY(auto subscriber, node.subscriber(beats));
  WEFT_CHECK(subscriber.wait_matched(1, 1min));
  say("matched");
  WEFT_TRY(const int fd, subscriber.fd());
  for (pollfd polled{fd, POLLIN, 0};; ::poll(&polled, 1, -1)) {
    while (subscriber.try_receive()) {
    }
    while (const auto event = subscriber.next_event()) {
      if (event->what != PeerEvent::What::unmatched) continue;
      say(fmt::format("{}", now().time_since_epoch().count()));
      wait_for_the_end();
      return {};
    }
  }
}

Result<void> announce_ports(const Node& node, std::uint64_t count) {
  std::vector<Publisher<Beat>> publishers;
  std::vector<std::string> names;
  names.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    names.push_back(fmt::format("perf/port/p{}_{}", ::getpid(), i));
    WEFT_TRY(const auto topic, Topic<Beat>::make(names.back()));
    WEFT_TRY(auto publisher, node.publisher(topic));
    publishers.push_back(std::move(publisher));
  }
  say("announced");
  wait_for_the_end();
  return {};
}

}  // namespace

Result<void> perform(const std::vector<std::string>& words, const Place& place) {
  ContextOptions options;
  options.runtime_directory = place.directory;
  options.daemon = place.daemon;
  WEFT_TRY(auto context, Context::create(std::move(options)));
  WEFT_TRY(const auto node, Node::create({.name = words[0], .context = std::move(context)}));
  if (words[0] == "publish") return publish(node);
  if (words[0] == "first") return first(node);
  if (words[0] == "watch") return watch(node);
  if (words[0] == "ports" && words.size() == 2) return announce_ports(node, std::stoull(words[1]));
  return Error{Errc::invalid_argument, "no such role: " + words[0]};
}

}  // namespace weft::perf
