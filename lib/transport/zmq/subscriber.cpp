#include "transport/zmq/subscriber.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include <fmt/core.h>

namespace weft::transport::zeromq {

using wire::Kind;

namespace {

constexpr std::uint32_t upstream_mark =
    10'000;                                   // confirmations that wait for a publisher which reads nothing
constexpr std::uint32_t most_overheard = 64;  // frames of a stranger before he is asked again
constexpr auto never = std::numeric_limits<std::uint32_t>::max();

/// See send_mark() in publisher.cpp.
std::uint32_t receive_mark(const EndOptions& options) {
  return (options.reliable ? 2 * options.depth : options.depth) + 64;
}

Token token_of(const EndOptions& options, std::uint32_t end) {
  return Token{options.id, {options.depth, options.reliable}, end};
}

Error cannot_send(const EndOptions& options) {
  return Error{Errc::unsupported, fmt::format("{}: a subscriber sends nothing", options.name)};
}

}  // namespace

Result<std::unique_ptr<End>> Subscriber::open(const Parts& parts, EndOptions options,
                                              LinkObserver& observer) {
  if (options.announcement.size() > max_announcement) {
    return Error{Errc::too_big, fmt::format("{}: an announcement of {} bytes; at most {} travel",
                                            options.name, options.announcement.size(), max_announcement)};
  }
  WEFT_TRY(auto socket, Socket::open(parts.context, {.type = ZMQ_XSUB,
                                                     .send_mark = upstream_mark,
                                                     .receive_mark = receive_mark(options),
                                                     .max_message = max_message}));
  // What had arrived before a connection was lost must stay readable: so not ZMQ_IMMEDIATE, which drops it.
  socket.send(Bytes{subscribe}, data_subscription(options.name));
  socket.send(Bytes{subscribe}, bundle_prefix(options.name));
  const auto token = token_of(options, parts.number);
  socket.send(Bytes{subscribe}, marked(token_mark, token));
  WEFT_TRY(auto monitor, Monitor::start(parts.context, socket));
  WEFT_TRY(auto readiness, Readiness::create({socket.fd(), monitor.fd()}));
  return std::unique_ptr<End>(new Subscriber(parts, std::move(options), token, observer, std::move(socket),
                                             std::move(monitor), std::move(readiness)));
}

Subscriber::Subscriber(const Parts& parts, EndOptions options, const Token& token, LinkObserver& observer,
                       Socket socket, Monitor monitor, Readiness readiness)
    : options_(std::move(options)),
      observer_(observer),
      token_(token),
      prefix_(data_prefix(options_.name)),
      bundle_prefix_(bundle_prefix(options_.name)),
      own_prefix_(marked(token_mark, token_)),
      socket_(std::move(socket)),
      monitor_(std::move(monitor)),
      readiness_(std::move(readiness)),
      bindings_(parts.context, parts.scheme, parts.world.runtime_directory),
      too_many_(parts.world.log, options_.name),
      bad_announcement_(parts.world.log, options_.name),
      bad_bundle_(parts.world.log, options_.name) {}

Subscriber::~Subscriber() {
  look();
  if (!std::ranges::all_of(publishers_, &Source::gone)) {
    socket_.send(marked(bye_mark, token_));
    socket_.linger(options_.linger);
  }
  bindings_.release(socket_);
}

Result<Endpoint> Subscriber::bind(const Endpoint& endpoint) {
  WEFT_TRY(auto place, bindings_.claim(endpoint));
  const std::lock_guard lock(lock_);
  auto bound = bindings_.bind(socket_, std::move(place));
  readiness_.raise();  // libzmq may have taken in what had arrived, and would not tell again
  return bound;
}

Result<void> Subscriber::connect(const Endpoint& endpoint) {
  const std::lock_guard lock(lock_);
  auto attached = attachments_.attach(socket_, bindings_, endpoint);
  if (attached) introduce();  // behind the subscriptions: the publisher matches us even if we never receive
  readiness_.raise();
  return attached;
}

Result<void> Subscriber::disconnect(const Endpoint& endpoint) {
  const std::lock_guard lock(lock_);
  look();  // what connected before is still wanted
  auto parted = attachments_.unwant(bindings_, endpoint);
  attachments_.forget(socket_, (socket_.events() & ZMQ_POLLIN) == 0);
  readiness_.raise();
  return parted;
}

Result<void> Subscriber::loan(Loan& /*loan*/, std::size_t /*bytes*/, const ReturnPath* /*to*/,
                              Deadline /*deadline*/) {
  return cannot_send(options_);
}

bool Subscriber::send(Loan& /*loan*/, Haste /*haste*/) {
  return false;
}

inline Subscriber::Source* Subscriber::source_of(const PortId& id) noexcept {
  if (recent_ != nullptr && recent_->id == id) [[likely]]
    return recent_;
  return find(id);
}

/// Takes note of a frame; false if it is not for us.
inline bool Subscriber::count(Source& source, const wire::Peek& frame, BytesView bytes) {
  const bool tail = frame.kind == Kind::tail;
  if (!tail && frame.sequence <= source.begin && frame.sequence != 0) return false;
  source.taken = std::max(source.taken, frame.sequence);
  ++source.untold;
  if (tail) source.leaving = source.leaving || bytes.size() > wire::header_bytes;
  if (tail || source.untold >= source.quantum) confirm(source);
  return true;
}

inline bool Subscriber::take(Frame& frame, Message& message) {
  const auto bytes = message.bytes();
  const bool more = message.more();
  if (more || skipping_) [[unlikely]] {
    skipping_ = more;
    return false;
  }
  if (bytes.size() < prefix_.size() + wire::header_bytes || !is_prefix_of(prefix_, bytes)) [[unlikely]]
    return take_other(frame, message, bytes);
  frame.bytes = bytes.subspan(prefix_.size());
  const auto peek = wire::peek(frame.bytes);
  auto* source = peek.source == PortId{} ? adopt(message, peek.sequence) : source_of(peek.source);
  return accept(source, peek, frame.bytes);
}

inline bool Subscriber::accept(Source* source, const wire::Peek& peek, BytesView bytes) {
  if (source != nullptr) [[likely]]
    return count(*source, peek, bytes);
  overhear(peek);
  return false;
}

bool Subscriber::take_other(Frame& frame, Message& message, BytesView bytes) {
  if (!is_prefix_of(bundle_prefix_, bytes)) return take_own(frame, message, bytes);
  take_bundle(std::move(message));
  return false;
}

void Subscriber::take_bundle(Message message) {
  const auto frame = message.bytes().subspan(bundle_prefix_.size());
  const bool is_one = frame.size() >= wire::header_bytes && wire::peek(frame).kind == Kind::bundle;
  if (is_one) bundled_ = wire::peek(frame).source;
  if (!is_one || bundled_ == PortId{} || !unbundler_.open(std::move(message), bundle_prefix_.size()))
    badly_bundled();
}

void Subscriber::badly_bundled() {
  unbundler_.drop();
  bad_bundle_.say(
      "a bundle does not hold whole frames of its own source, or is too long: its rest is dropped, and that "
      "of "
      "each such bundle after it");
}

/// A frame of a bundle: it says nothing of links.
inline bool Subscriber::accept_bundled(const Frame& frame) {
  const auto peek = wire::peek(frame.bytes);
  const bool of_links =
      peek.kind == Kind::announcement || peek.kind == Kind::tail || peek.kind == Kind::bundle;
  if (!of_links && peek.source == bundled_) [[likely]]
    return accept(source_of(peek.source), peek, frame.bytes);
  badly_bundled();
  return false;
}

// One exchange to take the lock and one store, where the user's thread is alone: what a program that does nothing
// pays for being connected by another thread.
bool Subscriber::receive(Frame& frame) {
  const std::unique_lock lock(lock_, std::try_to_lock);
  return lock && read(frame);
}

inline bool Subscriber::read(Frame& frame) {
  readiness_.clear();
  for (;;) {
    if (unbundler_.next(frame)) {
      if (accept_bundled(frame)) [[likely]]
        return true;
      continue;
    }
    auto& message = message_of(frame);
    if (socket_.receive(message)) [[likely]] {
      if (take(frame, message)) [[likely]]
        return true;
    } else if (!settle()) {
      return false;
    }
  }
}

// A tail from somebody we do not know, or not since the connection was lost, asks who we are.
bool Subscriber::take_own(Frame& frame, Message& message, BytesView bytes) {
  const auto frame_at = own_prefix_.size() + Terms::size;
  if (bytes.size() < frame_at + wire::header_bytes || !is_prefix_of(own_prefix_, bytes)) return false;
  const auto offered = Terms::read(bytes.subspan(own_prefix_.size(), Terms::size));
  frame.bytes = bytes.subspan(frame_at);
  const auto view = wire::parse_frame(frame.bytes);
  if (!view) bad_announcement_.say("a publisher's announcement: " + view.error().message);
  if (!view || !offered || view->header.source == PortId{}) return false;
  look();
  const int connection = connection_of(message);
  if (attachments_.is_unwanted(connection)) return false;
  if (view->header.kind == Kind::announcement) begin(*view, *offered, connection);
  if (view->header.kind != Kind::tail) return false;
  const auto peek = wire::peek(frame.bytes);
  auto* source = find(peek.source);
  if (source != nullptr && came_by(*source, connection)) return count(*source, peek, frame.bytes);
  introduce();
  overhear(peek);
  ask_stranger();
  return false;
}

// The latest: an older one with the same id is gone.
Subscriber::Source* Subscriber::find(const PortId& id) noexcept {
  auto& peers = publishers_;
  const auto found =
      std::find_if(peers.rbegin(), peers.rend(), [&](const Source& peer) { return peer.id == id; });
  if (found == peers.rend()) return nullptr;
  return recent_ = &*found;
}

// A publisher that is not weft introduces itself by its first frame. All of them are one link.
Subscriber::Source* Subscriber::adopt(Message& message, std::uint64_t sequence) {
  const int connection = connection_of(message);
  const auto same = [&](const Source& one) {
    return one.id == PortId{} && one.connection == connection && !one.gone;
  };
  if (const auto known = std::ranges::find_if(publishers_, same); known != publishers_.end()) return &*known;
  look();
  if (publishers_.size() >= most || attachments_.is_unwanted(connection)) return nullptr;
  const auto before = sequence == 0 ? 0 : sequence - 1;
  if (find(PortId{}) == nullptr) {
    [[maybe_unused]] const bool fits = observer_.matched(PortId{}, {}, before);
  }
  recent_ = nullptr;
  publishers_.push_back({.connection = connection,
                         .begin = before,
                         .taken = before,
                         .window = never,
                         .quantum = never,
                         .gone = connections_.has_ended(connection)});
  return &publishers_.back();
}

// An introduction: of a publisher that is new here, of one that repeats it since we had asked, or of one that begins
// anew with us after it had given us up.
void Subscriber::begin(const wire::FrameView& frame, const Terms& offered, int connection) {
  const auto id = frame.header.source;
  const auto sequence = frame.header.sequence;
  if (auto* known = find(id)) {
    const auto ended = *known;
    const bool lost = !came_by(*known, connection);
    if (!lost && ended.begin == sequence) return confirm(*known);
    recent_ = nullptr;
    publishers_.erase(publishers_.begin() + (known - publishers_.data()));
    end(ended, lost ? DropCause::peer_died : DropCause::stalled);
  }
  if (publishers_.size() >= most)
    return too_many_.say(fmt::format("more than {} publishers; the others are ignored", most));
  [[maybe_unused]] const bool fits = observer_.matched(id, frame.payload, sequence);
  const auto window = std::min(options_.depth, offered.depth);
  recent_ = nullptr;
  publishers_.push_back({.id = id,
                         .connection = connection,
                         .begin = sequence,
                         .taken = sequence,
                         .window = window,
                         .quantum = std::max(window / 4, 1U),
                         .gone = connections_.has_ended(connection)});
  confirm(publishers_.back());
}

/// Whether what has come by `connection` is of this link: also where that has ended since, but not a later one.
bool Subscriber::came_by(const Source& source, int connection) const noexcept {
  return source.connection == connection && (!source.gone || connections_.has_ended(connection));
}

void Subscriber::end(const Source& source, DropCause cause) {
  observer_.unmatched(source.id, source.leaving ? DropCause::peer_left : cause);
}

bool Subscriber::look() {
  return connections_.look(monitor_, [this](const Monitor::Event& event) {
    attachments_.note(event);
    if (event.what != Monitor::What::closed) return;
    for (auto& source : publishers_)
      source.gone = source.gone || source.connection == event.connection;
  });
}

// When there are no more frames: true if something was done after which there may be.
bool Subscriber::settle() {
  if (look()) return true;  // what arrived before an end may have come in meanwhile
  while (true) {
    const auto gone = std::ranges::find_if(publishers_, &Source::gone);
    if (gone == publishers_.end()) break;
    const auto ended = *gone;
    publishers_.erase(gone);
    if (find(ended.id) == nullptr) end(ended, DropCause::peer_died);
    recent_ = nullptr;  // also where one was found: those that are not weft differ by connection
  }
  attachments_.forget(socket_, true);
  return ask_stranger();
}

// Its announcement is still under way, or was dropped where a flood had filled the way to us: so it is told how far we
// are, and that we do not know it.
void Subscriber::overhear(const wire::Peek& frame) {
  stranger_ = frame.source;
  overheard_ = frame.sequence;
  if (++unanswered_ >= most_overheard) ask_stranger();
}

bool Subscriber::ask_stranger() {
  if (std::exchange(unanswered_, 0) == 0 || publishers_.size() >= most) return false;
  socket_.send(write_ack({token_, stranger_, overheard_}, stranger_mark));
  return true;
}

void Subscriber::introduce() {
  const auto frame = make_frame(own_header(Kind::announcement, options_.id, 0), options_.announcement);
  socket_.send(marked(announce_mark, token_), frame);
}

void Subscriber::confirm(Source& source) {
  source.untold = 0;
  if (source.id != PortId{}) socket_.send(write_ack({token_, source.id, source.taken}));
}

}  // namespace weft::transport::zeromq
