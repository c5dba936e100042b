// Peers that are not weft: bare libzmq sockets, in a libzmq context of their own.
#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "conformance/kit.hpp"
#include "transport/zmq/framing.hpp"
#include "wire/bundle.hpp"

namespace weft::zmq_test {

using namespace weft::conformance;
using namespace weft::transport::zeromq;
using wire::Kind;

/// The name that every Port of the kit has.
inline constexpr std::string_view topic = "conformance/topic";

inline Registered registered(std::string_view scheme) {
  const auto all = transports();
  return *std::ranges::find(all, scheme, &Registered::scheme);
}

/// A socket that gives up after the watchdog's time, and ends at once, as if its process had been killed.
class Raw final {
 public:
  explicit Raw(::zmq::socket_type type) : socket_(context_, type) {
    socket_.set(::zmq::sockopt::linger, 0);
    socket_.set(::zmq::sockopt::rcvtimeo, 60'000);
    socket_.set(::zmq::sockopt::sndtimeo, 60'000);
  }
  ::zmq::socket_t* operator->() noexcept { return &socket_; }

  void send(BytesView part, bool more = false) {
    const auto flags = more ? ::zmq::send_flags::sndmore : ::zmq::send_flags::none;
    REQUIRE(socket_.send(::zmq::const_buffer(part.data(), part.size()), flags));
  }
  Bytes receive() {
    ::zmq::message_t message;
    REQUIRE(socket_.recv(message));
    const auto* data = message.data<std::byte>();
    return {data, data + message.size()};
  }
  /// The same, while `other` does its part: libzmq sends subscriptions on a new connection when it is called.
  Bytes receive(Port& other) {
    const Deadline deadline = std::chrono::seconds(60);
    for (::zmq::message_t message;;) {
      if (socket_.recv(message, ::zmq::recv_flags::dontwait)) {
        const auto* data = message.data<std::byte>();
        return {data, data + message.size()};
      }
      REQUIRE_FALSE(deadline.has_passed(now()));
      other.drain();
      std::this_thread::yield();
    }
  }

 private:
  ::zmq::context_t context_;
  ::zmq::socket_t socket_;
};

inline std::string uri(const std::string& directory, const Endpoint& at) {
  return at.scheme == "ipc" && at.address[0] != '/' ? "ipc://" + directory + "/" + at.address : at.uri();
}

inline Bytes operator+(Bytes left, BytesView right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes frame(Kind kind, PortId source, std::uint64_t sequence, std::string_view payload = "") {
  wire::Header header;
  header.kind = kind;
  header.source = source;
  header.sequence = sequence;
  return make_frame(header, as_bytes(payload));
}

/// What a weft subscriber says of itself.
inline Bytes introduction(const Token& token, std::string_view announcement = "") {
  return marked(announce_mark, token) + frame(Kind::announcement, token.subscriber, 0, announcement);
}

/// What a weft publisher of these terms says to one subscriber alone.
inline Bytes private_message(const Token& to, const Terms& offered, BytesView frame) {
  return private_prefix(to, offered) + frame;
}

/// A frame as Port::send makes it, without a payload.
inline Bytes message(PortId source, std::uint64_t sequence) {
  return frame(Kind::message, source, sequence);
}

/// All of them in one message, of their first one's source.
inline Bytes bundle_of(const std::vector<Bytes>& frames) {
  wire::Bundle bundle;
  for (const auto& frame : frames)
    bundle.add(frame);
  const auto whole = bundle.message();
  return {whole.begin(), whole.end()};
}

}  // namespace weft::zmq_test
