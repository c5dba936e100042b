// libzmq by hand, in weft-perf: as its guide says (https://zguide.zeromq.org), without types, discovery or counters.
//
// What      Topics are XPUB and SUB; a reliable one has XPUB_NODROP, so that the slowest reader stops all. Queues are PUSH and
//           PULL, services DEALER and ROUTER. The high-water mark at each end is the channel's depth.
#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include <zmq.hpp>

#include "stage/play.hpp"

namespace {

using namespace weft::perf;
using weft::BytesView;
constexpr int a_while_ms = 100;

BytesView bytes_of(const zmq::message_t& message) {
  return {message.data<std::byte>(), message.size()};
}

/// A socket whose waits end after a while.
zmq::socket_t open(zmq::context_t& context, zmq::socket_type type, const Channel& channel) {
  zmq::socket_t socket(context, type);
  socket.set(zmq::sockopt::sndhwm, int(channel.depth));
  socket.set(zmq::sockopt::rcvhwm, int(channel.depth));
  socket.set(zmq::sockopt::rcvtimeo, channel.spins ? 0 : a_while_ms);
  return socket;
}

std::string bind(zmq::socket_t& socket, const Channel& channel) {
  auto name = channel.name;
  std::ranges::replace(name, '/', '-');
  name += std::to_string(channel.number);
  const auto uri = channel.transport == "tcp"   ? "tcp://127.0.0.1:*"
                   : channel.transport == "ipc" ? "ipc://" + channel.directory + "/" + name
                                                : channel.transport + "://" + name;
  socket.bind(uri);
  return socket.get(zmq::sockopt::last_endpoint);
}

void connect(zmq::socket_t& socket, const Channel& channel) {
  for (const auto& uri : channel.endpoints)
    socket.connect(uri);
}

/// Sends messages that are written in place.
class Sending {
 public:
  explicit Sending(zmq::socket_t socket) : socket_(std::move(socket)) {}
  std::span<std::byte> begin(std::size_t bytes) {
    message_.rebuild(bytes);
    return {message_.data<std::byte>(), bytes};
  }
  void send() { socket_.send(message_, zmq::send_flags::none); }

 protected:
  zmq::socket_t& socket() noexcept { return socket_; }

 private:
  zmq::socket_t socket_;
  zmq::message_t message_;
};

class ZmqWriter final : public Writer, Sending {
 public:
  ZmqWriter(zmq::socket_t socket, std::string endpoint)
      : Sending(std::move(socket)), endpoint_(std::move(endpoint)) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  /// A topic's readers say that they are there; those of a queue are there when their connections are.
  void wait_for(std::uint32_t readers) override {
    if (endpoint_.empty()) return;
    for (zmq::message_t subscription; readers != 0; --readers)
      while (!socket().recv(subscription)) {
      }
  }
  std::span<std::byte> begin(std::size_t bytes) override { return Sending::begin(bytes); }
  void send() override { Sending::send(); }

 private:
  const std::string endpoint_;
};

class ZmqReader final : public Reader {
 public:
  ZmqReader(zmq::socket_t socket, std::string endpoint)
      : socket_(std::move(socket)), endpoint_(std::move(endpoint)) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  std::optional<BytesView> receive() override {
    if (!socket_.recv(message_)) return {};
    return bytes_of(message_);
  }
  std::shared_ptr<const void> keep() override {
    return std::make_shared<zmq::message_t>(std::move(message_));
  }

 private:
  zmq::socket_t socket_;
  const std::string endpoint_;
  zmq::message_t message_;
};

class ZmqCaller final : public Caller, Sending {
 public:
  using Sending::Sending;
  void wait_for(std::uint32_t /*servers*/) override {}
  std::span<std::byte> begin(std::size_t bytes) override { return Sending::begin(bytes); }
  void send() override { Sending::send(); }
  std::optional<BytesView> receive() override {
    if (!socket().recv(reply_)) return {};
    return bytes_of(reply_);
  }

 private:
  zmq::message_t reply_;
};

class ZmqAnswerer final : public Answerer {
 public:
  ZmqAnswerer(zmq::socket_t socket, std::string endpoint)
      : socket_(std::move(socket)), endpoint_(std::move(endpoint)) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void serve() override {
    zmq::message_t caller;
    zmq::message_t request;
    if (!socket_.recv(caller)) return;
    while (!socket_.recv(request)) {
    }
    socket_.send(caller, zmq::send_flags::sndmore);
    socket_.send(request, zmq::send_flags::none);
  }

 private:
  zmq::socket_t socket_;
  const std::string endpoint_;
};

class ZmqPeer final : public Peer {
 public:
  [[nodiscard]] std::string version() const override {
    const auto [major, minor, patch] = zmq::version();
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  }
  [[nodiscard]] std::vector<std::string> transports() const override { return {"inproc", "ipc", "tcp"}; }
  [[nodiscard]] bool crosses(const std::string& transport) const override { return transport != "inproc"; }

  std::unique_ptr<Writer> publisher(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::xpub, channel);
    socket.set(zmq::sockopt::xpub_nodrop, channel.reliable ? 1 : 0);
    socket.set(zmq::sockopt::xpub_verbose, 1);
    auto endpoint = bind(socket, channel);
    return std::make_unique<ZmqWriter>(std::move(socket), std::move(endpoint));
  }
  std::unique_ptr<Reader> subscriber(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::sub, channel);
    socket.set(zmq::sockopt::subscribe, "");
    connect(socket, channel);
    return std::make_unique<ZmqReader>(std::move(socket), std::string());
  }
  std::unique_ptr<Writer> producer(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::push, channel);
    connect(socket, channel);
    return std::make_unique<ZmqWriter>(std::move(socket), std::string());
  }
  std::unique_ptr<Reader> worker(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::pull, channel);
    auto endpoint = bind(socket, channel);
    return std::make_unique<ZmqReader>(std::move(socket), std::move(endpoint));
  }
  std::unique_ptr<Caller> client(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::dealer, channel);
    connect(socket, channel);
    return std::make_unique<ZmqCaller>(std::move(socket));
  }
  std::unique_ptr<Answerer> server(const Channel& channel) override {
    auto socket = open(context_, zmq::socket_type::router, channel);
    auto endpoint = bind(socket, channel);
    return std::make_unique<ZmqAnswerer>(std::move(socket), std::move(endpoint));
  }

 private:
  zmq::context_t context_;
};

}  // namespace

int main(int argc, char** argv) {
  return play(argc, argv, [](const std::string& /*directory*/) { return std::make_unique<ZmqPeer>(); });
}
