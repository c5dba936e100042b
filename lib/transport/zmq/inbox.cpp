#include "transport/zmq/inbox.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include <fmt/core.h>

namespace weft::transport::zeromq {

using wire::Kind;

namespace {

std::uint32_t queue_mark(const EndOptions& options) {
  return options.depth + 64;
}

}  // namespace

Result<std::unique_ptr<End>> Inbox::open(const Parts& parts, EndOptions options, LinkObserver& observer) {
  WEFT_TRY(auto socket, Socket::open(parts.context, {.type = ZMQ_ROUTER,
                                                     .send_mark = queue_mark(options),
                                                     .receive_mark = queue_mark(options),
                                                     .max_message = max_message}));
  WEFT_CHECK(socket.set(ZMQ_ROUTER_MANDATORY, 1));
  WEFT_TRY(auto monitor, Monitor::start(parts.context, socket));
  WEFT_TRY(auto readiness, Readiness::create({socket.fd(), monitor.fd()}));
  return std::unique_ptr<End>(new Inbox(parts, std::move(options), observer, std::move(socket),
                                        std::move(monitor), std::move(readiness)));
}

Inbox::Inbox(const Parts& parts, EndOptions options, LinkObserver& observer, Socket socket, Monitor monitor,
             Readiness readiness)
    : options_(std::move(options)),
      observer_(observer),
      socket_(std::move(socket)),
      monitor_(std::move(monitor)),
      readiness_(std::move(readiness)),
      bindings_(parts.context, parts.scheme, parts.world.runtime_directory),
      bad_form_(parts.world.log, options_.name),
      bad_bundle_(parts.world.log, options_.name),
      bad_source_(parts.world.log, options_.name),
      bad_announcement_(parts.world.log, options_.name) {}

Inbox::~Inbox() {
  look();
  remove_gone();
  const auto frame = make_frame(own_header(Kind::tail, options_.id, 0), goodbye);
  for (const auto& [number, peer] : peers_) {
    if (peer.is_plain()) continue;
    auto message = copy_message({}, frame);
    send_to(peer, message);
  }
  if (!peers_.empty()) socket_.linger(options_.linger);
  bindings_.release(socket_);
}

Result<Endpoint> Inbox::bind(const Endpoint& endpoint) {
  WEFT_TRY(auto place, bindings_.claim(endpoint));
  const std::lock_guard lock(lock_);
  auto bound = bindings_.bind(socket_, std::move(place));
  readiness_.raise();  // libzmq may have taken in what had arrived, and would not tell again
  return bound;
}

Result<void> Inbox::connect(const Endpoint& /*endpoint*/) {
  return Error{Errc::unsupported, fmt::format("{}: an inbox is bound; its senders connect", options_.name)};
}

Result<void> Inbox::disconnect(const Endpoint& endpoint) {
  return connect(endpoint);  // as impossible
}

Result<void> Inbox::loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline /*deadline*/) {
  Number number = 0;
  if (to != nullptr && to->bytes().size() == sizeof number) {
    std::memcpy(&number, to->bytes().data(), sizeof number);
  }
  if (number == 0) {
    return Error{Errc::invalid_argument, fmt::format("{}: an inbox sends replies only", options_.name)};
  }
  WEFT_CHECK(lend(loan, {}, bytes));
  loan.keeper.get<Message>()->set_tag(number);
  return {};
}

bool Inbox::send(Loan& loan, Haste /*haste*/) {
  auto* reply = loan.keeper.get<Message>();
  const std::lock_guard lock(lock_);
  const auto peer = reply != nullptr ? peers_.find(reply->tag()) : peers_.end();
  if (peer == peers_.end()) return false;
  return send_to(peer->second, *reply) == Sent::yes;
}

// libzmq decides at the first part whether there is room: the others follow it, or are dropped with it.
Sent Inbox::send_to(const Peer& peer, Message& frame) {
  auto envelope = copy_message({}, as_bytes(peer.id));
  if (!envelope || !frame) return Sent::full;
  if (const auto first = socket_.send(envelope, true); first != Sent::yes) return first;
  Message empty;
  if (peer.is_plain()) {
    if (const auto second = socket_.send(empty, true); second != Sent::yes) return second;
  }
  return socket_.send(frame);
}

bool Inbox::receive(Frame& frame) {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return false;
  readiness_.clear();
  for (;;) {
    if (unbundler_.next(frame)) {
      if (accept_bundled(frame)) return true;
      unbundler_.drop();  // so that who sends such things costs no more than who sends single ones
    }
    if (socket_.receive(id_)) {
      if (take(frame)) return true;
    } else if (!look()) {
      remove_gone();
      return false;
    }
  }
}

bool Inbox::look() {
  return connections_.look(monitor_, [this](const Monitor::Event& event) {
    if (event.what != Monitor::What::closed) return;
    for (auto& [number, peer] : peers_) {
      if (peer.connection != event.connection) continue;
      peer.gone = true;
      any_gone_ = true;
    }
  });
}

bool Inbox::remove_gone() {
  if (!std::exchange(any_gone_, false)) return false;
  for (auto next = peers_.begin(); next != peers_.end();) {
    if (!next->second.gone) {
      ++next;
      continue;
    }
    const auto peer = std::move(next->second);
    recent_ = nullptr;
    next = peers_.erase(next);
    numbers_.erase(peer.id);
    end(peer);
  }
  return true;
}

