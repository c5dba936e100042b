#include "transport/zmq/publisher.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/core.h>

namespace weft::transport::zeromq {

namespace {

using namespace std::chrono_literals;

constexpr Duration tick_period = 10ms;
constexpr int quiet_ticks = 10;        // without a message, then the tail is told,
constexpr int patient_ticks = 640;     // and again with doubled pauses to who does not confirm it, up to here
constexpr Duration tail_pause = 20ms;  // between tails on closing
constexpr Duration courtesy = 50ms;    // on closing, for readers that would lose nothing
constexpr std::int64_t look_period_ns = 1'000'000;
constexpr std::int64_t pressed_for_ns = 1'000'000;  // after there was no room
constexpr std::uint32_t most_unlooked = 1024;       // sends, should the stamps stand still
constexpr std::size_t looks_per_send = 64;

/// libzmq learns late, by up to half its mark, what a peer has taken: twice the window always has room for
/// it. The rest is for what is not a message.
std::uint32_t send_mark(const EndOptions& options) {
  return (options.reliable ? 2 * options.depth : options.depth) + 64;
}

/// libzmq takes in what peers have taken only when we look. A burst must not fill a best-effort link by that alone.
std::uint32_t look_after(const EndOptions& options) {
  return options.reliable ? most_unlooked : std::min(most_unlooked, options.depth / 8 + 1);
}

/// Whether `time` is no later than so long after `begin`, nor before it: clocks are set back, too.
bool is_within(std::int64_t longest, std::int64_t begin, std::int64_t time) {
  return begin <= time && time - begin < longest;
}

}  // namespace

Result<std::unique_ptr<End>> Publisher::open(const Parts& parts, EndOptions options, LinkObserver& observer) {
  WEFT_TRY(auto socket, Socket::open(parts.context, {.type = ZMQ_XPUB,
                                                     .send_mark = send_mark(options),
                                                     .receive_mark = 1000,
                                                     .max_message = max_announcement + 128}));
  WEFT_CHECK(socket.set(ZMQ_XPUB_VERBOSE, 1));  // each asks for the schema anew
  WEFT_CHECK(socket.set(ZMQ_IMMEDIATE, 1));     // so that a lost connection ends its subscriptions
  WEFT_TRY(auto readiness, Readiness::create({socket.fd()}));
  std::unique_ptr<Publisher> publisher(
      new Publisher(parts, std::move(options), observer, std::move(socket), std::move(readiness)));
  auto* self = publisher.get();
  WEFT_TRY(publisher->watch_, parts.world.agent.watch(self->socket_.fd(), [self] { self->notice(); }));
  WEFT_TRY(publisher->tick_, parts.world.agent.every(tick_period, [self] { self->tick(); }));
  publisher->tick_.enable(false);
  return std::unique_ptr<End>(std::move(publisher));
}

Publisher::Publisher(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket,
                     Readiness readiness)
    : options_(std::move(options)),
      socket_(std::move(socket)),
      outlet_(socket_, options_.name),
      readiness_(std::move(readiness)),
      bindings_(parts.context, parts.scheme, parts.world.runtime_directory),
      scheme_(parts.scheme),
      fanout_(socket_, outlet_, options_, observer, parts.world.log),
      look_after_(look_after(options_)),
      letting_go_(parts.world.agent, Gathering::longest_wait, std::bind_front(&Publisher::let_go, this)) {}

Publisher::~Publisher() {
  watch_ = Agent::Watch();
  tick_ = Agent::Watch();
  std::optional<Agent::Watch> letting_go;
  {
    const std::lock_guard lock(lock_);  // the agent may be sending
    letting_go = letting_go_.end();
  }
  letting_go.reset();
  close();  // the agent is out of it: no lock
  bindings_.release(socket_);
}

Result<Endpoint> Publisher::bind(const Endpoint& endpoint) {
  WEFT_TRY(auto place, bindings_.claim(endpoint));
  const std::lock_guard lock(lock_);
  auto bound = bindings_.bind(socket_, std::move(place));
  if (fanout_.look()) readiness_.raise();
  return bound;
}

Result<void> Publisher::connect(const Endpoint& endpoint) {
  const std::lock_guard lock(lock_);
  auto connected = bindings_.connect(socket_, endpoint);
  if (fanout_.look()) readiness_.raise();
  return connected;
}

Result<void> Publisher::disconnect(const Endpoint& /*endpoint*/) {
  return Error{Errc::unsupported, fmt::format("{}: a publisher stays where it is attached", options_.name)};
}

Result<void> Publisher::loan(Loan& loan, std::size_t bytes, const ReturnPath* /*to*/, Deadline deadline) {
  if (options_.reliable && !fanout_.has_room()) [[unlikely]]
    WEFT_CHECK(wait_for_room(deadline));
  return outlet_.lend(loan, bytes);
}

Result<void> Publisher::wait_for_room(Deadline deadline) {
  std::unique_lock lock(lock_);
  pressed_ = was_full_ = true;
  while (!fanout_.has_room()) {
    readiness_.clear();
    if (fanout_.look()) continue;
    const auto time = now();
    const auto ask_again = fanout_.hold(time);
    if (fanout_.has_room()) break;
    if (deadline.has_passed(time)) {
      return Error{Errc::timeout,
                   fmt::format("a subscriber takes no more; {} messages wait for it", options_.depth)};
    }
    lock.unlock();
    readiness_.wait(std::min(deadline.left(time), ask_again));
    lock.lock();
  }
  return {};
}

void Publisher::look(std::int64_t stamp_ns) {
  unlooked_ = 0;
  looked_at_ns_ = stamp_ns;
  fanout_.look(looks_per_send);
}

// Before a bundle is begun it is looked once more: a reader may have told that it has taken all.
inline bool Publisher::may_wait(const wire::Peek& frame) {
  const auto stamp_ns = frame.stamp_ns;
  if (pressed_) [[unlikely]] {
    if (std::exchange(was_full_, false)) full_at_ns_ = stamp_ns;
    pressed_ = is_within(pressed_for_ns, full_at_ns_, stamp_ns);
  }
  if (!fanout_.may_gather(frame.sequence, pressed_)) [[likely]]
    return false;
  if (!outlet_.empty() || unlooked_ == 0) return true;
  look(stamp_ns);
  return fanout_.may_gather(frame.sequence, pressed_);
}

bool Publisher::send(Loan& loan, Haste /*haste*/) {
  const auto frame = wire::peek(loan.bytes);
  const std::lock_guard lock(lock_);
  ++sends_;
  if (++unlooked_ >= look_after_ || !is_within(look_period_ns, looked_at_ns_, frame.stamp_ns))
    look(frame.stamp_ns);
  const bool soon = may_wait(frame);
  fanout_.sent(frame.sequence);
  if (!flowing_) flow();
  if (soon && outlet_.gather(loan)) {
    letting_go_.want();
  } else {
    outlet_.send(loan);
  }
  return true;
}

bool Publisher::receive(Frame& /*frame*/) {
  const std::lock_guard lock(lock_);
  readiness_.clear();
  fanout_.look();
  return false;
}

// On the agent's thread. If the user's thread has the lock, it looks itself, or the agent is called again.
void Publisher::notice() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return;
  if (fanout_.look()) readiness_.raise();
  if (fanout_.wants_tail() && !flowing_) flow();
}

