#include "transport/zmq/sender.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/core.h>

namespace weft::transport::zeromq {

using wire::Kind;

namespace {

constexpr Duration again_period = std::chrono::milliseconds(2);

std::uint32_t queue_mark(const EndOptions& options) {
  return options.depth + 64;
}

}  // namespace

Result<std::unique_ptr<End>> Sender::open(const Parts& parts, EndOptions options, LinkObserver& observer) {
  WEFT_TRY(auto socket, Socket::open(parts.context, {.type = ZMQ_DEALER,
                                                     .send_mark = options.depth,
                                                     .receive_mark = queue_mark(options),
                                                     .max_message = max_message}));
  // What had arrived before a connection was lost must stay readable: so not ZMQ_IMMEDIATE, which drops it.
  WEFT_TRY(auto monitor, Monitor::start(parts.context, socket));
  WEFT_TRY(auto readiness, Readiness::create({socket.fd(), monitor.fd()}));
  return std::unique_ptr<End>(new Sender(parts, std::move(options), observer, std::move(socket),
                                         std::move(monitor), std::move(readiness)));
}

Sender::Sender(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket, Monitor monitor,
               Readiness readiness)
    : options_(std::move(options)),
      observer_(observer),
      socket_(std::move(socket)),
      monitor_(std::move(monitor)),
      readiness_(std::move(readiness)),
      bindings_(parts.context, parts.scheme, parts.world.runtime_directory),
      letting_go_(parts.world.agent, Gathering::longest_wait, std::bind_front(&Sender::let_go, this)),
      trying_again_(parts.world.agent, again_period, std::bind_front(&Sender::try_again, this)),
      bad_announcement_(parts.world.log, options_.name) {}

Sender::~Sender() {
  std::array<std::optional<Agent::Watch>, 2> watches;
  {
    const std::lock_guard lock(lock_);  // the agent may be sending
    watches = {letting_go_.end(), trying_again_.end()};
  }
  watches = {};  // it is out of it: no lock
  look();
  if (is_matched()) part();
}

// As after every reply, what is under way goes on its way for the linger.
void Sender::part() {
  const auto until = now() + options_.linger;
  send_bundle();
  while (!send_unsent()) {
    const auto time = now();
    if (time >= until) return;
    readiness_.clear();
    readiness_.wait(until - time);
    look();
    if (!is_matched()) return;
  }
  auto frame = copy_message({}, make_frame(own_header(Kind::tail, options_.id, 0), goodbye));
  send(frame);
  socket_.linger(options_.linger);
}

Result<Endpoint> Sender::bind(const Endpoint& /*endpoint*/) {
  return Error{Errc::unsupported, fmt::format("{}: a sender connects; its inbox is bound", options_.name)};
}

Result<void> Sender::connect(const Endpoint& endpoint) {
  const std::lock_guard lock(lock_);
  if (attached_) {
    return Error{Errc::unsupported, fmt::format("{}: a sender has one inbox; open another sender for {}",
                                                options_.name, endpoint.uri())};
  }
  WEFT_CHECK(attachments_.attach(socket_, bindings_, endpoint));
  attached_ = true;
  readiness_.raise();
  return {};
}

Result<void> Sender::disconnect(const Endpoint& endpoint) {
  const std::lock_guard lock(lock_);
  look();  // what connected before is still wanted
  auto parted = attachments_.unwant(bindings_, endpoint);
  readiness_.raise();
  return parted;
}

Result<void> Sender::loan(Loan& loan, std::size_t bytes, const ReturnPath* /*to*/, Deadline deadline) {
  std::unique_lock lock(lock_);
  if (!is_matched() || !unsent_.empty() || ++unlooked_ >= look_after) [[unlikely]]
    WEFT_CHECK(wait_for_room(lock, deadline));
  if (gathering_.lend(loan, bytes)) return {};
  return lend(loan, {}, bytes, &pool_);
}

Error Sender::unavailable() const {
  return Error{Errc::unavailable, "nobody is matched; is a server running?"};
}

// An inbox that is gone ends when its last replies were read; what this reads of them is kept for receive().
Result<void> Sender::wait_for_room(std::unique_lock<SpinLock>& lock, Deadline deadline) {
  for (;;) {
    readiness_.clear();
    look();
    if (!is_matched() && !early_ && !read(early_.emplace())) early_.reset();
    readiness_.raise();  // libzmq may have taken in replies meanwhile, and would not tell again
    if (!is_matched()) return unavailable();
    if (send_unsent()) return {};
    const auto time = now();
    if (!full_since_) full_since_ = time;
    const auto patience = options_.stall - (time - *full_since_);
    if (patience <= Duration::zero()) {
      begin_anew(DropCause::stalled);
      return unavailable();
    }
    if (deadline.has_passed(time)) {
      return Error{Errc::timeout,
                   fmt::format("the server takes no more; {} requests wait for it", options_.depth)};
    }
    readiness_.clear();
    lock.unlock();
    readiness_.wait(std::min(deadline.left(time), patience));
    lock.lock();
  }
}

/// Whether nothing is left unsent.
bool Sender::send_unsent() {
  while (!unsent_.empty() && send(unsent_.front()) != Sent::full)
    unsent_.pop_front();
  if (unsent_.empty()) full_since_.reset();
  return unsent_.empty();
}

// An inbox that answered with an empty part is sent no bundles.
bool Sender::send(Loan& loan, Haste haste) {
  const std::lock_guard lock(lock_);
  const bool soon = haste == Haste::soon && bare_;
  gathering_.expect(soon);
  if (!soon) return send_alone(loan);
  if (!gathering_.takes(loan)) send_bundle();
  if (!gathering_.takes(loan)) return send_alone(loan);
  gathering_.add(loan);
  letting_go_.want();
  return true;
}

bool Sender::send_alone(Loan& loan) {
  send_bundle();
  if (auto* message = loan.keeper.get<Message>()) {
    send_or_keep(*message);
  } else {
    auto copy = copy_message({}, loan.bytes);
    send_or_keep(copy);
  }
  return true;
}

void Sender::send_or_keep(Message& frame) {
  if (unsent_.empty() && send(frame) != Sent::full) return;
  unsent_.push_back(std::move(frame));
  trying_again_.want();
}

void Sender::send_bundle() {
  if (gathering_.empty()) return;
  auto message = gathering_.take({});
  if (!message)
    return begin_anew(DropCause::full);  // no memory: so that whoever sent them knows that they are lost
  send_or_keep(message);
}

void Sender::drop_waiting() {
  gathering_.clear();
  unsent_.clear();
  full_since_.reset();
}

// If the user's thread has the lock, this is called again; and once more when nothing waits, which spares who sends much
// a system call for each time that something does.
void Sender::let_go() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return;
  if (gathering_.empty()) letting_go_.unwant();
  send_bundle();
  tell_of_replies();
}

