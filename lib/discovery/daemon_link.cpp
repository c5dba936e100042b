#include "discovery/daemon_link.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/poll.hpp"
#include "discovery/greeting.hpp"

namespace weft::discovery {

namespace {

using namespace std::chrono_literals;

constexpr Duration shortest_pause = 20ms;
constexpr Duration longest_pause = 2s;
constexpr std::size_t most_packets_a_turn = 64;               // the agent has others to serve
constexpr std::size_t most_waiting = std::size_t{256} << 20;  // for a daemon that does not read
constexpr std::size_t most_refusal = 400;
constexpr unsigned most_starts = 5;  // for one announcement: a daemon that dies of it is not started for ever
/// How long closing waits for a daemon that takes nothing, and at most for one that reads.
constexpr Duration hung = 250ms;
constexpr Duration longest_goodbye = 2s;

}  // namespace

DaemonLink::DaemonLink(Agent& agent, const LogSink& log, const ClientOptions& options, std::string path,
                       Hearer& hearer)
    : agent_(agent),
      log_(log),
      options_(options),
      path_(std::move(path)),
      hearer_(hearer),
      pause_(shortest_pause) {}

// ---- finding it ---------------------------------------------------------------------------------------------------

void DaemonLink::seek() {
  if (link_) return;
  starts_left_ = options_.daemon.empty() ? 0 : most_starts;
  look();
}

void DaemonLink::look() {
  if (connect()) return;
  if (starts_left_ != 0 && !starter_) start();
  look_later();
}

void DaemonLink::look_later() {
  auto retry = agent_.after(pause_, [this] { look(); });
  if (!retry) return do_without(retry.error().message);
  retry_ = *std::move(retry);
  pause_ = std::min(2 * pause_, longest_pause);
}

/// Whether the daemon is there now.
bool DaemonLink::connect() {
  if (link_) return true;
  auto connection = Connection::open(path_);
  auto attached = connection ? attach(*std::move(connection)) : Result<void>(connection.error());
  if (attached) return true;
  const bool none_runs = attached.error().code == Errc::unavailable;
  if (!none_runs) {
    starts_left_ = 0;
    do_without(attached.error().message);
  }
  return false;
}

Result<void> DaemonLink::attach(Connection connection) {
  WEFT_TRY(auto watch, agent_.watch(connection.fd(), [this] { serve(); }));
  auto& link = link_.emplace(std::move(connection));
  link.watch = std::move(watch);
  link.connection.limit(most_waiting);
  retry_ = {};
  send(encode_packet(hello(options_.context, options_.program, false)));
  hearer_.found();
  return {};
}

void DaemonLink::start() {
  --starts_left_;
  auto starter = Starter::start(options_.daemon, options_.domain, options_.runtime_directory);
  auto watch = starter ? agent_.watch(starter->fd(), [this] { started(); }) : starter.error();
  if (!watch) {
    starts_left_ = 0;
    return do_without(watch.error().message);
  }
  starter_ = *std::move(starter);
  starting_ = *std::move(watch);
}

/// If none is found even so, a next one is started only after a pause: somebody holds its place who does not listen.
void DaemonLink::started() {
  const auto outcome = starter_->outcome();
  starting_ = {};
  starter_.reset();
  if (!outcome) {
    starts_left_ = 0;
    do_without(outcome.error().message);
  }
  if (!connect()) look_later();
}

// ---- talking to it ------------------------------------------------------------------------------------------------

void DaemonLink::tell(const ContextWord& word) {
  if (!link_) return;
  link_->unconfirmed = true;
  send(encode_packet(word));
}

void DaemonLink::confirm() {
  if (!link_ || link_->asked || !link_->unconfirmed) return;
  link_->unconfirmed = false;
  link_->asked = true;
  send(encode_packet(ContextWord(Synced{})));
}

void DaemonLink::send(Bytes packet) {
  const auto sent = link_->connection.send(std::move(packet));
  if (sent && !*sent) return lose({Errc::resource_exhausted, "the daemon does not read what it is told"});
  if (!sent && sent.error().code == Errc::too_big)
    warn(fmt::format("not announced: {}", sent.error().message));
  // Where the daemon has gone its last words are still to be read, and then its end.
  link_->watch.watch_writable(sent && link_->connection.waiting());
}

void DaemonLink::serve() {
  const auto flushed = link_->connection.flush();
  link_->watch.watch_writable(flushed && link_->connection.waiting());
  for (std::size_t i = 0; link_ && i < most_packets_a_turn; ++i) {
    const auto packet = link_->connection.receive(buffer_);
    if (packet && !*packet) return;
    auto heard = packet ? hear(**packet) : Result<void>(packet.error());
    if (!heard) return lose(heard.error());
  }
}

Result<void> DaemonLink::hear(BytesView packet) {
  if (!link_->reader) return meet(packet);
  WEFT_TRY(const auto word, link_->reader->read(packet));
  if (!word) return {};
  if (std::holds_alternative<Synced>(*word)) {
    link_->asked = false;
    confirm();
    if (link_->asked) return {};
    link_->steady = true;
    pause_ = shortest_pause;
    starts_left_ = 0;
  }
  hearer_.said(*word);
  return {};
}

Result<void> DaemonLink::meet(BytesView packet) {
  auto welcome = read_welcome(packet);
  if (welcome && welcome->refusal.empty()) {
    WEFT_TRY(auto reader, PacketReader<Word>::create(welcome->schemas));
    link_->reader = std::move(reader);
    return {};
  }
  pause_ = longest_pause;
  const auto why = welcome ? shown(welcome->refusal, most_refusal) : welcome.error().message;
  do_without(fmt::format("the daemon of domain {} refuses this program: {}", options_.domain, why));
  return Error{Errc::incompatible, why};
}

void DaemonLink::lose(const Error& why) {
  if (!link_) return;
  const bool in_vain = (link_->unconfirmed || link_->asked) && !options_.daemon.empty();
  if (in_vain && link_->steady) starts_left_ = most_starts;
  link_.reset();
  if (log_) log_(Severity::debug, fmt::format("discovery: the daemon is lost: {}", why.message));
  look_later();
  hearer_.lost();
}

void DaemonLink::close() {
  retry_ = {};
  starting_ = {};
  if (starter_) await_starter();
  starter_.reset();
  if (link_) say_the_rest();
  link_.reset();
}

/// So that no zombie stays behind.
void DaemonLink::await_starter() {
  pollfd polled{starter_->fd(), POLLIN, 0};
  const auto ready = sys::poll({&polled, 1}, Deadline(hung), "the daemon's start");
  if (ready && *ready != 0) [[maybe_unused]]
    const auto outcome = starter_->outcome();
}

/// What waits is mostly what was withdrawn: without it the daemon would take us for dead.
void DaemonLink::say_the_rest() {
  auto& connection = link_->connection;
  const Deadline end(longest_goodbye);
  while (connection.flush() && connection.waiting()) {
    pollfd polled{connection.fd(), POLLOUT, 0};
    const auto ready = sys::poll({&polled, 1}, earlier(hung, end), "the daemon");
    if (!ready || *ready == 0) return;
  }
}

void DaemonLink::do_without(const std::string& why) {
  warn(fmt::format("{}; ports find each other within this program only", why));
}

void DaemonLink::warn(const std::string& text) {
  if (text == last_warning_) return;
  last_warning_ = text;
  if (log_) log_(Severity::warning, fmt::format("discovery: {}", text));
}

}  // namespace weft::discovery
