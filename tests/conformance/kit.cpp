#include "kit.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "toy_transport.hpp"

namespace weft::conformance {

namespace {

constexpr auto watchdog = std::chrono::minutes(1);

PortId next_id() {
  static std::atomic<std::uint32_t> last{0};
  return {std::uint64_t{0x7e57} << 32 | std::uint64_t(::getpid()), ++last};
}

std::byte pattern(std::uint64_t sequence, std::size_t i) {
  return std::byte(sequence * 7 + i * 31 + (i >> 8));
}

void fill(Loan& loan, const wire::Header& header) {
  wire::write_header(header, loan.bytes);
  const auto payload = loan.bytes.subspan(wire::header_bytes);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = pattern(header.sequence, i);
}

}  // namespace

bool is_intact(const wire::FrameView& frame) {
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    if (frame.payload[i] != pattern(frame.header.sequence, i)) return false;
  }
  return true;
}

std::vector<Registered> under_test() {
  auto all = transports();
  all.push_back({"toy", make_toy});
  all.push_back({"toy-aligned", make_aligned_toy});
  return all;
}

Port::Port(Transport& transport, EndOptions options)
    : id_(options.id), told_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (options.role == Role::publisher) options.sequence = &sequence_;
  end_ = transport.open(std::move(options), *this).value();
}

Port::~Port() = default;

Result<void> Port::send(std::size_t payload, Deadline deadline) {
  Loan loan;
  WEFT_CHECK(fill_next(loan, payload, deadline));
  end_->send(loan);
  return {};
}

Result<void> Port::send_soon(std::size_t payload) {
  Loan loan;
  WEFT_CHECK(fill_next(loan, payload, std::chrono::seconds(30)));
  end_->send(loan, transport::Haste::soon);
  return {};
}

Result<void> Port::fill_next(Loan& loan, std::size_t payload, Deadline deadline) {
  WEFT_CHECK(end_->loan(loan, wire::header_bytes + payload, nullptr, deadline));
  const auto sequence = ++sequence_;
  fill(loan, {.source = id_, .sequence = sequence, .stamp = wall_now()});
  return {};
}

bool Port::reply(const ReturnPath& to, std::uint64_t sequence, std::size_t payload) {
  transport::Loan loan;
  if (!end_->loan(loan, wire::header_bytes + payload, &to, std::chrono::seconds(30))) return false;
  fill(loan, {.source = id_, .sequence = sequence, .stamp = wall_now()});
  return end_->send(loan);
}

std::optional<Frame> Port::take() {
  std::optional<Frame> frame(std::in_place);
  if (!end_->receive(*frame)) return std::nullopt;
  const auto view = wire::parse_frame(frame->bytes).value();
  const auto what = view.header.kind == wire::Kind::tail ? What::tail : What::frame;
  note({.what = what,
        .peer = view.header.source,
        .sequence = view.header.sequence,
        .payload = view.payload.size(),
        .intact = is_intact(view)});
  return frame;
}

void Port::drain() {
  while (take()) {
  }
}

std::vector<Event> Port::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::size_t Port::count(What what) const {
  const std::lock_guard lock(mutex_);
  return counts_[std::size_t(what)];
}

std::size_t Port::count(What what, PortId peer) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::count_if(log_,
                               [&](const Event& event) { return event.what == what && event.peer == peer; });
}

Event Port::last(What what) const {
  const std::lock_guard lock(mutex_);
  return *std::ranges::find(log_.rbegin(), log_.rend(), what, &Event::what);
}

bool Port::matched(PortId peer, BytesView announcement, std::uint64_t last_sequence) {
  note({.what = What::matched,
        .peer = peer,
        .sequence = last_sequence,
        .announcement = std::string(as_text(announcement))});
  return fits_;
}

void Port::unmatched(PortId peer, DropCause cause) {
  note({.what = What::unmatched, .peer = peer, .cause = cause});
}

void Port::consumed(PortId peer, std::uint64_t sequence) {
  note({.what = What::consumed, .peer = peer, .sequence = sequence});
}

void Port::note(Event event) {
  const std::lock_guard lock(mutex_);
  ++counts_[std::size_t(event.what)];
  log_.push_back(std::move(event));
  if (event.what != What::frame && event.what != What::tail) ::eventfd_write(told_.get(), 1);
}

