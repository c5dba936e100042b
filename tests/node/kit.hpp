// What the tests of lib/node share: a Context in the test's own runtime directory, message types, patience.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <poll.h>

#include "conformance/toy_transport.hpp"
#include "weft.hpp"

namespace weft::test {

using namespace std::chrono_literals;

/// How long a test waits for what must happen; only a broken test waits as long.
inline constexpr auto patience = 20s;

struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
  WEFT_MESSAGE("test/Vec3", x, y, z)
};

struct Note {
  std::uint64_t number = 0;
  std::string text;
  WEFT_MESSAGE("test/Note", number, text)
};

struct Question {
  std::uint64_t number = 0;
  WEFT_MESSAGE("test/Question", number)
};

struct Blob {
  BytesView bytes;
  WEFT_MESSAGE("test/Blob", bytes)
};

inline constexpr Topic<Vec3> vectors{"test/vectors"};
inline constexpr Topic<Note> notes{"test/notes"};
inline constexpr Topic<Note> reliable_notes{"test/notes",
                                            {.reliability = Reliability::reliable, .depth = 16}};
inline constexpr Topic<Blob> blobs{"test/blobs"};
inline constexpr Service<Question, Question> echo{"test/echo"};

/// The transports that the tests run over: the registry's, and one where raw memory travels by copy.
inline std::vector<transport::Registered> transports() {
  auto all = transport::transports();
  all.push_back({"toy-aligned", conformance::make_aligned_toy});
  return all;
}
inline std::vector<std::string> schemes() {
  std::vector<std::string> names;
  for (const auto& transport : transports())
    names.push_back(transport.scheme);
  return names;
}

/// One whose ports meet by hand alone, or one whose ports find each other.
inline std::shared_ptr<Context> make_context(bool discovery = false) {
  ContextOptions options;
  options.transports = transports();
  options.discovery = discovery;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");  // the sandbox's
  return Context::create(std::move(options)).value();
}

inline Node make_node(std::shared_ptr<Context> context = make_context()) {
  return Node::create({.name = "test", .context = std::move(context)}).value();
}

/// An endpoint to bind on each transport; the URI that bind() answers is for the peers.
inline std::string bindable(std::string_view scheme, std::string_view suffix = "") {
  return scheme == "tcp" ? "tcp://127.0.0.1:0" : std::string(scheme) + "://node-test" + std::string(suffix);
}

/// A publisher and a subscriber, matched.
template <Message T>
struct Joined {
  explicit Joined(const Topic<T>& topic, std::string_view scheme = "inproc")
      : node(make_node()),
        publisher(node.publisher(topic).value()),
        subscriber(node.subscriber(topic).value()) {
    subscriber.connect(publisher.bind(bindable(scheme)).value()).value();
    publisher.wait_matched(1, patience).value();
    subscriber.wait_matched(1, patience).value();
  }
  Node node;
  Publisher<T> publisher;
  Subscriber<T> subscriber;
};

/// Whether a descriptor is readable now.
inline bool readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

}  // namespace weft::test
