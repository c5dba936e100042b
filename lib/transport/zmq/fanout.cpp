#include "transport/zmq/fanout.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace weft::transport::zeromq {

using wire::Kind;

Fanout::Fanout(Socket& socket, Outlet& outlet, const EndOptions& options, LinkObserver& observer,
               LogSink& log)
    : socket_(socket),
      outlet_(outlet),
      options_(options),
      observer_(observer),
      data_prefix_(data_prefix(options.name)),
      schema_prefix_(schema_prefix(options.name)),
      readers_(options.reliable, options.depth, options.stall),
      plain_topics_(data_prefix_.size() + 1),
      too_many_(log, options.name),
      bad_announcement_(log, options.name) {}

// Answering is a socket operation, in which libzmq may take in more without telling anybody: so look again
// after it.
bool Fanout::look(std::size_t most) {
  outlet_.flush();
  std::size_t taken = 0;
  do {
    for (Message message; taken < most && socket_.receive(message); ++taken)
      take(message.bytes());
    if (std::exchange(progressed_, false)) readers_.update();
  } while (answer());
  if (taken < most) looked_ = last_;
  return taken > 0;
}

void Fanout::take(BytesView said) {
  if (said.empty()) return;
  const auto rest = said.subspan(1);
  switch (said[0]) {
    case subscribe:
      return subscribed(rest);
    case unsubscribe:
      return unsubscribed(rest);
    case ack_mark:
      return took(rest);
    case stranger_mark:
      return asked(rest);
    case announce_mark:
      return introduced(rest);
    case bye_mark:
      return leaving(rest);
    default:
      return;
  }
}

void Fanout::subscribed(BytesView topic) {
  if (!topic.empty() && topic[0] == token_mark) {
    if (const auto token = Token::read(topic.subspan(1))) met(*token);
    return;
  }
  if (is_prefix_of(topic, data_prefix_) && !plain_topics_[topic.size()]) {
    plain_topics_[topic.size()] = true;
    if (++plain_ == 1) match_plain();
  }
  if (is_prefix_of(topic, schema_prefix_)) schema_wanted_ = true;
}

void Fanout::unsubscribed(BytesView topic) {
  if (!topic.empty() && topic[0] == token_mark) {
    const auto token = Token::read(topic.subspan(1));
    auto* entry = token ? readers_.find(*token) : nullptr;
    if (entry != nullptr) left(*entry);
    return;
  }
  if (is_prefix_of(topic, data_prefix_) && plain_topics_[topic.size()]) {
    plain_topics_[topic.size()] = false;
    if (--plain_ == 0) observer_.unmatched(PortId{}, DropCause::peer_left);
  }
}

// The same token again is a reader whose new connection was seen before the end of its old one. What it is sent from
// when libzmq took in its subscription, until it is matched, was sent after the last look before that.
void Fanout::met(const Token& token) {
  if (auto* known = readers_.find(token)) left(*known);
  auto* entry = readers_.join(token);
  if (entry == nullptr) {
    return too_many_.say(fmt::format("more than {} subscribers; the others are ignored", Readers::most));
  }
  entry->second.taken = looked_;
  prompt(entry->second);
}

void Fanout::introduced(BytesView said) {
  if (said.size() < Token::size) return;
  const auto token = Token::read(said.first(Token::size));
  auto* entry = token ? readers_.find(*token) : nullptr;
  if (entry == nullptr || entry->second.state != Reader::State::met) return;
  const auto frame = wire::parse_frame(said.subspan(Token::size));
  if (!frame) return bad_announcement_.say("a subscriber's announcement: " + frame.error().message);
  if (!readers_.reliable(*token)) return match(*entry, frame->payload);
  entry->second.announcement.assign(frame->payload.begin(), frame->payload.end());
  join(*entry);
}

void Fanout::join(Readers::Entry& entry) {
  auto& reader = entry.second;
  reader.state = Reader::State::joining;
  reader.joined = last_;
  if (readers_.caught_up(entry, last_)) return match(entry, Bytes(reader.announcement));
  readers_.update();
  prompt(reader);
}

void Fanout::prompt(Reader& reader) noexcept {
  reader.prompted = false;
  prompts_due_ = true;
}

// First the observer, then the sequence, then the answer: what is sent once the observer knows lies above it. What is
// still under way from before takes room, too.
void Fanout::match(Readers::Entry& entry, BytesView announcement) {
  auto& [token, reader] = entry;
  supersede(token);
  const auto under_way = readers_.reliable(token) ? last_ - std::min(reader.taken, last_) : 0;
  reader.state = Reader::State::matched;
  reader.fits = observer_.matched(token.subscriber, announcement, current());
  reader.begin = current();
  reader.taken = reader.begin - under_way;
  reader.held.reset();
  readers_.update();
  introduce(entry);
}

// A port has one link with us. Its end from before is as good as gone: when libzmq says so it is no news.
void Fanout::supersede(const Token& token) {
  while (auto* older = readers_.other_end(token))
    left(*older);
}

void Fanout::introduce(const Readers::Entry& entry) {
  const auto& [token, reader] = entry;
  send_to(token,
          make_frame(own_header(Kind::announcement, options_.id, reader.begin), options_.announcement));
}

