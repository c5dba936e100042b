#include "transport/shm/inflow.hpp"

#include <algorithm>
#include <bit>

#include "transport/shm/step.hpp"

namespace weft::transport::shm {

namespace {

constexpr int most_laps = 16;  // in one look
constexpr std::uint64_t longest_region = std::uint64_t(1) << 40;

Error broken() {
  return Error{Errc::malformed, "a peer shows memory that is not what it should be"};
}

/// A frame's memory: the slot, which the page says is held until the frame is dropped.
class Held final {
 public:
  Held(std::shared_ptr<Attached> attached, std::shared_ptr<Mapping> mapping, Shared64* hold) noexcept
      : attached_(std::move(attached)), mapping_(std::move(mapping)), hold_(hold) {}
  Held(Held&& other) noexcept
      : attached_(std::move(other.attached_)),
        mapping_(std::move(other.mapping_)),
        hold_(std::exchange(other.hold_, nullptr)) {}
  Held& operator=(Held&&) = delete;
  ~Held() {
    if (hold_ == nullptr) return;
    reach(Step::slot_dropped);
    hold_->store(0, std::memory_order_release);  // pairs with the writer's look at who holds
  }

 private:
  std::shared_ptr<Attached> attached_;
  std::shared_ptr<Mapping> mapping_;
  Shared64* hold_;
};

}  // namespace

Result<std::shared_ptr<Attached>> Inflow::attach(const Greeting& greeting, const Fd& page, const Fd& first) {
  auto attached = std::make_shared<Attached>();
  WEFT_TRY(attached->page_memory, map_region(page, page_bytes, Access::both_write));
  WEFT_TRY(attached->first, map_region(first, head_bytes + first_ring_bytes, Access::maker_writes));
  attached->page = reinterpret_cast<Page*>(attached->page_memory.data() + page_offset(greeting.link));
  const auto& head = attached->head();
  if (head.magic != magic || head.version != version || greeting.position % line_bytes != 0) return broken();
  return attached;
}

Result<Seen> Inflow::see(const Greeting& greeting, const Fd& fd) {
  if (greeting.bytes == 0 || greeting.bytes > longest_region) return broken();
  const bool ring = greeting.use == Greeting::Use::ring;
  if (ring && (!std::has_single_bit(greeting.bytes) || greeting.bytes < first_ring_bytes)) return broken();
  WEFT_TRY(auto mapping, map_region(fd, greeting.bytes, Access::maker_writes));
  return Seen{greeting.number, greeting.use, greeting.begins, std::make_shared<Mapping>(std::move(mapping))};
}

Inflow::Inflow(std::shared_ptr<Attached> attached, const Options& options)
    : attached_(std::move(attached)),
      page_(*attached_->page),
      ring_(attached_->head(), attached_->first.data() + head_bytes, first_ring_bytes, options.position),
      last_(options.last),
      report_every_(std::max<std::uint32_t>(options.limit / 8, 1)),
      position_(options.position),
      // The first ring is in region 0; later ones are shown with where they begin.
      seen_{{0, Greeting::Use::ring, 0, nullptr}} {}

void Inflow::add(Seen seen) {
  const bool newer_ring = seen.use == Greeting::Use::ring && seen.begins <= ring_.position();
  ring_awaited_ = ring_awaited_ || newer_ring;
  seen_.push_back(std::move(seen));
}

Inflow::Found Inflow::take(Frame& frame) {
  auto next = Next::look_again;
  for (int laps = 0; next == Next::look_again && laps < most_laps; ++laps)
    next = read_on(frame);
  if (next == Next::frame) return Found::frame;
  if (next == Next::broken) return Found::broken;
  if (!reported_) publish();
  return next == Next::nothing ? Found::nothing : Found::more;
}

Inflow::Next Inflow::read_on(Frame& frame) {
  if (ring_awaited_) [[unlikely]]
    return change_ring();
  if (awaited_) [[unlikely]]
    return refer(frame);
  RingReader::Record record;
  switch (ring_.next(copies_.room(), record)) {
    case RingReader::Found::nothing:
      return Next::nothing;
    case RingReader::Found::broken:
      return Next::broken;
    case RingReader::Found::lapped:
      return change_ring();
    case RingReader::Found::record:
      break;
  }
  if (record.word.kind == Kind::frame) [[likely]]
    return take_inline(record, frame);
  if (record.word.kind == Kind::reference) return take_reference(record, frame);
  return record.word.kind == Kind::moved ? change_ring() : Next::broken;
}

Inflow::Next Inflow::take_inline(const RingReader::Record& record, Frame& frame) {
  if (record.payload.size() < wire::header_bytes) return Next::broken;
  const bool ours =
      took(record.word.number, wire::count_of(record.payload), wire::peek(record.payload).sequence);
  if (unreported_ >= report_every_) publish();
  if (!ours) return Next::look_again;
  frame.bytes = record.payload;
  frame.object = nullptr;
  frame.keeper.emplace<Copies::Lent>(copies_.lend());
  return Next::frame;
}

Inflow::Next Inflow::take_reference(const RingReader::Record& record, Frame& frame) {
  Reference reference{};
  if (record.payload.size() != sizeof reference) return Next::broken;
  std::memcpy(&reference, record.payload.data(), sizeof reference);
  awaited_ = reference;
  awaited_number_ = record.word.number;
  return refer(frame);
}

/// Hands out the frame that a record refers to, once its region has been shown.
Inflow::Next Inflow::refer(Frame& frame) {
  const auto& reference = *awaited_;
  const auto seen = std::ranges::find(seen_, reference.region, &Seen::number);
  if (seen == seen_.end()) return Next::nothing;
  if (seen->use != Greeting::Use::slots) return Next::broken;
  const auto size = seen->mapping->size();
  const auto left = size - std::min(size, reference.offset + sizeof(Slot));
  const bool fits = reference.offset % line_bytes == 0 && reference.offset < size && reference.tag != 0 &&
                    reference.bytes >= wire::header_bytes && reference.bytes <= left;
  if (!fits) return Next::broken;
  const auto next = hand_out(*seen, frame);
  awaited_.reset();
  const bool there = next == Next::frame;
  const bool ours = took(awaited_number_, there ? wire::count_of(frame.bytes) : 1,
                         there ? wire::peek(frame.bytes).sequence : sequence_);
  publish();  // so that the slot is free soon, while it is in the cache
  return next == Next::frame && !ours ? Next::look_again : next;
}

// As slots.hpp says: first we say that we hold it, then we look whether it is still the same.
Inflow::Next Inflow::hand_out(const Seen& seen, Frame& frame) {
  const auto& reference = *awaited_;
  const auto* at = seen.mapping->data() + reference.offset;
  const auto& slot = *reinterpret_cast<const Slot*>(at);
  const BytesView bytes(at + sizeof slot, reference.bytes);
  auto* hold = free_hold();
  const bool copies = hold == nullptr;
  if (copies) hold = &page_.held.back();
  hold->store(reference.tag, std::memory_order_seq_cst);  // pairs with Slots::is_free()
  reach(Step::slot_held);
  const bool there =
      slot.tag.load(std::memory_order_seq_cst) == reference.tag;  // pairs with Slots::is_free()
  frame.keeper = {};
  frame.object = nullptr;
  if (!there) {
    hold->store(0, std::memory_order_release);  // pairs with nothing: it was not held
    return Next::look_again;
  }
  reach(Step::slot_read);
  if (!copies) {
    frame.bytes = bytes;
    frame.keeper.emplace<Held>(attached_, seen.mapping, hold);
    return Next::frame;
  }
  auto copy = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  hold->store(0, std::memory_order_release);  // pairs with Slots::is_free()
  frame.bytes = {copy.get(), bytes.size()};
  frame.keeper.emplace<std::unique_ptr<std::byte[]>>(std::move(copy));
  return Next::frame;
}

/// One that is not in use; the last is kept for copying.
Shared64* Inflow::free_hold() const noexcept {
  for (std::size_t i = 0; i + 1 < page_.held.size(); ++i) {
    if (page_.held[i].load(std::memory_order_acquire) == 0) return &page_.held[i];  // pairs with ~Held()
  }
  return nullptr;
}

/// The ring that has the record at our position, which is the last that begins before it.
Inflow::Next Inflow::change_ring() {
  const auto newest = ring_.ring();
  ring_awaited_ = std::ranges::find(seen_, newest, &Seen::number) == seen_.end();
  if (ring_awaited_) return Next::nothing;
  const Seen* best = nullptr;
  for (const auto& seen : seen_) {
    if (seen.use != Greeting::Use::ring || seen.begins > ring_.position()) continue;
    if (best == nullptr || seen.begins > best->begins) best = &seen;
  }
  if (best == nullptr) return Next::broken;
  if (best->mapping) {
    ring_.move_to(best->mapping->data(), best->mapping->size());
  } else {
    ring_.move_to(attached_->first.data() + head_bytes, first_ring_bytes);
  }
  return Next::look_again;
}

/// Notes that a frame was taken; whether it is of this link.
bool Inflow::took(std::uint64_t number, std::uint32_t messages, std::uint64_t sequence) noexcept {
  position_ = ring_.position();
  taken_ = number + messages;
  sequence_ = sequence;
  unreported_ += messages;
  reported_ = false;
  return sequence > last_ || last_ == 0 || sequence == 0;
}

// The writer may sleep until we have taken more: it says so, and then looks at what we have taken; we store that, and then
// look whether it sleeps. All four are seq_cst, so that one of the two sees the other.
void Inflow::publish() noexcept {
  unreported_ = 0;
  reported_ = true;
  page_.position.store(position_, std::memory_order_release);  // pairs with Outflow::look_at_readers()
  reach(Step::position_told);
  page_.sequence.store(sequence_, std::memory_order_release);  // pairs with Outflow::tell_consumed()
  page_.taken.store(taken_, std::memory_order_seq_cst);        // pairs with Outflow::wait_for() and arm()
  reach(Step::taken_told);
  const auto how =
      Sleep(page_.writer_sleeps.load(std::memory_order_seq_cst));  // pairs with Outflow::wait_for(), arm()
  if (how == Sleep::awake) [[likely]]
    return;
  const auto wanted =
      page_.wake_at.load(std::memory_order_relaxed);  // pairs with nothing: the last ordered it
  if (how == Sleep::on_futex && (taken_ - wanted) % Word::numbers > Word::numbers / 2) return;
  if (page_.writer_sleeps.exchange(0, std::memory_order_relaxed) == 0)
    return;  // pairs with nothing: a wake too many
  reach(Step::writer_forgiven);
  if (how == Sleep::on_socket) return attached_->connection->ring();
  page_.writer_bell.fetch_add(1, std::memory_order_release);  // pairs with Outflow::wait_for()
  futex_wake_all(page_.writer_bell);
}

bool Inflow::sleep_on(Futexes& futexes) noexcept {
  const auto& bell = attached_->head().bell;
  const auto seen = bell.load(std::memory_order_acquire);  // pairs with Outflow::wake_sleepers()
  page_.reader_sleeps.store(std::uint32_t(Sleep::on_futex),
                            std::memory_order_seq_cst);  // pairs with Outflow::wake_sleepers()
  reach(Step::reader_sleeps);
  if (!is_at_end()) futexes.stay_awake();
  return futexes.add(bell, seen);
}

void Inflow::wake_up() noexcept {
  page_.reader_sleeps.store(0, std::memory_order_relaxed);  // pairs with nothing: a wake too many
}

bool Inflow::is_at_end() const noexcept {
  return ring_.is_at_end() || ring_awaited_ || awaited_;
}

bool Inflow::arm() noexcept {
  page_.reader_sleeps.store(std::uint32_t(Sleep::on_socket),
                            std::memory_order_seq_cst);  // pairs with Outflow::wake_sleepers()
  reach(Step::reader_polls);
  return is_at_end();
}

}  // namespace weft::transport::shm
