#include "calls/raw_calls.hpp"

#include <array>
#include <span>
#include <stdexcept>

#include "wire/header.hpp"

namespace weft::perf {

namespace {

int checked(int result) {
  if (result < 0) throw std::runtime_error(zmq_strerror(zmq_errno()));
  return result;
}

std::byte* data_of(zmq_msg_t& message) {
  return static_cast<std::byte*>(zmq_msg_data(&message));
}

/// An empty part, and a frame.
void send_frame(void* socket, const wire::Header& header, const Block& block) {
  checked(zmq_send(socket, "", 0, ZMQ_SNDMORE));
  const auto bytes = wire::header_size(header) + encoded_size(block);
  zmq_msg_t message;
  checked(zmq_msg_init_size(&message, bytes));
  encode(block, wire::write_header(header, {data_of(message), bytes}));
  checked(zmq_msg_send(&message, socket, 0));
}

/// The frame after the empty part; the block borrows `message`.
std::uint64_t receive_frame(void* socket, zmq_msg_t& message, Block& block) {
  checked(zmq_msg_recv(&message, socket, 0));  // the empty part
  checked(zmq_msg_recv(&message, socket, 0));
  wire::FrameView view;
  wire::parse_frame({data_of(message), zmq_msg_size(&message)}, view).value();
  if (view.header.fingerprint != fingerprint<Block>()) throw std::runtime_error("a frame of another type");
  decode(view.payload, block).value();
  return view.header.sequence;
}

wire::Header header_of(std::uint64_t sequence) {
  wire::Header header;
  header.fingerprint = fingerprint<Block>();
  header.source = {1, 1};
  header.sequence = sequence;
  header.stamp = wall_now();
  return header;
}

}  // namespace

RawServer::RawServer(std::uint32_t window) : socket_(ZMQ_ROUTER, window, nullptr) {}

std::string RawServer::bind(const std::string& endpoint) {
  std::array<char, 256> bound{};
  auto size = bound.size();
  checked(zmq_bind(socket_.get(), endpoint.c_str()));
  checked(zmq_getsockopt(socket_.get(), ZMQ_LAST_ENDPOINT, bound.data(), &size));
  return bound.data();
}

void RawServer::serve_one() {
  std::array<char, 256> id{};
  const auto id_bytes = std::size_t(checked(zmq_recv(socket_.get(), id.data(), id.size(), 0)));
  zmq_msg_t message;
  checked(zmq_msg_init(&message));
  Block block;
  const auto sequence = receive_frame(socket_.get(), message, block);
  checked(zmq_send(socket_.get(), id.data(), id_bytes, ZMQ_SNDMORE));
  send_frame(socket_.get(), header_of(sequence), block);
  zmq_msg_close(&message);
}

RawClient::RawClient(std::uint32_t window, const std::string& endpoint)
    : socket_(ZMQ_DEALER, window, nullptr) {
  checked(zmq_msg_init(&message_));
  checked(zmq_connect(socket_.get(), endpoint.c_str()));
}

RawClient::~RawClient() {
  zmq_msg_close(&message_);
}

void RawClient::send(const Block& block, Deadline deadline) {
  auto header = header_of(++sent_);
  header.remaining = deadline.left(now());
  send_frame(socket_.get(), header, block);
}

Block RawClient::receive() {
  Block block;
  if (receive_frame(socket_.get(), message_, block) != ++received_) throw std::runtime_error("another reply");
  return block;
}

}  // namespace weft::perf
