#include "transport/shm/slots.hpp"

#include <algorithm>
#include <bit>

#include "transport/shm/step.hpp"

namespace weft::transport::shm {

namespace {

constexpr std::uint64_t page = 4096;

/// So much memory is taken at once for slots of one size, where that is more than all that there are.
constexpr std::uint64_t least_region = 64 << 10;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) noexcept {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

std::uint64_t Slots::class_of(std::uint64_t bytes) noexcept {
  const auto quarter = std::max<std::uint64_t>(std::bit_floor(bytes) / 4, line_bytes);
  return round_up(bytes, quarter);
}

Result<Place*> Slots::take(std::uint64_t bytes) {
  const auto room = class_of(bytes);
  auto& kind = classes_[room];
  take_returned();
  retire(kind, readers_.passed());
  if (auto* place = find_free(kind); place != nullptr) return place;
  auto grown = grow(kind, room);
  if (grown) return find_free(kind);
  retire(kind, readers_.must_have_passed());
  if (auto* place = find_free(kind); place != nullptr) return place;
  return std::move(grown).error();
}

void Slots::sent(Place& place, std::uint64_t position) noexcept {
  place.slot->tag.store(place.tag,
                        std::memory_order_release);  // pairs with Inflow's look, as the ring's word does
  classes_[place.room].flights.push_back({position, &place});
}

void Slots::give_back(Place* place) {
  const std::lock_guard lock(mutex_);
  returned_.push_back(place);
}

void Slots::take_returned() {
  const std::lock_guard lock(mutex_);
  for (auto* place : returned_)
    classes_[place->room].free.push_back(place);
  returned_.clear();
}

void Slots::retire(Class& kind, std::uint64_t passed) {
  for (; !kind.flights.empty() && kind.flights.front().position < passed; kind.flights.pop_front())
    kind.free.push_back(kind.flights.front().place);
}

/// Whether it may be written: nobody holds it, and nobody can any more.
bool Slots::is_free(const Place& place) const {
  if (place.tag == 0) return true;
  place.slot->tag.store(0, std::memory_order_seq_cst);  // pairs with Inflow's look: see invariant 2
  reach(Step::slot_claimed);
  return !readers_.hold(place.tag);
}

Place* Slots::find_free(Class& kind) {
  while (!kind.free.empty()) {
    auto* place = kind.free.back();
    kind.free.pop_back();
    if (is_free(*place)) return place;
    kind.held.push_back(place);
  }
  const auto dropped = std::ranges::find_if(kind.held, [&](const Place* place) { return is_free(*place); });
  if (dropped == kind.held.end()) return nullptr;
  auto* place = *dropped;
  kind.held.erase(dropped);
  return place;
}

/// As many slots more as there are, so that their regions stay few.
Result<void> Slots::grow(Class& kind, std::uint64_t room) {
  const auto each = sizeof(Slot) + room;
  const auto more = std::max<std::uint64_t>({kind.slots, least_region / each, 1});
  auto made = make_region(round_up(more * each, page), Access::maker_writes, budget_);
  if (!made && more > 1) made = make_region(round_up(each, page), Access::maker_writes, budget_);
  if (!made) return std::move(made).error();
  auto* memory = made->mapping.data();
  const auto count = made->mapping.size() / each;
  const auto& shared = memory_.emplace_back(std::make_shared<Region>(*std::move(made)));
  const auto region = readers_.share(shared);
  reach(Step::slots_shown);
  for (std::uint64_t i = count; i-- > 0;) {
    auto* at = memory + i * each;
    auto& place = places_.emplace_back();
    place.slot = reinterpret_cast<Slot*>(at);
    place.frame = at + sizeof(Slot);
    place.room = room;
    place.reference.region = region;
    place.reference.offset = i * each;
    kind.free.push_back(&place);
  }
  kind.slots += count;
  return {};
}

}  // namespace weft::transport::shm
