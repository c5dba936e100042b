#include "transport/shm/outflow.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <thread>

#include "base/futex.hpp"
#include "transport/shm/step.hpp"

namespace weft::transport::shm {

namespace {

/// How often a writer gives its processor away before it sleeps: what wakes it costs more.
constexpr int most_yields = 20;

/// The number, of which the lowest bits are known, that is not greater than `most`.
std::uint64_t whole_number(std::uint64_t low, std::uint64_t most) noexcept {
  const auto behind = (most - low) % Word::numbers;
  return behind > most ? 0 : most - behind;
}

}  // namespace

Result<std::unique_ptr<Outflow>> Outflow::create(const Options& options, Budget& budget) {
  WEFT_TRY(auto first, make_region(head_bytes + first_ring_bytes, Access::maker_writes, budget));
  return std::unique_ptr<Outflow>(new Outflow(options, budget, std::move(first)));
}

Outflow::Outflow(const Options& options, Budget& budget, Region first)
    : options_(options),
      budget_(budget),
      head_(::new(first.mapping.data()) Head{}),
      ring_(*head_, first.mapping.data() + head_bytes, first_ring_bytes, 0) {
  head_->magic = magic;
  head_->version = version;
  head_->context = options.id.context;
  head_->port = options.id.port;
  regions_.push_back({std::make_shared<Region>(std::move(first)), 0, Greeting::Use::ring, 0});
  slots_ = std::make_shared<Slots>(
      budget, Slots::Readers{
                  .hold =
                      [this](std::uint64_t tag) {
                        return std::ranges::any_of(readers_, [&](const auto& reader) {
                          return std::ranges::any_of(reader->page->held, [&](const Shared64& held) {
                            return held.load(std::memory_order_seq_cst) == tag;  // pairs with Inflow::hold()
                          });
                        });
                      },
                  .passed =
                      [this] {
                        look_at_readers();
                        return std::min(gating_position_, keeping_position_);
                      },
                  .must_have_passed = [this] { return gating_position_; },
                  .share =
                      [this](std::shared_ptr<Region> region) {
                        return show(std::move(region), Greeting::Use::slots, 0);
                      }});
}

// ---- readers -----------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Outflow::Reader>> Outflow::prepare(std::uint64_t link,
                                                          std::shared_ptr<Connection> connection) {
  auto reader = std::make_unique<Reader>();
  WEFT_TRY(reader->memory, make_region(page_bytes, Access::both_write, budget_));
  reader->page = ::new (reader->memory.mapping.data() + page_offset(link)) Page{};
  reader->link = link;
  reader->connection = std::move(connection);
  return reader;
}

// The position before the sequence: a frame beyond that sequence then is at that position or behind it.
bool Outflow::introduce(Reader& reader, Greeting greeting, std::string_view text, std::vector<int> first) {
  const std::lock_guard lock(mutex_);
  greeting.link = reader.link;
  greeting.position = head_->written.load(std::memory_order_seq_cst);  // pairs with RingWriter::commit()
  greeting.last = options_.sequence != nullptr ? options_.sequence->load() : 0;
  reader.position = greeting.position;
  reader.page->position.store(greeting.position,
                              std::memory_order_relaxed);  // pairs with nothing: before anybody reads
  first.push_back(reader.memory.fd.get());
  first.push_back(regions_.front().region->fd.get());
  bool waits = reader.connection->send(greeting, text, first);
  for (std::size_t i = 1; i < regions_.size(); ++i)
    waits = show_to(*reader.connection, regions_[i]);
  told_.push_back(reader.connection);
  reader.memory.fd.reset();
  return waits;
}

void Outflow::admit(std::unique_ptr<Reader> reader) {
  reader->limit = std::min<std::uint64_t>(std::max<std::uint64_t>(reader->limit, 1), options_.depth);
  reader->taken = frames_;
  reader->page->taken.store(frames_, std::memory_order_relaxed);  // pairs with nothing: it takes none before
  readers_.push_back(std::move(reader));
  look_at_readers();
}

Outflow::Reader* Outflow::find(std::uint64_t link) noexcept {
  const auto found = std::ranges::find_if(readers_, [&](const auto& reader) { return reader->link == link; });
  return found == readers_.end() ? nullptr : found->get();
}

void Outflow::part(std::uint64_t link) {
  auto* reader = find(link);
  if (reader == nullptr) return;
  reader->parted = true;
  reader->gates = false;
  {
    const std::lock_guard lock(mutex_);
    std::erase(told_, reader->connection);
  }
  look_at_readers();
}

void Outflow::dismiss(std::uint64_t link) {
  part(link);
  std::erase_if(readers_, [&](const auto& reader) { return reader->link == link; });
}

