// The conformance kit: what a test of the transport contract (transport/transport.hpp) is written with.
//
// What      EVERY_TRANSPORT(bench) runs its body once for each transport of the registry and for the toy, with
//           a fresh Bench. EVERY_TRANSPORT_WITH(trait, bench): once for each of those that have the trait. A
//           Bench opens Ports; a Port is an End, its observer, and a log of all that happened to it, in order.
//           Conditions are waited for with Bench::until, which polls and never sleeps.
// Threads   A Port's End by one thread at a time; its log from any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/fd.hpp"
#include "transport/registry.hpp"
#include "transport/transport.hpp"

namespace weft::conformance {

using namespace transport;

/// The registry's transports, and the toys.
std::vector<Registered> under_test();

#define EVERY_TRANSPORT(bench)                                          \
  for (const auto& weft_registered : ::weft::conformance::under_test()) \
    DYNAMIC_SECTION(weft_registered.scheme)                             \
  if (::weft::conformance::Bench bench{weft_registered}; true)

#define EVERY_TRANSPORT_WITH(trait, bench) EVERY_TRANSPORT(bench) if (bench.transport().traits().trait)

/// Something that happened to a port.
struct Event {
  enum class What : std::uint8_t { matched, unmatched, consumed, frame, tail } what;
  PortId peer;
  std::uint64_t sequence = 0;
  std::string announcement = {};      ///< Of matched.
  DropCause cause = DropCause::full;  ///< Of unmatched.
  std::size_t payload = 0;            ///< Bytes of a frame's payload,
  bool intact = true;                 ///< which is what its sender wrote.
};
using What = Event::What;

/// An End as a test sees it.
class Port final : public LinkObserver {
 public:
  Port(Transport& transport, EndOptions options);
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() override;

  [[nodiscard]] PortId id() const noexcept { return id_; }
  [[nodiscard]] End& end() const noexcept { return *end_; }
  void close() noexcept { end_.reset(); }
  /// What matched() answers from now on.
  void fits(bool yes) noexcept { fits_ = yes; }

  /// Sends the next frame, its payload filled with a pattern. The second form replies.
  Result<void> send(std::size_t payload = 0, Deadline deadline = std::chrono::seconds(30));
  /// The same, but it may wait for others to travel with.
  Result<void> send_soon(std::size_t payload = 0);
  /// Replies with that sequence; false as End::send answers it, or if there was no loan.
  bool reply(const ReturnPath& to, std::uint64_t sequence, std::size_t payload = 0);
  [[nodiscard]] std::uint64_t sent() const noexcept { return sequence_; }

  /// One receive(), logged. The Frame is the caller's.
  std::optional<Frame> take();
  /// Receives until there is nothing.
  void drain();

  [[nodiscard]] std::vector<Event> log() const;
  [[nodiscard]] std::size_t count(What what) const;
  [[nodiscard]] std::size_t count(What what, PortId peer) const;
  /// The last event of a kind. REQUIRES: there is one.
  [[nodiscard]] Event last(What what) const;
  /// Links there are now.
  [[nodiscard]] std::size_t links() const { return count(What::matched) - count(What::unmatched); }
  /// A descriptor that is readable after an observer's call from whatever thread.
  [[nodiscard]] int told() const noexcept { return told_.get(); }

  bool matched(PortId peer, BytesView announcement, std::uint64_t last_sequence) override;
  void unmatched(PortId peer, DropCause cause) override;
  void consumed(PortId peer, std::uint64_t sequence) override;

 private:
  Result<void> fill_next(Loan& loan, std::size_t payload, Deadline deadline);
  void note(Event event);

  const PortId id_;
  const Fd told_;
  std::atomic<bool> fits_{true};
  std::atomic<std::uint64_t> sequence_{0};
  mutable std::mutex mutex_;  // guards the next two
  std::vector<Event> log_;
  std::array<std::size_t, 5> counts_{};
  std::unique_ptr<End> end_;
};

/// A world with one transport.
class Bench final {
 public:
  /// `shared_memory`: as World has it.
  explicit Bench(const Registered& registered, std::uint64_t shared_memory = 0);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench();

  [[nodiscard]] Transport& transport() const noexcept { return *transport_; }
  [[nodiscard]] Agent& agent() const noexcept { return *agent_; }
  [[nodiscard]] const std::string& runtime_directory() const noexcept { return directory_; }
  /// An endpoint that nobody else in the world has.
  [[nodiscard]] Endpoint endpoint();
  /// A port whose announcement is its number as text.
  std::unique_ptr<Port> open(Role role, EndOptions options = {});
  /// The same, bound or connected.
  std::unique_ptr<Port> bound(Role role, const Endpoint& at, EndOptions options = {});
  std::unique_ptr<Port> connected(Role role, const Endpoint& to, EndOptions options = {});

  /// Drains `ports` until `condition` holds; fails the test if a minute passes first.
  void until(const std::function<bool()>& condition, const std::vector<Port*>& ports);

 private:
  std::string directory_;
  bool own_directory_ = false;
  LogSink log_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Transport> transport_;
};

/// Options for both ends of a reliable link.
EndOptions reliable(std::uint32_t depth = 1000);
/// Options for both ends of a best-effort link.
EndOptions best_effort(std::uint32_t depth = 1000);

/// The sequences of the frames from `peer`, in the order of arrival.
std::vector<std::uint64_t> sequences(const Port& port, PortId peer);
/// first, first + 1, ... last.
std::vector<std::uint64_t> series(std::uint64_t first, std::uint64_t last);

/// What a receiver knows of a publisher's frames.
struct Tally {
  std::uint64_t delivered = 0;
  std::uint64_t missing = 0;  ///< By gaps in the sequence, up to the last one it heard of.
  std::uint64_t last = 0;
};
Tally tally(const Port& port, PortId publisher);

/// Whether the payload is what Port::send wrote under this sequence.
bool is_intact(const wire::FrameView& frame);

/// Polls until a descriptor is readable; false if a minute passes first.
bool readable(int fd);

}  // namespace weft::conformance