Bench::Bench(const Registered& registered, std::uint64_t shared_memory) {
  if (const auto* given = ::getenv("WEFT_RUNTIME_DIR"); given != nullptr) {
    directory_ = given;
  } else {
    std::string made = "/tmp/weft-conformance-XXXXXX";
    own_directory_ = ::mkdtemp(made.data()) != nullptr;
    directory_ = made;
  }
  agent_ = Agent::start().value();
  world_ = std::make_unique<World>(World{directory_, *agent_, log_, shared_memory});
  transport_ = registered.make(*world_).value();
}

Bench::~Bench() {
  transport_.reset();
  agent_.reset();
  if (own_directory_) ::rmdir(directory_.c_str());
}

Endpoint Bench::endpoint() {
  static std::atomic<std::uint32_t> last{0};
  const auto number = ++last;
  const std::string scheme(transport_->scheme());
  if (scheme != "tcp") return {scheme, fmt::format("conformance-{}", number)};
  const auto pid = std::uint32_t(::getpid());  // of the addresses 127.0.0.0/8 this process has one for itself
  return {scheme, fmt::format("127.{}.{}.{}:{}", 1 + (pid >> 16) % 250, (pid >> 8) % 256, 1 + pid % 250,
                              20'000 + number % 10'000)};
}

std::unique_ptr<Port> Bench::open(Role role, EndOptions options) {
  options.role = role;
  options.id = next_id();
  options.name = "conformance/topic";
  const auto text = fmt::format("port {}", options.id.port);
  const auto bytes = as_bytes(text);
  options.announcement.assign(bytes.begin(), bytes.end());
  return std::make_unique<Port>(*transport_, std::move(options));
}

std::unique_ptr<Port> Bench::bound(Role role, const Endpoint& at, EndOptions options) {
  auto port = open(role, std::move(options));
  port->end().bind(at).value();
  return port;
}

std::unique_ptr<Port> Bench::connected(Role role, const Endpoint& to, EndOptions options) {
  auto port = open(role, std::move(options));
  port->end().connect(to).value();
  return port;
}

void Bench::until(const std::function<bool()>& condition, const std::vector<Port*>& ports) {
  const Deadline deadline = watchdog;
  std::vector<pollfd> polled;
  for (;;) {
    for (auto* port : ports)
      port->drain();
    if (condition()) return;
    polled.clear();
    for (const auto* port : ports) {
      polled.push_back({port->end().fd(), POLLIN, 0});
      polled.push_back({port->told(), POLLIN, 0});
    }
    REQUIRE_FALSE(deadline.has_passed(now()));
    REQUIRE(::poll(polled.data(), polled.size(), int(watchdog / std::chrono::milliseconds(1))) > 0);
    for (const auto* port : ports) {
      eventfd_t count = 0;
      ::eventfd_read(port->told(), &count);
    }
  }
}

EndOptions reliable(std::uint32_t depth) {
  EndOptions options;
  options.reliable = true;
  options.depth = depth;
  return options;
}

EndOptions best_effort(std::uint32_t depth) {
  EndOptions options;
  options.depth = depth;
  return options;
}

std::vector<std::uint64_t> sequences(const Port& port, PortId peer) {
  std::vector<std::uint64_t> found;
  for (const auto& event : port.log()) {
    if (event.what == What::frame && event.peer == peer) found.push_back(event.sequence);
  }
  return found;
}

std::vector<std::uint64_t> series(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

Tally tally(const Port& port, PortId publisher) {
  Tally tally;
  for (const auto& event : port.log()) {
    if (event.peer != publisher || event.sequence <= tally.last) continue;
    const bool frame = event.what == What::frame;
    if (event.what == What::matched) tally.last = event.sequence;
    if (!frame && event.what != What::tail) continue;
    tally.delivered += frame ? 1 : 0;
    tally.missing += event.sequence - tally.last - (frame ? 1 : 0);
    tally.last = event.sequence;
  }
  return tally;
}

bool readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, int(watchdog / std::chrono::milliseconds(1))) > 0;
}

}  // namespace weft::conformance