// What a reader says of itself is taken only where it can be so: it may go forward, up to what was sent.
void Outflow::look_at_readers() noexcept {
  until_ = gating_position_ = keeping_position_ = UINT64_MAX;
  for (const auto& each : readers_) {
    auto& reader = *each;
    if (reader.parted) continue;
    const auto low = reader.page->taken.load(std::memory_order_seq_cst);  // pairs with Inflow::publish()
    const auto position =
        reader.page->position.load(std::memory_order_acquire);  // pairs with Inflow::publish()
    const auto taken = whole_number(low, frames_);
    if (taken > reader.taken) {
      reader.taken = taken;
      reader.held_up_since.reset();
    }
    if (position > reader.position && position <= ring_.position()) reader.position = position;
    const auto refuses =
        reader.page->reader_refuses.load(std::memory_order_relaxed);  // pairs with nothing: at some time
    if (refuses != 0) reader.gates = false;
    if (reader.gates) {
      until_ = std::min(until_, reader.taken + reader.limit);
      gating_position_ = std::min(gating_position_, reader.position);
      continue;
    }
    const auto lag = frames_ - reader.taken;
    if (lag >= reader.limit) reader.behind = true;
    if (lag <= reader.limit / 2) reader.behind = false;
    if (!reader.behind) keeping_position_ = std::min(keeping_position_, reader.position);
  }
}

// ---- room --------------------------------------------------------------------------------------------------------------

std::size_t Outflow::record_payload(std::size_t bytes) noexcept {
  return bytes <= RingWriter::longest ? bytes : sizeof(Reference);
}

bool Outflow::has_room(std::size_t bytes) {
  if (frames_ >= until_) {
    look_at_readers();
    if (frames_ >= until_) return false;
  }
  return has_space(record_payload(bytes));
}

bool Outflow::has_space(std::size_t payload) {
  const auto pass = ring_.must_pass(payload);
  if (pass <= std::min(gating_position_, keeping_position_)) [[likely]]
    return true;
  look_at_readers();
  if (pass <= std::min(gating_position_, keeping_position_)) return true;
  if (grow()) return has_space(payload);
  for (const auto& reader : readers_)
    reader->behind = reader->behind || (!reader->gates && reader->position < pass);
  look_at_readers();
  return pass <= gating_position_;
}

bool Outflow::grow() {
  const auto capacity = 2 * ring_.capacity();
  auto made = make_region(capacity, Access::maker_writes, budget_);
  if (!made) return false;
  auto* memory = made->mapping.data();
  const auto region =
      show(std::make_shared<Region>(*std::move(made)), Greeting::Use::ring, ring_.moved_position());
  reach(Step::ring_shown);
  ring_.move_to(memory, capacity, region);
  const std::lock_guard lock(mutex_);
  std::erase_if(regions_, [&](const Shown& shown) {
    return shown.use == Greeting::Use::ring && shown.number != 0 && shown.number != region;
  });
  return true;
}

std::uint32_t Outflow::show(std::shared_ptr<Region> region, Greeting::Use use, std::uint64_t begins) {
  const std::lock_guard lock(mutex_);
  const auto& shown = regions_.emplace_back(Shown{std::move(region), ++last_region_, use, begins});
  for (const auto& connection : told_)
    show_to(*connection, shown);
  return shown.number;
}

bool Outflow::show_to(Connection& connection, const Shown& shown) {
  Greeting greeting{.kind = Greeting::Kind::region};
  greeting.use = shown.use;
  greeting.number = shown.number;
  greeting.bytes = shown.region->mapping.size();
  greeting.begins = shown.begins;
  return connection.send(greeting, {}, {shown.region->fd.get()});
}

Outflow::Reader* Outflow::slowest() noexcept {
  Reader* slowest = nullptr;
  for (const auto& reader : readers_) {
    if (!reader->gates) continue;
    if (slowest == nullptr || reader->taken + reader->limit < slowest->taken + slowest->limit)
      slowest = reader.get();
  }
  return slowest;
}

bool Outflow::has_stalled(Reader& reader, Instant time) const noexcept {
  if (!reader.held_up_since) reader.held_up_since = time;
  return time - *reader.held_up_since >= options_.stall;
}

void Outflow::wait_for(Reader& reader, Duration longest) noexcept {
  auto& page = *reader.page;
  for (int i = 0; i < most_yields; ++i) {
    std::this_thread::yield();
    look_at_readers();
    if (frames_ < until_) return;
  }
  const auto bell = page.writer_bell.load(std::memory_order_acquire);  // pairs with wake()
  page.wake_at.store(frames_ - reader.limit / 2,
                     std::memory_order_relaxed);  // pairs with nothing: the next orders it
  // Inflow::publish() stores what it has taken, and then looks whether somebody sleeps: one of the two sees the other.
  page.writer_sleeps.store(std::uint32_t(Sleep::on_futex),
                           std::memory_order_seq_cst);  // pairs with Inflow::publish()
  reach(Step::writer_sleeps);
  look_at_readers();
  // This one alone wakes us: not where another holds us up by now.
  const bool holds_us_up = reader.gates && frames_ >= reader.taken + reader.limit;
  if (holds_us_up) futex_wait(page.writer_bell, bell, longest);
  page.writer_sleeps.store(std::uint32_t(Sleep::awake),
                           std::memory_order_relaxed);  // pairs with nothing: a wake too many
}

