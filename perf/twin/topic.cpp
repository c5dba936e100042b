#include "twin/topic.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <stdexcept>

namespace weft::perf {

namespace {

/// The frame's header as FORMAT.md describes it.
struct Header {
  std::uint16_t magic = 0x4657;
  std::uint8_t version = 1;
  std::uint8_t kind = 1;
  std::uint16_t flags = 0;
  std::uint16_t length = 48;
  std::uint64_t fingerprint = weft::fingerprint<Block>();
  std::uint64_t context = 1;
  std::uint32_t port = 1;
  std::uint32_t zero = 0;
  std::uint64_t sequence = 0;
  std::int64_t stamp = 0;
};
static_assert(sizeof(Header) == 48);

constexpr char credit_mark = 2;

/// As weft's.
int mark(std::uint32_t window) {
  return int(2 * window + 64);
}

}  // namespace

RawPublisher::RawPublisher(std::uint32_t window, void* context)
    : socket_(ZMQ_XPUB, context), prefix_(block_name, std::strlen(block_name) + 1), window_(window) {
  socket_.set(ZMQ_SNDHWM, mark(window));
}

void RawPublisher::wait_for_subscriber() {
  std::array<char, 64> subscription{};
  while (socket_.receive(subscription.data(), subscription.size()) < 0) {
  }
}

void RawPublisher::send(const Block& block) {
  if (sequence_ - taken_ >= window_) wait_for_room();
  zmq_msg_t message;
  const auto bytes = encoded_size(block);
  checked(zmq_msg_init_size(&message, prefix_.size() + sizeof(Header) + bytes));
  auto* at = data_of(message);
  std::memcpy(at, prefix_.data(), prefix_.size());
  at += prefix_.size();
  Header header;
  header.sequence = ++sequence_;
  header.stamp = wall_now().time_since_epoch().count();
  std::memcpy(at, &header, sizeof header);
  encode(block, std::span(at + sizeof header, bytes));
  socket_.send(message);
}

void RawPublisher::wait_for_room() {
  while (read_credit(ZMQ_DONTWAIT)) {
  }
  while (sequence_ - taken_ >= window_)
    read_credit(0);
}

bool RawPublisher::read_credit(int flags) {
  std::array<char, 1 + sizeof taken_> credit{};
  const int size = socket_.receive(credit.data(), credit.size(), flags);
  if (size < 0) return false;
  if (size == int(credit.size()) && credit[0] == credit_mark) {
    std::memcpy(&taken_, credit.data() + 1, sizeof taken_);
  }
  return true;
}

RawSubscriber::RawSubscriber(std::uint32_t window, const std::string& endpoint, void* context)
    : socket_(ZMQ_XSUB, context),
      prefix_bytes_(std::strlen(block_name) + 1),
      quantum_(std::max(window / 4, 1U)) {
  socket_.set(ZMQ_RCVHWM, mark(window));
  checked(zmq_msg_init(&message_));
  socket_.connect(endpoint);
  const auto subscription = std::string("\1") + block_name + '\0' + "WF";
  socket_.send(subscription.data(), subscription.size());
}

std::optional<Block> RawSubscriber::receive() {
  if (!socket_.receive(message_)) return std::nullopt;
  const BytesView bytes(data_of(message_), zmq_msg_size(&message_));
  Header header;
  Block block;
  if (bytes.size() < prefix_bytes_ + sizeof header) throw std::runtime_error("a message is too short");
  std::memcpy(&header, bytes.data() + prefix_bytes_, sizeof header);
  if (header.magic != Header{}.magic || header.fingerprint != fingerprint<Block>()) {
    throw std::runtime_error("a message is of another kind");
  }
  lost_ += header.sequence - last_ - 1;
  last_ = header.sequence;
  if (auto done = decode(bytes.subspan(prefix_bytes_ + sizeof header), block); !done) {
    throw std::runtime_error(done.error().message);
  }
  if (++untold_ == quantum_) confirm();
  return block;
}

void RawSubscriber::confirm() {
  std::array<char, 1 + sizeof last_> credit{credit_mark};
  std::memcpy(credit.data() + 1, &last_, sizeof last_);
  socket_.send(credit.data(), credit.size());
  untold_ = 0;
}

}  // namespace weft::perf
