#include "twin/calls.hpp"

#include <array>
#include <span>
#include <stdexcept>

#include "wire/header.hpp"

namespace weft::perf {

namespace {

/// An empty part, and a frame.
void send_frame(RawSocket& socket, const wire::Header& header, const Block& block) {
  socket.send("", 0, ZMQ_SNDMORE);
  const auto bytes = wire::header_size(header) + encoded_size(block);
  zmq_msg_t message;
  checked(zmq_msg_init_size(&message, bytes));
  encode(block, wire::write_header(header, {data_of(message), bytes}));
  socket.send(message);
}

/// A frame; the block borrows `message`.
std::uint64_t read_frame(zmq_msg_t& message, Block& block) {
  wire::FrameView view;
  wire::parse_frame({data_of(message), zmq_msg_size(&message)}, view).value();
  if (view.header.fingerprint != fingerprint<Block>()) throw std::runtime_error("a frame of another type");
  decode(view.payload, block).value();
  return view.header.sequence;
}

/// The part that follows another is there, too.
void receive_rest(RawSocket& socket, zmq_msg_t& message) {
  if (!socket.receive(message)) throw std::runtime_error("a message ends before its end");
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

void RawServer::serve_one() {
  std::array<char, 256> id{};
  const int id_bytes = socket_.receive(id.data(), id.size());
  if (id_bytes < 0) return;
  zmq_msg_t message;
  checked(zmq_msg_init(&message));
  receive_rest(socket_, message);  // the empty part
  receive_rest(socket_, message);
  Block block;
  const auto sequence = read_frame(message, block);
  socket_.send(id.data(), std::size_t(id_bytes), ZMQ_SNDMORE);
  send_frame(socket_, header_of(sequence), block);
  zmq_msg_close(&message);
}

RawClient::RawClient(const std::string& endpoint) : socket_(ZMQ_DEALER, nullptr) {
  checked(zmq_msg_init(&message_));
  socket_.connect(endpoint);
}

RawClient::~RawClient() {
  zmq_msg_close(&message_);
}

void RawClient::send(const Block& block, Deadline deadline) {
  auto header = header_of(++sent_);
  header.remaining = deadline.left(now());
  send_frame(socket_, header, block);
}

std::optional<Block> RawClient::receive() {
  if (!socket_.receive(message_)) return std::nullopt;  // the empty part
  receive_rest(socket_, message_);
  Block block;
  if (read_frame(message_, block) != ++received_) throw std::runtime_error("another reply");
  return block;
}

}  // namespace weft::perf
