// Inflow: what one reader has of one writer: its place in the ring, the regions that it was shown, and its page.
//
// Threads   The reader's; a Frame may be dropped on any.
// Lifetime  What a Frame borrows stays, with the connection that tells the writer so, until the last is dropped.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/futex.hpp"
#include "transport/shm/copies.hpp"
#include "transport/shm/greeting.hpp"
#include "transport/shm/region.hpp"
#include "transport/shm/ring_reader.hpp"
#include "transport/shm/ring_writer.hpp"
#include "transport/transport.hpp"

namespace weft::transport::shm {

/// What a reader has mapped of a writer's.
struct Attached {
  std::shared_ptr<Connection> connection;
  Mapping first;  ///< Region 0.
  Mapping page_memory;
  Page* page = nullptr;

  [[nodiscard]] const Head& head() const noexcept { return *reinterpret_cast<const Head*>(first.data()); }
};

/// A region that a reader was shown.
struct Seen {
  std::uint32_t number = 0;
  Greeting::Use use = Greeting::Use::ring;
  std::uint64_t begins = 0;
  std::shared_ptr<Mapping> mapping;
};

class Inflow final {
 public:
  struct Options {
    std::uint64_t position = 0;
    std::uint64_t last = 0;   ///< Frames up to this sequence are from before the link.
    std::uint32_t limit = 0;  ///< In flight.
  };

  /// Maps what `greeting` shows, by the descriptors of the page and region 0. Errors: malformed; resource_exhausted.
  static Result<std::shared_ptr<Attached>> attach(const Greeting& greeting, const Fd& page, const Fd& first);
  /// Maps what it shows. Errors: as attach().
  static Result<Seen> see(const Greeting& greeting, const Fd& fd);

  Inflow(std::shared_ptr<Attached> attached, const Options& options);
  Inflow(const Inflow&) = delete;
  Inflow& operator=(const Inflow&) = delete;
  ~Inflow() = default;

  void add(Seen seen);
  [[nodiscard]] Connection& connection() const noexcept { return *attached_->connection; }

  /// `more`: none yet, but there is something to be read.
  enum class Found : std::uint8_t { nothing, more, frame, broken };
  /// The next frame, in place of what `frame` held.
  Found take(Frame& frame);
  /// Has our socket woken at the next frame; false if there is one already.
  bool arm() noexcept;
  /// The same by a futex. False: there are too many.
  bool sleep_on(Futexes& futexes) noexcept;
  /// We do not sleep any more.
  void wake_up() noexcept;

 private:
  /// Ways on after a record that is no frame for us.
  enum class Next : std::uint8_t { look_again, nothing, frame, broken };
  Next take_inline(const RingReader::Record& record, Frame& frame);
  Next take_reference(const RingReader::Record& record, Frame& frame);
  Next hand_out(const Seen& seen, Frame& frame);
  Next read_on(Frame& frame);
  Next change_ring();
  Next refer(Frame& frame);
  bool took(std::uint64_t number, std::uint32_t messages, std::uint64_t sequence) noexcept;
  [[nodiscard]] bool is_at_end() const noexcept;
  void publish() noexcept;
  Shared64* free_hold() const noexcept;

  const std::shared_ptr<Attached> attached_;
  Page& page_;
  RingReader ring_;
  const std::uint64_t last_;
  const std::uint32_t report_every_;
  // What stands between us and the next record: a region that was not shown yet.
  bool ring_awaited_ = false;
  std::optional<Reference> awaited_;
  std::uint64_t awaited_number_ = 0;
  std::uint64_t position_;      // behind the last frame that was taken
  std::uint64_t taken_ = 0;     // the number of the next frame
  std::uint64_t sequence_ = 0;  // of the last
  std::uint32_t unreported_ = 0;
  bool reported_ = true;
  std::vector<Seen> seen_;
  Copies copies_;
};

}  // namespace weft::transport::shm
