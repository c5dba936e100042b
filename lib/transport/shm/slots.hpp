// Slots: where a writer puts long frames, for its readers to read in place.
//
// 1 A slot's tag is that of the frame in it, 0 while it is being written; no two frames of a writer have the same.
// 2 A reader that wants a slot first says which tag it holds, in its page, and then looks whether the slot has it still. A
//   writer that wants one first takes its tag away, and then looks whether somebody holds it. All four are seq_cst, so
//   that one of the two sees the other: nobody reads what is overwritten, however long he holds it.
// 3 A slot is taken only once it is free, or, before that, from those who may miss something.
// 4 Of free slots the one that was freed last is taken: it is still in the cache.
//
// Threads   The writer's; a Loaned one may be dropped on any.
// Lifetime  Shared with what is loaned.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "transport/shm/layout.hpp"
#include "transport/shm/region.hpp"

namespace weft::transport::shm {

/// A slot as its writer sees it.
struct Place {
  Slot* slot = nullptr;
  std::byte* frame = nullptr;
  std::uint64_t room = 0;  ///< Bytes of the longest frame.
  std::uint64_t tag = 0;   ///< Of the last frame in it.
  Reference reference{};   ///< Without bytes and tag.
};

class Slots final {
 public:
  /// A Place that is being filled; goes back if it is dropped.
  class Loaned final {
   public:
    Loaned(std::shared_ptr<Slots> slots, Place* place) noexcept : slots_(std::move(slots)), place_(place) {}
    Loaned(Loaned&& other) noexcept
        : slots_(std::move(other.slots_)), place_(std::exchange(other.place_, nullptr)) {}
    Loaned& operator=(Loaned&&) = delete;
    ~Loaned() {
      if (place_ != nullptr) slots_->give_back(place_);
    }
    [[nodiscard]] bool is_of(const Slots& slots) const noexcept { return slots_.get() == &slots; }
    [[nodiscard]] Place& place() const noexcept { return *place_; }
    /// It has been sent.
    Place* release() noexcept { return std::exchange(place_, nullptr); }

   private:
    std::shared_ptr<Slots> slots_;
    Place* place_;
  };

  /// What a writer knows of its readers.
  struct Readers {
    std::function<bool(std::uint64_t tag)> hold;  ///< Whether one of them holds that frame.
    std::function<std::uint64_t()> passed;        ///< The position that all have passed who are to get all.
    std::function<std::uint64_t()> must_have_passed;  ///< The one that all have passed who must get all.
    std::function<std::uint32_t(std::shared_ptr<Region>)>
        share;  ///< Shows them a region; answers its number.
  };

  Slots(Budget& budget, Readers readers) : budget_(budget), readers_(std::move(readers)) {}

  /// A slot for a frame of so many bytes. Errors: resource_exhausted.
  Result<Place*> take(std::uint64_t bytes);
  /// The frame is in the slot, whole; gives it its tag. It is free once all have passed `position`.
  void sent(Place& place, std::uint64_t position) noexcept;
  /// For the next frame.
  std::uint64_t next_tag() noexcept { return ++last_tag_; }

  /// Bytes of the slot's frame for one of so many bytes: at most a quarter more.
  static std::uint64_t class_of(std::uint64_t bytes) noexcept;

 private:
  struct Flight {
    std::uint64_t position;
    Place* place;
  };
  /// All slots of one size.
  struct Class {
    std::vector<Place*> free;
    std::vector<Place*> held;  // not in flight any more, but somebody held them when we looked last
    std::deque<Flight> flights;
    std::size_t slots = 0;
  };

  void give_back(Place* place);
  void take_returned();
  void retire(Class& kind, std::uint64_t passed);
  Place* find_free(Class& kind);
  bool is_free(const Place& place) const;
  Result<void> grow(Class& kind, std::uint64_t room);

  Budget& budget_;
  const Readers readers_;
  std::uint64_t last_tag_ = 0;
  std::map<std::uint64_t, Class> classes_;
  std::deque<Place> places_;
  std::vector<std::shared_ptr<Region>>
      memory_;                    // of the places, also for who has a loan when the writer has gone
  std::mutex mutex_;              // guards the next
  std::vector<Place*> returned_;  // loans that were dropped
};

}  // namespace weft::transport::shm