void Fanout::match_plain() {
  [[maybe_unused]] const bool gates_anyway_nobody = observer_.matched(PortId{}, {}, current());
}

/// Takes note of how far a reader is; nullptr if it cannot be so.
Readers::Entry* Fanout::progress(BytesView said) {
  const auto ack = read_ack(said);
  if (!ack || ack->publisher != options_.id) return nullptr;
  auto* entry = readers_.find(ack->token);
  if (entry == nullptr) return nullptr;
  auto& reader = entry->second;
  if (ack->sequence > std::max(last_, reader.begin)) return nullptr;  // more than there was
  if (ack->sequence <= reader.taken) return entry;
  reader.taken = ack->sequence;
  reader.held.reset();
  progressed_ = true;
  if (readers_.gates(*entry)) observer_.consumed(ack->token.subscriber, reader.taken);
  return entry;
}

void Fanout::took(BytesView said) {
  auto* entry = progress(said);
  if (entry == nullptr) return;
  auto& [token, reader] = *entry;
  if (readers_.caught_up(*entry, last_)) {
    tail_to(token);
    match(*entry, Bytes(reader.announcement));
  }
  wants_tail_ = wants_tail_ || reader.taken < last_;
}

// Frames of ours have reached it, but not what it must know before: libzmq has dropped that where they had filled the
// way, which has room now.
void Fanout::asked(BytesView said) {
  auto* entry = progress(said);
  if (entry == nullptr) return;
  auto& reader = entry->second;
  if (reader.state == Reader::State::matched) return introduce(*entry);
  if (readers_.caught_up(*entry, last_)) return match(*entry, Bytes(reader.announcement));
  if (reader.state != Reader::State::stalled) return prompt(reader);
  wants_tail_ = wants_tail_ || reader.taken < last_;
}

void Fanout::leaving(BytesView said) {
  const auto token = Token::read(said);
  if (auto* entry = token ? readers_.find(*token) : nullptr) entry->second.leaving = true;
}

void Fanout::left(Readers::Entry& entry) {
  const auto token = entry.first;
  const bool was_matched = entry.second.state == Reader::State::matched;
  const auto cause = entry.second.leaving ? DropCause::peer_left : DropCause::peer_died;
  readers_.leave(token);
  if (was_matched) observer_.unmatched(token.subscriber, cause);
}

// What one look gave rise to, once for all: true if something was sent.
bool Fanout::answer() {
  bool sent = false;
  if (std::exchange(schema_wanted_, false)) {
    send(schema_prefix_, Kind::schema, as_bytes(options_.schema));
    sent = true;
  }
  if (!std::exchange(prompts_due_, false)) return sent;
  for (auto& [token, reader] : readers_.table()) {
    if (reader.state == Reader::State::matched || std::exchange(reader.prompted, true)) continue;
    tail_to(token);
    sent = true;
  }
  return sent;
}

Duration Fanout::hold(Instant time) {
  const auto held = readers_.hold(last_ + 1, time);
  for (const auto* entry : held.stalled)
    observer_.unmatched(entry->first.subscriber, DropCause::stalled);
  return held.ask_again;
}

bool Fanout::unconfirmed() const noexcept {
  return std::ranges::any_of(readers_.table(), [&](const auto& entry) {
    return entry.second.state != Reader::State::met && entry.second.taken < last_;
  });
}

// Half of what both queues hold (publisher.cpp, subscriber.cpp) has always room, however libzmq counts.
bool Fanout::at_risk() const noexcept {
  return std::ranges::any_of(readers_.table(), [&](const auto& entry) {
    const auto& [token, reader] = entry;
    const auto sure = std::min(token.terms.depth, options_.depth) / 2 + 16;
    return reader.state == Reader::State::matched && !readers_.gates(entry) && last_ > reader.taken + sure;
  });
}

bool Fanout::holds_back() const noexcept {
  return std::ranges::any_of(readers_.table(), [&](const auto& entry) {
    return readers_.gates(entry) && entry.second.taken < last_;
  });
}

void Fanout::tail(bool final) {
  send(data_prefix_, Kind::tail, final ? BytesView(goodbye) : BytesView());
}

void Fanout::tail_again(bool final) {
  for (const auto& [token, reader] : readers_.table()) {
    if (reader.state == Reader::State::met || reader.taken >= last_) continue;
    tail_to(token, final ? BytesView(goodbye) : BytesView());
  }
}

std::uint64_t Fanout::current() const noexcept {
  if (options_.sequence == nullptr) return last_;
  return options_.sequence->load(std::memory_order_seq_cst);  // pairs with the port's store (transport.hpp)
}

void Fanout::send(BytesView prefix, Kind kind, BytesView payload) {
  const auto frame = make_frame(own_header(kind, options_.id, kind == Kind::schema ? 0 : last_), payload);
  outlet_.send(prefix, frame);
}

void Fanout::send_to(const Token& token, BytesView frame) {
  outlet_.send(private_prefix(token, {options_.depth, options_.reliable}), frame);
}

void Fanout::tail_to(const Token& token, BytesView payload) {
  send_to(token, make_frame(own_header(Kind::tail, options_.id, last_), payload));
}

}  // namespace weft::transport::zeromq
