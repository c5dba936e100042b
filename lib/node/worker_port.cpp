#include "node/worker_port.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "codec/msgpack.hpp"
#include "node/receipts.hpp"

namespace weft::node {

namespace {

constexpr std::size_t receipts_together = 256;
constexpr Duration longest_asking = std::chrono::milliseconds(100);
/// So many frames are read of each transport at a time in search of an item: who sends what is none does not keep the
/// worker from its deadlines.
constexpr std::size_t most_at_once = 1000;
constexpr std::size_t longest_offer = 64;  // bytes

}  // namespace

Result<std::unique_ptr<WorkerPort>> WorkerPort::create(const Maker& maker, Contract contract,
                                                       const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  const auto fingerprint = contract.schema.empty() ? 0 : fingerprint_of(contract.schema);
  transport::EndOptions options;
  options.role = transport::Role::inbox;
  options.name = contract.name;
  options.reliable = true;
  options.depth = receipts_of(qos.depth);
  options.stall = qos.stall;
  contract.reliable = qos.reliability == Reliability::reliable;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::worker, contract));
  return std::unique_ptr<WorkerPort>(
      new WorkerPort(std::move(ends), std::move(presence), contract.reliable, fingerprint));
}

WorkerPort::WorkerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence, bool reliable,
                       std::uint64_t fingerprint)
    : ends_(std::move(ends)),
      presence_(std::move(presence)),
      reliable_(reliable),
      fingerprint_(fingerprint) {}

WorkerPort::~WorkerPort() {
  send_receipts();
}

Result<std::string> WorkerPort::bind(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return presence_->bind_by_hand([&] { return ends_->bind(uri); });
}

// ---- items --------------------------------------------------------------------------------------------------------

Job* WorkerPort::take() {
  const ThreadCheck::Inside inside(check_);
  const bool any = look_ahead();
  if (!offers_.empty()) ask();
  if (!any) {
    send_receipts();
    ask_for_more();
    if (!unread_ || !read_ahead()) return nullptr;
  }
  auto* job = std::exchange(next_, next_ == &jobs_[0] ? &jobs_[1] : &jobs_[0]);
  ahead_ = false;
  if (std::exchange(is_doubtful_, job->ticket == asked_)) send_receipts();
  if (is_doubtful_) stop_asking();
  if (!reliable_) acknowledge(job->ticket);
  ends_->note(true);
  return job;
}

/// Whether there is a next item; forgets wake-ups.
bool WorkerPort::look_ahead() {
  if (!ahead_) ends_->look();
  return read_ahead();
}

/// The same, and whoever asked for events before is woken still.
bool WorkerPort::read_ahead() {
  if (ahead_) return true;
  unread_ = false;
  for (auto& slot : ends_->slots()) {
    auto left = most_at_once;
    while (!ahead_ && left != 0 && slot.end->receive(next_->incoming.frame)) {
      --left;
      ahead_ = examine(*next_, slot);
    }
    unread_ = unread_ || left == 0;
  }
  ends_->note(ahead_ || unread_);
  return ahead_;
}

/// Whether it is an item that we may be able to read; what is not is refused.
bool WorkerPort::examine(Job& job, Ends::Slot& slot) {
  auto& view = job.incoming.view;
  const auto& frame = job.incoming.frame;
  auto* links = job.incoming.links = slot.links.get();
  if (!wire::parse_frame(frame.bytes, view) || frame.path.empty()) {
    links->stray();
    return false;
  }
  if (view.header.kind == wire::Kind::receipt) {
    take_offer(view, slot, frame.path);
    return false;
  }
  job.ticket = {producer_at(*slot.end, frame.path), view.header.sequence};
  auto& producer = producers_[job.ticket.producer];
  ++producer.open;
  ++open_;
  producer.asked = view.header.source == transport::PortId{};  // a REQ expects one answer
  job.incoming.writer = nullptr;
  if (is_own(view.header) || is_known(view.header, *links, job.incoming.writer)) return true;
  links->stray();
  note(job.ticket).refused.push_back({job.ticket.sequence, Duration::zero()});
  if (pending_ >= receipts_together) send_receipts();
  return false;
}

bool WorkerPort::is_own(const wire::Header& header) const noexcept {
  if (fingerprint_ == 0 || (header.fingerprint != fingerprint_ && header.fingerprint != 0)) return false;
  return header.kind == wire::Kind::message ||
         (header.kind == wire::Kind::flat && header.fingerprint == fingerprint_);
}

/// Whether it is of the type that its sender announced; `writer` is that.
bool WorkerPort::is_known(const wire::Header& header, Links& links,
                          std::shared_ptr<const Verdict>& writer) const {
  if (header.kind != wire::Kind::message) return false;
  const auto* row = links.find(header.source);
  if (row == nullptr || row->verdict->fingerprint != header.fingerprint) return false;
  if (!row->verdict->plan && !row->verdict->schema) return false;
  writer = row->verdict;
  return true;
}