void Sender::try_again() {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return;
  if (!send_unsent()) return tell_of_replies();
  trying_again_.unwant();
  readiness_.raise();  // somebody may wait for room
}

// The agent's last act with the lock: libzmq may have taken in replies when it sent, and would not tell again; and who
// wanted to receive meanwhile could not.
void Sender::tell_of_replies() {
  if ((socket_.events() & ZMQ_POLLIN) != 0) readiness_.raise();
}

bool Sender::receive(Frame& frame) {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return false;
  send_bundle();
  send_unsent();  // before it is read: libzmq may take in replies when it sends, and would not tell again
  if (!early_) return read(frame);
  readiness_.clear();
  frame = *std::exchange(early_, std::nullopt);
  return true;
}

bool Sender::read(Frame& frame) {
  readiness_.clear();
  for (;;) {
    auto& message = message_of(frame);
    if (socket_.receive(message)) {
      if (take(frame, message)) return true;
    } else if (!look()) {
      if (gone_) end(DropCause::peer_died);
      attachments_.forget(socket_, true);
      return false;
    }
  }
}

// True if there was something, after which there may be more to read.
bool Sender::look() {
  unlooked_ = 0;
  bool any = false;
  while (const auto event = monitor_.next()) {
    any = true;
    attachments_.note(*event);
    connected_ = event->what == Monitor::What::ready || (connected_ && event->what != Monitor::What::closed);
    introduction_due_ = connected_ && (introduction_due_ || event->what == Monitor::What::ready);
    gone_ = gone_ || (inbox_ && event->what == Monitor::What::closed);
  }
  introduction_due_ = introduction_due_ && attachments_.all_wanted();
  if (!introduction_due_ || (socket_.events() & ZMQ_POLLOUT) == 0) return any;
  introduce();
  return true;
}

void Sender::introduce() {
  introduction_due_ = false;
  drop_waiting();  // for the inbox before
  bare_ = false;   // a foreign server may be a REP socket
  const auto header = own_header(Kind::announcement, options_.id, ++connection_);
  auto frame = copy_message({}, make_frame(header, options_.announcement));
  send(frame);
}

// libzmq decides at the first part whether there is room: the second follows it.
Sent Sender::send(Message& frame) {
  if (!frame) return Sent::unreachable;
  if (!bare_) {
    Message empty;
    if (const auto first = socket_.send(empty, true); first != Sent::yes) return first;
  }
  return socket_.send(frame);
}

// A frame, or an empty part and a frame; anything else is swallowed.
bool Sender::take(Frame& frame, Message& message) {
  const bool enveloped = message.more();
  bool formed = !enveloped || (message.size() == 0 && socket_.receive(message) && !message.more());
  while (message.more() && socket_.receive(message)) {
  }
  formed = formed && message.size() >= wire::header_bytes;
  if (!formed) return false;
  frame.bytes = message.bytes();
  switch (wire::peek(frame.bytes).kind) {
    case Kind::announcement:
      met(frame.bytes, !enveloped);
      return false;
    case Kind::tail:
      leaving_ = leaving_ || frame.bytes.size() > wire::header_bytes;
      return false;
    default:
      return inbox_.has_value() && enveloped != bare_;
  }
}

void Sender::met(BytesView frame, bool bare) {
  const auto view = wire::parse_frame(frame);
  if (!view) return bad_announcement_.say("the inbox's announcement: " + view.error().message);
  if (view->header.sequence != connection_ || introduction_due_) return;
  if (inbox_) end(DropCause::peer_died);
  bare_ = bare;
  inbox_ = view->header.source;
  gone_ = !connected_;
  [[maybe_unused]] const bool fits = observer_.matched(*inbox_, view->payload, 0);
}

/// The link ends, and begins again when there is room.
void Sender::begin_anew(DropCause cause) {
  end(cause);
  introduction_due_ = connected_;
}

void Sender::end(DropCause cause) {
  gone_ = false;
  drop_waiting();
  const auto ended = std::exchange(inbox_, std::nullopt);
  const bool left = std::exchange(leaving_, false);
  if (ended) observer_.unmatched(*ended, left ? DropCause::peer_left : cause);
}

}  // namespace weft::transport::zeromq
