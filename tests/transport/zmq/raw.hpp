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

/// What a bound subscriber says first to who connects: which topic it wants, that it takes bundles of it, and who it is,
/// which is returned.
inline Token greeting(Raw& publisher, Port& subscriber) {
  CHECK(publisher.receive(subscriber) == Bytes{subscribe} + data_subscription(topic));
  CHECK(publisher.receive(subscriber) == Bytes{subscribe} + bundle_prefix(topic));
  const auto token = publisher.receive(subscriber);
  CHECK(token[1] == token_mark);
  return *Token::read(BytesView(token).subspan(2));
}

/// All of them in one message, of their first one's source.
inline Bytes bundle_of(const std::vector<Bytes>& frames) {
  wire::Bundle bundle;
  for (const auto& frame : frames)
    bundle.add(frame);
  const auto whole = bundle.message();
  return {whole.begin(), whole.end()};
}

/// Those of which nobody takes anything, not even from `source`.
inline std::vector<Bytes> bad_bundles(PortId source) {
  const auto two = bundle_of({message(source, 100), message(source, 101)});
  std::vector<Bytes> bad{
      {},
      Bytes(two.begin(), two.begin() + 20),
      Bytes(two.begin(), two.end() - 1),
      frame(Kind::bundle, source, 0),  // of none
      frame(Kind::bundle, source, 0, std::string(60, '\0')),
      bundle_of({message({}, 102), message({}, 103)}),            // nobody's
      bundle_of({message({98, 1}, 104), message({98, 1}, 105)}),  // a stranger's
      bundle_of({message({98, 1}, 104), message(source, 105)}),   // of two
  };
  for (const auto kind : {Kind::announcement, Kind::tail, Kind::bundle})
    bad.push_back(bundle_of({frame(kind, source, 106), message(source, 107)}));
  auto too_long = frame(Kind::bundle, source, 0);
  while (too_long.size() <= wire::Bundle::longest)
    too_long = too_long + Bytes{std::byte{48}, {}, {}, {}} + message(source, 108);
  bad.push_back(too_long);
  return bad;
}

}  // namespace weft::zmq_test