/// Where a return path's producer stands. The place of one to whom nothing is owed is used again.
std::size_t WorkerPort::producer_at(transport::End& end, const transport::ReturnPath& path) {
  const auto is_it = [&](const Producer& one) { return one.end == &end && one.path == path; };
  if (recent_ < producers_.size() && is_it(producers_[recent_])) return recent_;
  auto found = std::ranges::find_if(producers_, is_it);
  if (found == producers_.end()) found = std::ranges::find_if(producers_, &Producer::is_idle);
  if (found == producers_.end()) found = producers_.emplace(found);
  if (!is_it(*found)) {
    found->end = &end;
    found->path = path;
  }
  return recent_ = std::size_t(found - producers_.begin());
}

// ---- what is only offered -----------------------------------------------------------------------------------------

void WorkerPort::take_offer(const wire::FrameView& view, Ends::Slot& slot,
                            const transport::ReturnPath& path) {
  wire::Receipt receipt;
  const bool from_weft = view.header.source != transport::PortId{};  // nobody else offers
  if (!from_weft || view.payload.size() > longest_offer || !decode_growing(view.payload, receipt) ||
      receipt.offered.empty())
    return slot.links->stray();
  const Ticket ticket{producer_at(*slot.end, path), receipt.offered.front()};
  auto& producer = producers_[ticket.producer];
  if (std::exchange(producer.offers, true)) return slot.links->stray();
  offers_.push_back(ticket);
  if (asked_) come_back();
}

/// For the next that is offered, unless one is to come.
void WorkerPort::ask() {
  if (asked_ && now() - asked_at_ < longest_asking) return come_back();
  stop_asking();
  send_receipts();
  while (!offers_.empty() && !asked_) {
    asked_ = offers_.front();
    offers_.pop_front();
    auto& producer = producers_[asked_->producer];
    producer.receipt.offered.push_back(asked_->sequence);
    const bool sent = send_to(producer);
    producer.receipt.offered.clear();
    if (!sent) stop_asking();  // it has gone
  }
  asked_at_ = now();
  if (!offers_.empty()) come_back();
}

/// Sees to it that take() is called when what was asked for has not come. It fails for lack of memory: then that waits for
/// the next frame.
void WorkerPort::come_back() {
  if (overdue_) return overdue_->enable(true);
  if (auto watch = ends_->context().agent().after(longest_asking, [this] { wake(); }))
    overdue_ = *std::move(watch);
}

void WorkerPort::stop_asking() {
  if (asked_) producers_[asked_->producer].offers = false;
  asked_.reset();
}

// ---- receipts -----------------------------------------------------------------------------------------------------

void WorkerPort::done(const Ticket& ticket) {
  const ThreadCheck::Inside inside(check_);
  if (reliable_) acknowledge(ticket);
}

void WorkerPort::refuse(const Ticket& ticket, Duration delay) {
  const ThreadCheck::Inside inside(check_);
  if (!reliable_) return;
  note(ticket).refused.push_back({ticket.sequence, delay});
  send_if_due();
}

void WorkerPort::acknowledge(const Ticket& ticket) {
  note(ticket).done.push_back(ticket.sequence);
  send_if_due();
}

/// The receipt that it is to stand in.
wire::Receipt& WorkerPort::note(const Ticket& ticket) {
  auto& producer = producers_[ticket.producer];
  --producer.open;
  --open_;
  ++pending_;
  if (producer.owed() == 0) due_.push_back(ticket.producer);
  return producer.receipt;
}

/// No item waits: of producers whose items the program keeps.
void WorkerPort::ask_for_more() {
  if (open_ == 0) return;
  for (auto& producer : producers_) {
    if (producer.open == 0 || std::exchange(producer.asked, true)) continue;
    [[maybe_unused]] const bool sent = send_to(producer);  // or it has gone
  }
}

void WorkerPort::send_if_due() {
  if (!read_ahead() || pending_ >= receipts_together || coarse_now() != sent_) send_receipts();
}

void WorkerPort::send_receipts() {
  if (pending_ == 0) return;
  for (const auto index : due_) {
    auto& producer = producers_[index];
    // It fails only if the producer has gone, since there is room for all (receipts_of): nobody is left to be told.
    [[maybe_unused]] const bool sent = send_to(producer);
    producer.receipt.done.clear();
    producer.receipt.refused.clear();
  }
  due_.clear();
  pending_ = 0;
  sent_ = coarse_now();
}

/// What is in the producer's receipt. Whether it went.
bool WorkerPort::send_to(const Producer& producer) {
  unread_ = true;
  ends_->note(true);
  return send_receipt(*producer.end, ends_->options().id, producer.receipt, &producer.path);
}

Result<void> WorkerPort::wait(Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  while (unread_ && !read_ahead() && !deadline.has_passed(now())) {
  }
  if (ahead_) return {};
  WEFT_TRY(const bool woken, ends_->wait(deadline));
  if (woken) return {};
  return Error{Errc::timeout, fmt::format("{}: no item in time; {}", ends_->name(), presence_->advice())};
}

Result<int> WorkerPort::fd() {
  const ThreadCheck::Inside inside(check_);
  return ends_->fd();
}

}  // namespace weft::node