// The parts after the sender's id: a frame, before it an empty one perhaps, and no more.
bool Inbox::take(Frame& frame) {
  auto& message = message_of(frame);
  bool formed = id_.more() && socket_.receive(message);
  const bool enveloped = formed && message.more();
  if (enveloped) formed = message.size() == 0 && socket_.receive(message) && !message.more();
  frame.bytes = message.bytes();
  if (formed && frame.bytes.size() >= wire::header_bytes) return accept(frame, message, enveloped);
  while (message.more() && socket_.receive(message)) {
  }
  return badly_formed();
}

bool Inbox::badly_formed() {
  bad_form_.say("a request is not an empty part and a frame; dropped, like all such after it");
  return false;
}

bool Inbox::badly_bundled() {
  bad_bundle_.say(
      "a bundle does not hold whole frames of its own sender, or is too long; its rest is dropped, like all "
      "such after it");
  return false;
}

bool Inbox::accept(Frame& frame, Message& message, bool enveloped) {
  const auto id = as_text(id_.bytes());
  const auto peek = wire::peek(frame.bytes);
  if (peek.kind == Kind::announcement) {
    meet(std::string(id), message);
    return false;
  }
  const bool plain = peek.source == PortId{};
  if (plain && !enveloped) return badly_formed();
  auto* peer = find(id);
  if (peer == nullptr && plain) peer = adopt(id, message);
  if (peer == nullptr || peer->source != peek.source) {
    bad_source_.say("a frame's source did not introduce itself; dropped, like all such after it");
    return false;
  }
  if (peek.kind == Kind::tail) {
    peer->leaving = true;
    return false;
  }
  if (peek.kind == Kind::bundle) {
    if (plain || !unbundler_.open(std::move(message))) return badly_bundled();
    return false;
  }
  frame.path = ReturnPath(std::as_bytes(std::span(&peer->number, 1)));
  return true;
}

/// A frame of a bundle, whose own source was accepted: it says nothing of links.
bool Inbox::accept_bundled(Frame& frame) {
  const auto peek = wire::peek(frame.bytes);
  const auto* peer = find(as_text(id_.bytes()));
  const bool of_links =
      peek.kind == Kind::announcement || peek.kind == Kind::tail || peek.kind == Kind::bundle;
  if (of_links || peer == nullptr || peer->source != peek.source) return badly_bundled();
  frame.path = ReturnPath(std::as_bytes(std::span(&peer->number, 1)));
  return true;
}

Inbox::Peer* Inbox::find(std::string_view id) {
  if (recent_ != nullptr && recent_->id == id) [[likely]]
    return recent_;
  const auto known = numbers_.find(std::string(id));
  if (known == numbers_.end()) return nullptr;
  return recent_ = &peers_.find(known->second)->second;
}

/// A plain client introduces itself by its first request.
Inbox::Peer* Inbox::adopt(std::string_view id, Message& message) {
  look();
  const int connection = connection_of(message);
  return &add({.id = std::string(id),
               .connection = connection,
               .source = {},
               .gone = connections_.has_ended(connection)});
}

// First the observer, then the answer: from it on the sender may send.
void Inbox::meet(std::string id, Message& message) {
  const auto view = wire::parse_frame(message.bytes());
  if (!view) return bad_announcement_.say("a sender's announcement: " + view.error().message);
  if (view->header.source == PortId{}) return;
  const auto& header = view->header;
  auto* known = find(id);
  if (known == nullptr || known->source != header.source) {
    look();
    if (known != nullptr) {
      const auto other = std::move(*known);
      recent_ = nullptr;
      peers_.erase(other.number);
      numbers_.erase(other.id);
      end(other);
    }
    const int connection = connection_of(message);
    known = &add({.id = std::move(id),
                  .connection = connection,
                  .source = header.source,
                  .gone = connections_.has_ended(connection)});
    begin(*known, view->payload);
  }
  auto answer = own_header(Kind::announcement, options_.id, header.sequence);
  answer.fingerprint = header.fingerprint;
  auto frame = copy_message({}, make_frame(answer, options_.announcement));
  send_to(*known, frame);
}

Inbox::Peer& Inbox::add(Peer peer) {
  any_gone_ = any_gone_ || peer.gone;
  peer.number = ++last_number_;
  numbers_.emplace(peer.id, peer.number);
  if (peer.is_plain() && ++plain_ == 1) begin(peer, {});
  return peers_.emplace(last_number_, std::move(peer)).first->second;
}

void Inbox::begin(const Peer& peer, BytesView announcement) {
  [[maybe_unused]] const bool fits = observer_.matched(peer.source, announcement, 0);
}

// A sender that came anew before its old connection had ended has a link still.
void Inbox::end(const Peer& peer) {
  const auto is_it = [&](const auto& other) { return other.second.source == peer.source; };
  if (!peer.is_plain() && std::ranges::any_of(peers_, is_it)) return;
  if (peer.is_plain() && --plain_ != 0) return;
  const bool left = peer.leaving || peer.is_plain();
  observer_.unmatched(peer.source, left ? DropCause::peer_left : DropCause::peer_died);
}

}  // namespace weft::transport::zeromq
