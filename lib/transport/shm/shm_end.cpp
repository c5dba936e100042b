#include "transport/shm/shm_end.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace weft::transport::shm {

namespace {

/// How long a sender sleeps at most before it looks at the links again.
constexpr Duration look_again = std::chrono::milliseconds(100);

using Block = std::unique_ptr<std::byte[]>;

}  // namespace

Result<std::unique_ptr<End>> ShmEnd::open(const Parts& parts, EndOptions options, LinkObserver& observer) {
  WEFT_TRY(auto wake, Wake::create());
  return std::unique_ptr<End>(new ShmEnd(parts, std::move(options), observer, std::move(wake)));
}

ShmEnd::ShmEnd(const Parts& parts, EndOptions options, LinkObserver& observer, Wake wake)
    : parts_(parts),
      options_(std::move(options)),
      observer_(observer),
      wake_(std::move(wake)),
      cannot_meet_(parts.world.log, options_.name),
      cannot_read_(parts.world.log, options_.name) {}

ShmEnd::~ShmEnd() {
  parts_.doors.close(*this);
  std::map<Number, Line> lines;
  std::optional<Agent::Watch> retry;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, line] : lines_)
      line.connection->send({.kind = Greeting::Kind::bye});
    lines.swap(lines_);
    attachments_.clear();
    retry.swap(retry_);
  }
}

void ShmEnd::take_all_news() {
  const std::lock_guard lock(mutex_);
  news_there_.store(false, std::memory_order_relaxed);  // pairs with nothing: under the lock
  flow_ = own_flow_.get();
  for (auto& news : std::exchange(news_, {}))
    take(news);
}

void ShmEnd::take(News& news) {
  auto* link = news.link ? news.link.get() : find(news.number);
  switch (news.what) {
    case News::What::arrived:
      if (link->arriving) (link->out ? *link->out : *flow_).admit(std::move(link->arriving));
      if (!is(Role::publisher)) links_.push_back(std::move(news.link));
      break;
    case News::What::shown:
      if (link != nullptr && link->in) link->in->add(std::move(news.seen));
      break;
    case News::What::ended:
      if (link != nullptr) link->ended = link->ended.value_or(news.cause);
      if (flow_ != nullptr) flow_->part(news.number);
      break;
    case News::What::gone:
      std::erase_if(leaving_, [&](const auto& each) { return each->number == news.number; });
      if (flow_ == nullptr) break;
      flow_->dismiss(news.number);
      break;
  }
}

ShmEnd::Link* ShmEnd::find(Number number) noexcept {
  const auto found = std::ranges::find(links_, number, [](const auto& link) { return link->number; });
  return found == links_.end() ? nullptr : found->get();
}

/// The flow that a frame goes into; none, if nobody gets it.
Result<Outflow*> ShmEnd::flow_to(const ReturnPath* to) {
  if (is(Role::publisher)) return flow_;
  if (is(Role::sender)) {
    if (links_.empty() || links_.front()->ended) {
      return Error{Errc::unavailable, "nobody has bound the endpoint over shm"};
    }
    return links_.front()->out.get();
  }
  Number number = 0;
  if (to == nullptr || to->bytes().size() != sizeof number) return nullptr;
  std::memcpy(&number, to->bytes().data(), sizeof number);
  auto* link = find(number);
  return link == nullptr || link->ended ? nullptr : link->out.get();
}

Result<void> ShmEnd::loan(Loan& loan, std::size_t bytes, const ReturnPath* to, Deadline deadline) {
  if (bytes > max_frame) {
    return Error{Errc::too_big, fmt::format("a frame of {} bytes: shm carries at most {}; send it in parts",
                                            bytes, max_frame)};
  }
  if (bytes < wire::header_bytes) {
    return Error{Errc::invalid_argument,
                 fmt::format("a frame of {} bytes: its header alone has {}", bytes, wire::header_bytes)};
  }
  take_news();
  WEFT_TRY(auto* flow, flow_to(to));
  if (flow != nullptr) {
    WEFT_CHECK(wait_for_room(*flow, bytes, deadline));
    WEFT_TRY(flow, flow_to(to));
  }
  if (flow != nullptr) return flow->lend(loan, bytes);
  auto memory = std::make_unique_for_overwrite<std::byte[]>(bytes);
  loan.bytes = {memory.get(), bytes};
  loan.keeper.emplace<Block>(std::move(memory));
  return {};
}

Result<void> ShmEnd::wait_for_room(Outflow& flow, std::size_t bytes, Deadline deadline) {
  while (!flow.has_room(bytes)) {
    auto* reader = flow.slowest();
    if (reader == nullptr) return {};
    const auto time = now();
    if (flow.has_stalled(*reader, time)) {
      give_up(flow, reader->link);
      if (!is(Role::publisher)) return Error{Errc::unavailable, "the peer over shm stands still"};
      continue;
    }
    if (deadline.has_passed(time))
      return Error{Errc::timeout, "a reader over shm takes no more; is it stuck?"};
    const auto stalls = *reader->held_up_since + options_.stall - time;
    flow.wait_for(*reader, std::min({deadline.left(time), stalls, look_again}));
    if (!is(Role::publisher) && news_there_.load(std::memory_order_seq_cst)) {  // pairs with tell()
      const auto number = reader->link;
      take_news();
      const auto* link = find(number);
      if (link == nullptr || link->ended) return Error{Errc::unavailable, "the peer over shm has gone"};
    }
    take_news();
  }
  return {};
}

