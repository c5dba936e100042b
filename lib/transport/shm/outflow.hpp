// Outflow: what one writer sends, and who reads it: a ring of records, slots for long frames, a page for each reader.
//
// What      Frames up to RingWriter::longest travel in the ring, longer ones in slots to which records refer. Who must get all
//           (gates) is waited for once `limit` frames are in flight to it. Who may miss something is waited for never, but
//           while it keeps up the ring and the slots grow, so that it misses nothing of its last `limit` frames.
// Threads   prepare() and introduce() by the agent; a Reader is given to the writer's thread by admit(); all else by that.
// Lifetime  What is loaned may outlive it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "transport/shm/greeting.hpp"
#include "transport/shm/ring_writer.hpp"
#include "transport/shm/slots.hpp"
#include "transport/transport.hpp"

namespace weft::transport::shm {

class Outflow final {
 public:
  struct Options {
    PortId id;
    std::uint32_t depth = 1000;
    bool reliable = false;
    bool laps = false;  ///< Who is too slow misses the oldest frames; else what is newest is not sent to it.
    Duration stall{};
    std::uint64_t flow = 0;                                ///< No other's of its End.
    const std::atomic<std::uint64_t>* sequence = nullptr;  ///< EndOptions::sequence
  };

  /// A reader as the writer sees it.
  struct Reader {
    std::uint64_t link = 0;
    PortId id;
    std::shared_ptr<Connection> connection;
    Region memory;
    Page* page = nullptr;
    bool gates = false;
    bool parted = false;  ///< It is not sent anything any more, but may hold frames.
    std::uint64_t limit = 0;
    // As they were seen last:
    std::uint64_t position = 0;
    std::uint64_t taken = 0;  ///< Frames, of all that there ever were.
    std::uint64_t sequence = 0;
    std::optional<Instant> held_up_since;
    bool behind = false;  ///< It has missed something, and has not caught up since.
  };

  /// Errors: resource_exhausted.
  static Result<std::unique_ptr<Outflow>> create(const Options& options, Budget& budget);
  Outflow(const Outflow&) = delete;
  Outflow& operator=(const Outflow&) = delete;
  ~Outflow() = default;

  /// A reader of that link, for the other end to be told of. Errors: resource_exhausted.
  Result<std::unique_ptr<Reader>> prepare(std::uint64_t link, std::shared_ptr<Connection> connection);
  /// Says `greeting` to the reader, with what it needs in order to read, from the frames on that are sent from now on;
  /// answers whether any of it waits to be sent. `first` are descriptors that go before.
  bool introduce(Reader& reader, Greeting greeting, std::string_view text, std::vector<int> first);

  void admit(std::unique_ptr<Reader> reader);
  /// Sends it nothing more; what it holds stays as it is until dismiss().
  void part(std::uint64_t link);
  void dismiss(std::uint64_t link);
  [[nodiscard]] Reader* find(std::uint64_t link) noexcept;

  /// Whether a frame of so many bytes can be sent to all who gate, now.
  bool has_room(std::size_t bytes);
  /// REQUIRES: !has_room(). One of those that are waited for, the slowest; nullptr: memory is.
  [[nodiscard]] Reader* slowest() noexcept;
  /// Whether that has held us up without progress for `stall`.
  [[nodiscard]] bool has_stalled(Reader& reader, Instant time) const noexcept;
  /// Sleeps until the reader has taken half of what is in flight, or the time is over, or wake().
  void wait_for(Reader& reader, Duration longest) noexcept;
  /// Ends wait_for(); on any thread, while the reader is there.
  static void wake(Page& page) noexcept;

  /// Memory for a frame. Errors: resource_exhausted.
  Result<void> lend(Loan& loan, std::size_t bytes);
  /// Whether lend() has lent it.
  [[nodiscard]] bool owns(Loan& loan) const noexcept;
  /// False: it was dropped, since there was no room.
  bool send(Loan& loan);

  /// Calls consumed() for each gating reader that has taken more since the last call.
  void tell_consumed(LinkObserver& observer);
  /// Has a byte sent to our socket when a gating reader takes more; false if it has already.
  bool arm() noexcept;

 private:
  /// A short frame's memory, until it is copied into the ring.
  struct Scratch {
    std::unique_ptr<std::byte[]> memory;
    std::uint64_t flow;
  };
  struct Shown {
    std::shared_ptr<Region> region;
    std::uint32_t number;
    Greeting::Use use;
    std::uint64_t begins;
  };

  Outflow(const Options& options, Budget& budget, Region first);
  [[nodiscard]] static std::size_t record_payload(std::size_t bytes) noexcept;
  void look_at_readers() noexcept;
  bool has_space(std::size_t payload);
  bool grow();
  std::uint32_t show(std::shared_ptr<Region> region, Greeting::Use use, std::uint64_t begins);
  static bool show_to(Connection& connection, const Shown& shown);
  void wake_sleepers() noexcept;

  const Options options_;
  Budget& budget_;
  Head* head_;
  RingWriter ring_;
  std::shared_ptr<Slots> slots_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::uint64_t frames_ = 0;  // sent so far
  std::uint64_t last_sequence_ = 0;
  // As look_at_readers() has found them:
  std::uint64_t until_ = UINT64_MAX;             // frames that may be sent before who gates is waited for
  std::uint64_t gating_position_ = UINT64_MAX;   // which all who gate have passed
  std::uint64_t keeping_position_ = UINT64_MAX;  // which all have passed who keep up
  std::unique_ptr<std::byte[]> spare_;

  std::mutex mutex_;  // guards the rest
  std::vector<Shown> regions_;
  std::uint32_t last_region_ = 0;
  std::vector<std::shared_ptr<Connection>> told_;  // of regions
};

}  // namespace weft::transport::shm
