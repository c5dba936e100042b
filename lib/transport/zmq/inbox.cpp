#include "transport/zmq/inbox.hpp"

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
      bad_source_(parts.world.log, options_.name),
      bad_announcement_(parts.world.log, options_.name) {}

Inbox::~Inbox() {
  look();
  remove_gone();
  const auto frame = make_frame(own_header(Kind::tail, options_.id, 0), goodbye);
  for (const auto& [number, peer] : peers_) {
    if (peer.source == PortId{}) continue;
    auto message = copy_message({}, frame);
    send_to(peer.id, message);
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

bool Inbox::send(Loan& loan) {
  auto* reply = loan.keeper.get<Message>();
  const std::lock_guard lock(lock_);
  const auto peer = reply != nullptr ? peers_.find(reply->tag()) : peers_.end();
  if (peer == peers_.end()) return false;
  const auto sent = send_to(peer->second.id, *reply);
  // libzmq may have taken in requests meanwhile, and would not tell again.
  if ((socket_.events() & ZMQ_POLLIN) != 0) readiness_.raise();
  return sent == Sent::yes;
}

// libzmq decides at the first part whether there is room: the others follow it, or are dropped with it.
Sent Inbox::send_to(const std::string& id, Message& frame) {
  auto envelope = copy_message({}, as_bytes(id));
  if (!envelope || !frame) return Sent::full;
  if (const auto first = socket_.send(envelope, true); first != Sent::yes) return first;
  Message empty;
  if (const auto second = socket_.send(empty, true); second != Sent::yes) return second;
  return socket_.send(frame);
}

bool Inbox::receive(Frame& frame) {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock) return false;
  readiness_.clear();
  for (;;) {
    Message id;
    if (socket_.receive(id)) {
      if (take(frame, id)) return true;
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
    next = peers_.erase(next);
    numbers_.erase(peer.id);
    end(peer);
  }
  return true;
}

// The parts after the sender's id: an empty one and the frame, and no more.
bool Inbox::take(Frame& frame, Message& id) {
  bool more = id.more();
  const auto next = [&](Message& part) {
    if (!more || !socket_.receive(part)) return false;
    more = part.more();
    return true;
  };
  Message empty;
  auto& message = message_of(frame);
  const bool formed = next(empty) && empty.size() == 0 && next(message) && !more;
  if (formed && message.size() >= wire::header_bytes)
    return accept(frame, std::string(as_text(id.bytes())), message);
  while (next(message)) {
  }
  bad_form_.say("a request is not an empty part and a frame; dropped, like all such after it");
  return false;
}

bool Inbox::accept(Frame& frame, const std::string& id, Message& message) {
  frame.bytes = message.bytes();
  const auto peek = wire::peek(frame.bytes);
  if (peek.kind == Kind::announcement) {
    meet(id, message);
    return false;
  }
  auto known = numbers_.find(id);
  if (known == numbers_.end() && peek.source == PortId{}) {
    look();
    const int connection = connection_of(message);
    add({.id = id, .connection = connection, .source = {}, .gone = connections_.has_ended(connection)});
    known = numbers_.find(id);
  }
  if (known == numbers_.end() || peers_[known->second].source != peek.source) {
    bad_source_.say("a frame's source did not introduce itself; dropped, like all such after it");
    return false;
  }
  if (peek.kind == Kind::tail) {
    peers_[known->second].leaving = true;
    return false;
  }
  frame.path = ReturnPath(std::as_bytes(std::span(&known->second, 1)));
  return true;
}

// First the observer, then the answer: from it on the sender may send.
void Inbox::meet(const std::string& id, Message& message) {
  const auto view = wire::parse_frame(message.bytes());
  if (!view) return bad_announcement_.say("a sender's announcement: " + view.error().message);
  if (view->header.source == PortId{}) return;
  const auto& header = view->header;
  const auto known = numbers_.find(id);
  if (known == numbers_.end() || peers_[known->second].source != header.source) {
    look();
    if (known != numbers_.end()) {
      const auto other = std::move(peers_[known->second]);
      peers_.erase(known->second);
      numbers_.erase(known);
      end(other);
    }
    const int connection = connection_of(message);
    const Peer peer{.id = id,
                    .connection = connection,
                    .source = header.source,
                    .gone = connections_.has_ended(connection)};
    add(peer);
    begin(peer, view->payload);
  }
  auto answer = own_header(Kind::announcement, options_.id, header.sequence);
  answer.fingerprint = header.fingerprint;
  auto frame = copy_message({}, make_frame(answer, options_.announcement));
  send_to(id, frame);
}

Inbox::Number Inbox::add(Peer peer) {
  any_gone_ = any_gone_ || peer.gone;
  numbers_.emplace(peer.id, ++last_number_);
  if (peer.source == PortId{} && ++plain_ == 1) begin(peer, {});
  peers_.emplace(last_number_, std::move(peer));
  return last_number_;
}

void Inbox::begin(const Peer& peer, BytesView announcement) {
  [[maybe_unused]] const bool fits = observer_.matched(peer.source, announcement, 0);
}

void Inbox::end(const Peer& peer) {
  if (peer.source == PortId{} && --plain_ != 0) return;
  const bool left = peer.leaving || peer.source == PortId{};
  observer_.unmatched(peer.source, left ? DropCause::peer_left : DropCause::peer_died);
}

}  // namespace weft::transport::zeromq
