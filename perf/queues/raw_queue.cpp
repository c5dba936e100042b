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

constexpr std::uint64_t taken_together = 256;

void set_mark(const RawSocket& socket, int option, std::uint32_t mark) {
  const int value = int(mark);
  checked(zmq_setsockopt(socket.get(), option, &value, sizeof value));
}

void send_block(const RawSocket& socket, const Block& block, std::uint64_t sequence) {
  wire::Header header;
  header.fingerprint = fingerprint<Block>();
  header.source = {1, 1};
  header.sequence = sequence;
  header.stamp = wall_now();
  const auto bytes = encoded_size(block);
  zmq_msg_t message;
  checked(zmq_msg_init_size(&message, wire::header_bytes + bytes));
  const std::span frame(data_of(message), wire::header_bytes + bytes);
  encode(block, wire::write_header(header, frame));
  checked(zmq_msg_send(&message, socket.get(), 0));
}

Block read_block(zmq_msg_t& message) {
  wire::FrameView view;
  wire::parse_frame({data_of(message), zmq_msg_size(&message)}, view).value();
  if (view.header.fingerprint != fingerprint<Block>()) throw std::runtime_error("a frame of another type");
  Block block;
  decode(view.payload, block).value();
  return block;
}

std::string bind_to(const RawSocket& socket, const std::string& endpoint) {
  std::array<char, 256> bound{};
  auto size = bound.size();
  checked(zmq_bind(socket.get(), endpoint.c_str()));
  checked(zmq_getsockopt(socket.get(), ZMQ_LAST_ENDPOINT, bound.data(), &size));
  return bound.data();
}

}  // namespace

RawProducer::RawProducer(std::uint32_t window, const std::string& endpoint, void* context)
    : socket_(ZMQ_PUSH, window, context) {
  set_mark(socket_, ZMQ_SNDHWM, 2 * window);
  checked(zmq_connect(socket_.get(), endpoint.c_str()));
}

void RawProducer::push(const Block& block) {
  send_block(socket_, block, ++sequence_);
}

RawWorker::RawWorker(std::uint32_t window, void* context) : socket_(ZMQ_PULL, window, context) {
  set_mark(socket_, ZMQ_RCVHWM, window + 64);
  checked(zmq_msg_init(&message_));
}

std::string RawWorker::bind(const std::string& endpoint) {
  return bind_to(socket_, endpoint);
}

Block RawWorker::receive() {
  checked(zmq_msg_recv(&message_, socket_.get(), 0));
  return read_block(message_);
}

CreditedProducer::CreditedProducer(std::uint32_t window, const std::string& endpoint)
    : socket_(ZMQ_DEALER, window, nullptr), window_(window) {
  set_mark(socket_, ZMQ_SNDHWM, 2 * window);
  checked(zmq_connect(socket_.get(), endpoint.c_str()));
}

void CreditedProducer::push(const Block& block) {
  while (sequence_ - taken_ == window_)
    read_receipt(0);
  // As often as weft looks.
  if (sequence_ % 200 == 0) {
    while (read_receipt(ZMQ_DONTWAIT)) {
    }
  }
  send_block(socket_, block, ++sequence_);
}

bool CreditedProducer::read_receipt(int flags) {
  std::uint64_t taken = 0;
  if (zmq_recv(socket_.get(), &taken, sizeof taken, flags) != sizeof taken) return false;
  taken_ = taken;
  return true;
}

CreditedWorker::CreditedWorker(std::uint32_t window) : socket_(ZMQ_ROUTER, window, nullptr) {
  set_mark(socket_, ZMQ_RCVHWM, window + 64);
  checked(zmq_msg_init(&message_));
}

std::string CreditedWorker::bind(const std::string& endpoint) {
  return bind_to(socket_, endpoint);
}

Block CreditedWorker::receive() {
  if (taken_ - confirmed_ == taken_together) confirm();
  if (!read(ZMQ_DONTWAIT)) {
    if (taken_ != confirmed_) confirm();
    while (!read(0)) {
    }
  }
  ++taken_;
  return read_block(message_);
}

bool CreditedWorker::read(int flags) {
  const int bytes = zmq_recv(socket_.get(), id_.data(), id_.size(), flags);
  if (bytes < 0) return false;
  id_bytes_ = std::size_t(bytes);
  checked(zmq_msg_recv(&message_, socket_.get(), 0));
  return true;
}

/// To the producer of the last item: it has one.
void CreditedWorker::confirm() {
  confirmed_ = taken_;
  checked(zmq_send(socket_.get(), id_.data(), id_bytes_, ZMQ_SNDMORE));
  checked(zmq_send(socket_.get(), &taken_, sizeof taken_, 0));
}

}  // namespace weft::perf
