#include "queues/raw_queue.hpp"

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

}  // namespace

RawProducer::RawProducer(std::uint32_t window, const std::string& endpoint, void* context)
    : socket_(ZMQ_PUSH, window, context) {
  const int mark = int(2 * window);
  checked(zmq_setsockopt(socket_.get(), ZMQ_SNDHWM, &mark, sizeof mark));
  checked(zmq_connect(socket_.get(), endpoint.c_str()));
}

void RawProducer::push(const Block& block) {
  wire::Header header;
  header.fingerprint = fingerprint<Block>();
  header.source = {1, 1};
  header.sequence = ++sequence_;
  header.stamp = wall_now();
  const auto bytes = encoded_size(block);
  zmq_msg_t message;
  checked(zmq_msg_init_size(&message, wire::header_bytes + bytes));
  const std::span frame(data_of(message), wire::header_bytes + bytes);
  wire::write_header(header, frame);
  encode(block, frame.subspan(wire::header_bytes));
  checked(zmq_msg_send(&message, socket_.get(), 0));
}

RawWorker::RawWorker(std::uint32_t window, void* context) : socket_(ZMQ_PULL, window, context) {
  const int mark = int(window + 64);
  checked(zmq_setsockopt(socket_.get(), ZMQ_RCVHWM, &mark, sizeof mark));
  checked(zmq_msg_init(&message_));
}

std::string RawWorker::bind(const std::string& endpoint) {
  std::array<char, 256> bound{};
  auto size = bound.size();
  checked(zmq_bind(socket_.get(), endpoint.c_str()));
  checked(zmq_getsockopt(socket_.get(), ZMQ_LAST_ENDPOINT, bound.data(), &size));
  return bound.data();
}

Block RawWorker::receive() {
  checked(zmq_msg_recv(&message_, socket_.get(), 0));
  wire::FrameView view;
  wire::parse_frame({data_of(message_), zmq_msg_size(&message_)}, view).value();
  if (view.header.fingerprint != fingerprint<Block>()) throw std::runtime_error("a frame of another type");
  Block block;
  decode(view.payload, block).value();
  return block;
}

}  // namespace weft::perf
