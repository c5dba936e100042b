#include "transport/lane.hpp"

#include <algorithm>
#include <utility>

#include <sys/eventfd.h>

namespace weft::transport {

namespace {

/// How many messages a receiver may take before its sender is told, while more are waiting.
constexpr std::uint64_t report_every = 64;

/// As how many messages it counts.
std::uint32_t count_of(BytesView frame) {
  return frame.size() < wire::header_bytes ? 1 : wire::count_of(frame);
}

/// 0 for what is no frame.
std::uint64_t sequence_of(BytesView frame) {
  return frame.size() < wire::header_bytes ? 0 : wire::peek(frame).sequence;
}

}  // namespace

std::shared_ptr<std::uint64_t[]> frame_memory(std::size_t bytes) {
  constexpr auto word = sizeof(std::uint64_t);
  try {
    return std::make_shared_for_overwrite<std::uint64_t[]>((bytes + word - 1) / word);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

Seat::Seat(EndOptions given, LinkObserver& told, Fd made)
    : options(std::move(given)), observer(told), event(std::move(made)) {}

void Seat::ring() {
  if (std::exchange(asleep, false)) ::eventfd_write(event.get(), 1);
}

void Seat::push(Item item) {
  queue.push_back(std::move(item));
  ring();
}

std::optional<Item> Seat::take() {
  const std::lock_guard lock(in);
  if (queue.empty()) {
    eventfd_t count = 0;
    if (!std::exchange(asleep, true)) ::eventfd_read(event.get(), &count);
    return std::nullopt;
  }
  Item item = std::move(queue.front());
  queue.pop_front();
  if (item.tail) item.lane->forget_tail();
  return item;
}

Lane::Lane(std::shared_ptr<Seat> sender, std::shared_ptr<Seat> receiver, bool gating, std::uint64_t last)
    : from(std::move(sender)),
      to(std::move(receiver)),
      gates(gating),
      limit_(std::min(from->options.depth, to->options.depth)),
      last_before_(last) {}

bool Lane::carry(const std::shared_ptr<Lane>& self, const Parcel& parcel) {
  if (last_before_ != 0 && sequence_of(parcel.bytes) <= last_before_) return true;
  const std::lock_guard lock(to->in);
  if (!gates && full()) {
    if (from->is(Role::publisher)) lose(self, parcel);
    return false;
  }
  tail_ = nullptr;
  put_ += count_of(parcel.bytes);
  to->push({self, parcel});
  return true;
}

void Lane::lose(const std::shared_ptr<Lane>& self, const Parcel& parcel) {
  auto parsed = wire::parse_frame(parcel.bytes);
  if (!parsed) return;
  const auto& lost = parsed->header;
  const wire::Header header{wire::Kind::tail, lost.fingerprint, lost.source, lost.sequence, lost.stamp};
  const bool first = tail_ == nullptr;
  if (first) tail_ = frame_memory(wire::header_bytes);
  const auto bytes =
      std::as_writable_bytes(std::span(tail_.get(), wire::header_bytes / sizeof(std::uint64_t)));
  wire::write_header(header, bytes);
  if (first) to->push({self, {tail_, bytes, nullptr}, true});
}

// Whoever waits for room says so and then looks whether there is some; whoever makes room takes and then looks whether
// somebody waits. All four are seq_cst, so that one of the two sees the other: no wake-up is lost.
void Lane::took(const Parcel& parcel) {
  const auto messages = count_of(parcel.bytes);
  const auto before = taken_.fetch_add(messages, std::memory_order_seq_cst);  // pairs with in_flight()
  const auto taken = before + messages;
  if (!gates) return;
  const auto waiting = put_ - taken;
  if (from->is(Role::publisher) && (waiting == 0 || taken / report_every != before / report_every))
    report(sequence_of(parcel.bytes));
  // A sender that is woken for each frame pays a switch for each frame; it looks again by itself, too.
  const bool enough = waiting <= limit_ / 2;
  if (enough && from->waits_for_room.load(std::memory_order_seq_cst)) {  // pairs with wait_for_room()
    const std::lock_guard lock(from->out);
    from->room.notify_all();
  }
}

void Lane::report(std::uint64_t sequence) {
  const std::lock_guard lock(from->out);
  const auto found = from->lanes.find(to->id());
  if (found != from->lanes.end() && found->second.get() == this) from->observer.consumed(to->id(), sequence);
}

bool Lane::stalls(Instant time) {
  const std::uint64_t taken = taken_;
  if (!held_since_ || taken != seen_taken_) {
    held_since_ = time;
    seen_taken_ = taken;
  }
  stalled = time - *held_since_ >= from->options.stall;
  return stalled;
}

}  // namespace weft::transport