void Outflow::wake(Page& page) noexcept {
  page.writer_bell.fetch_add(1, std::memory_order_release);  // pairs with wait_for()
  futex_wake_all(page.writer_bell);
}

// ---- frames ------------------------------------------------------------------------------------------------------------

Result<void> Outflow::lend(Loan& loan, std::size_t bytes) {
  if (bytes <= RingWriter::longest) [[likely]] {
    if (!spare_) spare_ = std::make_unique_for_overwrite<std::byte[]>(RingWriter::longest);
    loan.bytes = {spare_.get(), bytes};
    loan.keeper.emplace<Scratch>(std::move(spare_), options_.flow);
    return {};
  }
  WEFT_TRY(auto* place, slots_->take(bytes));
  loan.bytes = {place->frame, bytes};
  loan.keeper.emplace<Slots::Loaned>(slots_, place);
  return {};
}

bool Outflow::owns(Loan& loan) const noexcept {
  if (const auto* scratch = loan.keeper.get<Scratch>()) return scratch->flow == options_.flow;
  const auto* loaned = loan.keeper.get<Slots::Loaned>();
  return loaned != nullptr && loaned->is_of(*slots_);
}

bool Outflow::send(Loan& loan) {
  const auto bytes = loan.bytes;
  const bool room = options_.laps ? has_space(record_payload(bytes.size())) : has_room(bytes.size());
  if (!room) [[unlikely]] {
    loan.keeper = {};
    return false;
  }
  const auto messages = wire::count_of(bytes);
  last_sequence_ = wire::peek(bytes).sequence;
  if (auto* scratch = loan.keeper.get<Scratch>()) [[likely]] {
    ring_.write(Kind::frame, bytes, frames_);
    spare_ = std::move(scratch->memory);
  } else if (auto* loaned = loan.keeper.get<Slots::Loaned>()) {
    auto& place = *loaned->release();
    place.tag = slots_->next_tag();
    slots_->sent(place, ring_.position());
    reach(Step::slot_sent);
    auto reference = place.reference;
    reference.bytes = bytes.size();
    reference.tag = place.tag;
    ring_.write(Kind::reference, std::as_bytes(std::span(&reference, 1)), frames_);
  }
  loan.keeper = {};
  frames_ += messages;
  wake_sleepers();
  return true;
}

void Outflow::wake_sleepers() noexcept {
  bool on_bell = false;
  for (const auto& reader : readers_) {
    auto& sleeps = reader->page->reader_sleeps;
    if (sleeps.load(std::memory_order_seq_cst) == 0)
        [[likely]]  // pairs with Inflow::sleeps(): see RingWriter::commit()
      continue;
    const auto how =
        Sleep(sleeps.exchange(0, std::memory_order_relaxed));  // pairs with nothing: a wake too many
    reach(Step::sleeper_forgiven);
    if (how == Sleep::on_futex) on_bell = true;
    if (how == Sleep::on_socket) reader->connection->ring();
  }
  if (!on_bell) [[likely]]
    return;
  head_->bell.fetch_add(1, std::memory_order_release);  // pairs with who sleeps on it
  reach(Step::bell_changed);
  futex_wake_all(head_->bell);
}

void Outflow::tell_consumed(LinkObserver& observer) {
  if (!options_.reliable) return;
  look_at_readers();
  for (const auto& reader : readers_) {
    if (!reader->gates) continue;
    const auto sequence =
        reader->page->sequence.load(std::memory_order_acquire);  // pairs with Inflow::publish()
    if (sequence <= reader->sequence || sequence > last_sequence_) continue;
    reader->sequence = sequence;
    observer.consumed(reader->id, sequence);
  }
}

bool Outflow::arm() noexcept {
  bool news = false;
  for (const auto& reader : readers_) {
    if (!reader->gates) continue;
    auto& page = *reader->page;

    page.writer_sleeps.store(std::uint32_t(Sleep::on_socket),
                             std::memory_order_seq_cst);                  // pairs with Inflow::publish()
    const auto taken = page.taken.load(std::memory_order_seq_cst);        // pairs with Inflow::publish()
    const auto sequence = page.sequence.load(std::memory_order_acquire);  // pairs with Inflow::publish()
    news = news || whole_number(taken, frames_) != reader->taken || sequence > reader->sequence;
  }
  return !news;
}

}  // namespace weft::transport::shm
