#include "twin/queue.hpp"

#include <span>
#include <stdexcept>

#include "wire/header.hpp"

namespace weft::perf {

RawProducer::RawProducer(std::uint32_t window, const std::string& endpoint, void* context)
    : socket_(ZMQ_PUSH, context) {
  socket_.set(ZMQ_SNDHWM, int(2 * window));
  socket_.connect(endpoint);
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
  encode(block, wire::write_header(header, frame));
  socket_.send(message);
}

RawWorker::RawWorker(std::uint32_t window, void* context) : socket_(ZMQ_PULL, context) {
  socket_.set(ZMQ_RCVHWM, int(window + 64));
  checked(zmq_msg_init(&message_));
}

std::optional<Block> RawWorker::receive() {
  if (!socket_.receive(message_)) return std::nullopt;
  wire::FrameView view;
  wire::parse_frame({data_of(message_), zmq_msg_size(&message_)}, view).value();
  if (view.header.fingerprint != fingerprint<Block>()) throw std::runtime_error("a frame of another type");
  Block block;
  decode(view.payload, block).value();
  return block;
}

}  // namespace weft::perf