void Publisher::tick() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock || !flowing_) return;
  if (fanout_.look()) readiness_.raise();
  const bool quiet = std::exchange(sends_at_tick_, sends_) == sends_;
  quiet_ticks_ = quiet ? quiet_ticks_ + 1 : 0;
  if (quiet_ticks_ < quiet_ticks || !finish_quietly()) return;
  rest();
  if (fanout_.look()) readiness_.raise();
  if (fanout_.wants_tail()) flow();
}

/// Tells the tail if it is time to; true if there is nothing to wait for any more.
bool Publisher::finish_quietly() {
  if (!fanout_.has_listeners()) return true;
  if (quiet_ticks_ == quiet_ticks) {
    fanout_.tail(false);
    return false;
  }
  if (!fanout_.unconfirmed() || quiet_ticks_ > patient_ticks) return true;
  const int times = quiet_ticks_ / quiet_ticks;
  if (quiet_ticks_ % quiet_ticks == 0 && (times & (times - 1)) == 0) fanout_.tail_again(false);
  return false;
}

void Publisher::flow() {
  flowing_ = true;
  quiet_ticks_ = 0;
  watch_.enable(false);
  tick_.enable(true);
}

void Publisher::rest() {
  flowing_ = false;
  [[maybe_unused]] const bool told_already = fanout_.wants_tail();
  tick_.enable(false);
  watch_.enable(true);
}

// If the user's thread has the lock, this is called again; and once more when nothing waits, which spares who sends much
// a system call for each time that something does.
void Publisher::let_go() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return;
  if (outlet_.empty()) letting_go_.unwant();
  outlet_.flush();
}

// On tcp, what is under way is thrown away where the other side has written meanwhile (the kernel answers
// with a reset): so readers are to confirm first, reliable ones for as long as the linger, others as long as
// it takes one that is reading. On ipc only a reader whose queues may be full is waited for.
Duration Publisher::patience() const noexcept {
  const bool tcp = scheme_ == Scheme::tcp;
  if (fanout_.at_risk() || (tcp && fanout_.holds_back())) return options_.linger;
  return tcp && fanout_.unconfirmed() ? std::min(options_.linger, courtesy) : Duration::zero();
}

void Publisher::close() {
  fanout_.look();
  socket_.linger(options_.linger);
  if (!fanout_.has_listeners()) return;
  const auto began = now();
  const bool was_at_risk = fanout_.at_risk();
  fanout_.tail(true);
  auto told = began;
  for (auto time = began; time < began + patience(); time = now()) {
    if (time - told >= tail_pause) {
      fanout_.tail_again(true);
      told = time;
    }
    readiness_.wait(std::min(began + patience() - time, tail_pause));
    readiness_.clear();
    fanout_.look();
  }
  if (was_at_risk) fanout_.tail_again(true);  // the first may have found no room; there is some now
}

}  // namespace weft::transport::zeromq