/// It has held us up for too long: it is sent nothing more, and told so.
void ShmEnd::give_up(Outflow& flow, Number number) {
  const std::lock_guard lock(mutex_);
  const auto line = lines_.find(number);
  flow.part(number);
  if (line == lines_.end() || std::exchange(line->second.ended, true)) return;
  const auto peer = std::exchange(line->second.peer, {});
  line->second.given_up = true;
  line->second.watch.watch_writable(line->second.connection->send({.kind = Greeting::Kind::stalled}));
  if (is(Role::publisher)) return observer_.unmatched(peer, DropCause::stalled);
  if (auto* link = find(number)) link->ended = DropCause::stalled;
}

bool ShmEnd::send(Loan& loan, Haste /*haste*/) {
  take_news();
  Outflow* flow = flow_;
  if (flow == nullptr) {
    for (const auto& link : links_) {
      if (link->out && link->out->owns(loan) && !link->ended) flow = link->out.get();
    }
  }
  if (flow == nullptr) {
    loan.keeper = {};
    return is(Role::publisher);
  }
  if (flow->owns(loan)) [[likely]]
    return flow->send(loan);
  // It was lent before there was anybody.
  Loan own;
  if (!flow->lend(own, loan.bytes.size())) return false;
  std::memcpy(own.bytes.data(), loan.bytes.data(), loan.bytes.size());
  loan.keeper = {};
  return flow->send(own);
}

bool ShmEnd::receive(Frame& frame) {
  take_news();
  if (std::exchange(asleep_, false)) {
    for (const auto& link : links_) {
      if (link->in) link->in->wake_up();
    }
  }
  if (is(Role::publisher)) {
    if (flow_ != nullptr) flow_->tell_consumed(observer_);
  } else {
    for (auto left = links_.size(); left > 0 && !links_.empty(); --left) {
      if (next_ >= links_.size()) next_ = 0;
      if (receive_from(*links_[next_], frame)) return true;
      ++next_;
    }
  }
  if (std::exchange(armed_, false)) wake_.clear();
  return false;
}

bool ShmEnd::receive_from(Link& link, Frame& frame) {
  switch (link.in->take(frame)) {
    case Inflow::Found::frame:
      if (is(Role::inbox)) frame.path = ReturnPath(std::as_bytes(std::span(&link.number, 1)));
      return true;
    case Inflow::Found::broken:
      cannot_read_.say("a peer over shm writes what nobody can read: its link is ended");
      finish(link.number, DropCause::peer_died);
      return false;
    case Inflow::Found::more:
      return false;
    case Inflow::Found::nothing:
      break;
  }
  if (link.ended) finish(link.number, *link.ended);
  return false;
}

/// All that had arrived on it was handed out. A peer that we have given up reads on, and has the link begin anew when it
/// closes it.
void ShmEnd::finish(Number number, DropCause cause) {
  std::map<Number, Line>::node_type line;  // after the lock
  std::unique_ptr<Link> link;
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(links_, number, [](const auto& each) { return each->number; });
  link = std::move(*found);
  links_.erase(found);
  observer_.unmatched(link->peer, cause);
  if (const auto left = lines_.find(number); left != lines_.end() && left->second.given_up) {
    left->second.finished = true;
    leaving_.push_back(std::move(link));
    return;
  }
  line = lines_.extract(number);
  attach_anew(number);
  if (cause == DropCause::peer_died) return knock_again();  // nobody is there, or one whom nobody can read
  knock();
}

bool ShmEnd::sleep_on(Futexes& futexes) noexcept {
  if (is(Role::publisher)) return false;
  asleep_ = true;
  const auto seen = news_bell_.load(std::memory_order_seq_cst);           // pairs with tell()
  if (news_there_.load(std::memory_order_seq_cst)) futexes.stay_awake();  // pairs with tell()
  bool all = futexes.add(news_bell_, seen);
  for (const auto& link : links_) {
    if (link->ended) futexes.stay_awake();
    all = all && link->in->sleep_on(futexes);
  }
  return all;
}

int ShmEnd::fd() noexcept {
  armed_ = true;
  bool news = news_there_.load(std::memory_order_seq_cst);  // pairs with tell(), which rings after it
  for (const auto& link : links_)
    news = (link->in && (!link->in->arm() || link->ended)) || news;
  if (flow_ != nullptr) news = !flow_->arm() || news;
  if (news) wake_.ring();
  return wake_.fd();
}

}  // namespace weft::transport::shm
