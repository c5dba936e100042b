#include "discovery/server.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "discovery/backlog.hpp"
#include "discovery/connection.hpp"
#include "discovery/directory.hpp"
#include "discovery/greeting.hpp"
#include "discovery/listener.hpp"
#include "discovery/process.hpp"
#include "discovery/versions.hpp"
#include "transport/os_names.hpp"
#include "type/traits.hpp"

namespace weft::discovery {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_packets_a_turn = 64;  // of one session, so that none keeps the others waiting
constexpr int most_newcomers_a_turn = 16;        // likewise; many of one program are cheap to refuse
constexpr auto crowded_pause = 100ms;            // until it is tried again whether there are descriptors
constexpr std::size_t most_shown = 60;

/// What a descriptor that became readable belongs to. An id and this make epoll's 64 bits.
enum class Role : std::uint8_t { stop, listener, place, socket, process };

std::uint64_t tag(SessionId id, Role role) {
  return id << 3 | static_cast<std::uint64_t>(role);
}

struct Visitor {
  Connection connection;
  Process process;
  std::string name;              // for the log
  Versions::Reader reader = {};  // once it has said Hello
  std::size_t announced = 0;     // nodes and ports that it has not withdrawn
  bool lost_words = false;       // it did not read, and is to be told again
  bool deaf = false;             // it can be told nothing more; its end is still to be read
  bool awaits_room = false;      // as epoll knows it
};

}  // namespace

static_assert(Server::most_waiting_in_all > Directory::most_bytes, "or there could be a snapshot for nobody");

struct Server::State {
  State(ServerOptions given, LogSink sink, Listener&& bound, Fd&& poll)
      : options(std::move(given)), log(std::move(sink)), listener(std::move(bound)), epoll(std::move(poll)) {}

  Result<void> watch(int operation, int fd, std::uint32_t events, std::uint64_t data) const;
  [[nodiscard]] int milliseconds_to_wait() const;
  [[nodiscard]] bool is_idle_for_long() const;
  void handle(std::uint64_t data, std::uint32_t events);

  void take_in_newcomers();
  void pause_listening(const Error& why);
  void resume_listening();
  [[nodiscard]] std::size_t sessions_of(pid_t pid) const;
  Result<void> take_in(Listener::Newcomer newcomer);
  void refuse(Connection& connection, std::string why) const;

  bool read(SessionId id);
  void read_rest(SessionId id);
  Result<void> take(SessionId id, Visitor& visitor, BytesView packet);
  Result<void> greet(SessionId id, Visitor& visitor, const Hello& hello);
  void make_room(SessionId id, Visitor& visitor);
  void end(SessionId id, Departure why);
  void mourn(SessionId id, Process process);
  void sweep_if_due();
  [[nodiscard]] Error displacement() const;

  Result<void> apply(const Event& event);
  Result<void> apply_whole(Visitor& visitor, const Event& event);
  void tell(SessionId to, const Word& word);
  void lose(SessionId id, Visitor& visitor);
  void await_room(SessionId id, Visitor& visitor);
  void say(Severity severity, const std::string& line) const {
    if (log) log(severity, line);
  }

  ServerOptions options;
  LogSink log;
  Listener listener;
  Fd epoll;
  Directory directory{Scope::between_contexts};
  std::map<SessionId, Visitor> visitors;
  std::map<SessionId, Process> dying;  // sessions that died, until their process has let go of everything
  SessionId last_id = 0;
  Backlog backlog{most_waiting_in_all};
  Versions versions;
  Bytes buffer;
  bool sweep_due = false;
  std::optional<Instant> idle_since = now();
  std::optional<Instant> listen_again;  // it is not listened until then
  bool displaced = false;               // nobody finds it any more
};

// ---- the loop -----------------------------------------------------------------------------------------------------

Result<void> Server::State::watch(int operation, int fd, std::uint32_t events, std::uint64_t data) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  WEFT_CHECK(sys::call("epoll_ctl", "a descriptor of the server",
                       [&] { return ::epoll_ctl(epoll.get(), operation, fd, &event); }));
  return {};
}

int Server::State::milliseconds_to_wait() const {
  std::optional<Instant> first = listen_again;
  if (idle_since && options.idle_stop > Duration::zero()) {
    const auto stop = *idle_since + options.idle_stop;
    first = std::min(first.value_or(stop), stop);
  }
  if (!first) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first - now()).count();
  return int(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

bool Server::State::is_idle_for_long() const {
  return idle_since && options.idle_stop > Duration::zero() && now() >= *idle_since + options.idle_stop;
}

void Server::State::handle(std::uint64_t data, std::uint32_t events) {
  const auto id = data >> 3;
  switch (static_cast<Role>(data & 7)) {
    case Role::stop:
      return;
    case Role::listener:
      return take_in_newcomers();
    case Role::place:
      listener.forget_removals();
      displaced = !listener.is_in_place();
      return;
    case Role::socket:
      if (const auto found = visitors.find(id); found != visitors.end() && (events & EPOLLOUT) != 0)
        make_room(id, found->second);
      if ((events & ~EPOLLOUT) != 0) read(id);
      return;
    case Role::process:
      sweep_due = dying.erase(id) != 0 || sweep_due;
      return read_rest(id);
  }
}

Result<void> Server::run(int stop) {
  auto& state = *state_;
  WEFT_CHECK(state.watch(EPOLL_CTL_ADD, stop, EPOLLIN, tag(0, Role::stop)));
  std::array<epoll_event, 64> events{};
  Result<void> result;
  for (bool stopped = false; !stopped && result;) {
    const auto count = sys::call("epoll_wait", "the server", [&] {
      return ::epoll_wait(state.epoll.get(), events.data(), int(events.size()), state.milliseconds_to_wait());
    });
    if (!count) result = count.error();
    const int ready = count ? *count : 0;
    for (int i = 0; i < ready; ++i) {
      stopped = stopped || events[std::size_t(i)].data.u64 == tag(0, Role::stop);
      state.handle(events[std::size_t(i)].data.u64, events[std::size_t(i)].events);
    }
    state.sweep_if_due();
    if (state.listen_again && now() >= *state.listen_again) state.resume_listening();
    if (state.is_idle_for_long()) stopped = true;
    if (state.displaced) result = state.displacement();
  }
  ::epoll_ctl(state.epoll.get(), EPOLL_CTL_DEL, stop, nullptr);
  return result;
}

// ---- who comes ----------------------------------------------------------------------------------------------------

void Server::State::take_in_newcomers() {
  for (int i = 0; i < most_newcomers_a_turn; ++i) {
    auto newcomer = listener.accept();
    if (!newcomer) return pause_listening(newcomer.error());
    if (!*newcomer) return;
    if (auto taken = take_in(*std::move(*newcomer)); !taken)
      say(Severity::warning, fmt::format("a newcomer is not let in: {}", taken.error().message));
  }
}

void Server::State::pause_listening(const Error& why) {
  say(Severity::warning, fmt::format("nobody can be let in for now: {}", why.message));
  ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, listener.fd(), nullptr);
  listen_again = now() + crowded_pause;
}

void Server::State::resume_listening() {
  listen_again.reset();
  const auto listens = watch(EPOLL_CTL_ADD, listener.fd(), EPOLLIN, tag(0, Role::listener));
  if (!listens) pause_listening(listens.error());
}

std::size_t Server::State::sessions_of(pid_t pid) const {
  return std::size_t(
      std::ranges::count_if(visitors, [&](const auto& each) { return each.second.process.pid == pid; }));
}

Result<void> Server::State::take_in(Listener::Newcomer newcomer) {
  WEFT_TRY(auto process, process_at(newcomer.socket.get()));
  Connection connection(std::move(newcomer.socket));
  std::string refusal;
  if (process.uid != ::geteuid()) {
    refusal = fmt::format("this daemon is user {}'s, and you are user {}: each user has his own", ::geteuid(),
                          process.uid);
  } else if (newcomer.crowded || visitors.size() >= most_sessions) {
    refusal = fmt::format("the daemon has {} sessions and takes no more: {}", visitors.size(),
                          newcomer.crowded ? "raise its RLIMIT_NOFILE" : "use several domains");
  } else if (sessions_of(process.pid) >= most_sessions_of_process) {
    refusal =
        fmt::format("this process has {} sessions, the most that the daemon takes of one: use fewer contexts",
                    most_sessions_of_process);
  }
  if (!refusal.empty()) {
    refuse(connection, refusal);
    return Error{Errc::permission_denied, fmt::format("process {}: {}", process.pid, refusal)};
  }
  const auto id = ++last_id;
  WEFT_CHECK(watch(EPOLL_CTL_ADD, connection.fd(), EPOLLIN, tag(id, Role::socket)));
  if (process.pidfd) WEFT_CHECK(watch(EPOLL_CTL_ADD, process.pidfd.get(), EPOLLIN, tag(id, Role::process)));
  auto name = fmt::format("process {}", process.pid);
  visitors.emplace(id, Visitor{std::move(connection), std::move(process), std::move(name)});
  idle_since.reset();
  return {};
}

void Server::State::refuse(Connection& connection, std::string why) const {
  // Who does not listen has gone.
  [[maybe_unused]] const auto told = connection.send(encode_packet(welcome(options.domain, std::move(why))));
}

// ---- what they say ------------------------------------------------------------------------------------------------

/// Whether there may be more to read.
bool Server::State::read(SessionId id) {
  const auto found = visitors.find(id);
  if (found == visitors.end()) return false;
  auto& visitor = found->second;
  for (std::size_t i = 0; i < most_packets_a_turn; ++i) {
    const auto packet = visitor.connection.receive(buffer);
    if (packet && !*packet) return false;
    auto taken = packet ? take(id, visitor, **packet) : Result<void>(packet.error());
    if (taken) continue;
    const bool ended = !packet && packet.error().code == Errc::unavailable;
    if (!ended) say(Severity::warning, fmt::format("{}: closed: {}", visitor.name, taken.error().message));
    end(id, ended && visitor.announced == 0 ? Departure::left : Departure::died);
    return false;
  }
  return true;
}

/// Its process has ended: what it said before is all that there is, even if somebody inherited the socket.
void Server::State::read_rest(SessionId id) {
  constexpr std::size_t most_turns = 1000;
  for (std::size_t i = 0; i < most_turns && read(id); ++i) {
  }
  const auto found = visitors.find(id);
  if (found != visitors.end()) end(id, found->second.announced == 0 ? Departure::left : Departure::died);
}

Result<void> Server::State::take(SessionId id, Visitor& visitor, BytesView packet) {
  if (!visitor.reader) {
    auto hello = read_hello(packet);
    if (hello) return greet(id, visitor, *hello);
    if (hello.error().code == Errc::incompatible) refuse(visitor.connection, hello.error().message);
    return std::move(hello).error();
  }
  WEFT_TRY(auto word, visitor.reader->read(packet));
  if (!word) return {};
  const bool more = std::holds_alternative<NodeUp>(*word) || std::holds_alternative<PortUp>(*word);
  const bool less = std::holds_alternative<NodeDown>(*word) || std::holds_alternative<PortDown>(*word);
  WEFT_CHECK(apply(Said{id, *std::move(word)}));
  if (more) ++visitor.announced;
  if (less && visitor.announced > 0) --visitor.announced;
  return {};
}

Result<void> Server::State::greet(SessionId id, Visitor& visitor, const Hello& hello) {
  auto reader = versions.reader_of(hello.schemas);
  if (!reader && reader.error().code == Errc::resource_exhausted)
    refuse(visitor.connection, reader.error().message);
  if (!reader) return std::move(reader).error();
  const Joined joined{id, session_of(hello, visitor.process.pid, visitor.process.uid), hello.watches};
  if (auto fits = directory.may_join(joined); !fits) {
    refuse(visitor.connection, fits.error().message);
    return fits;
  }
  WEFT_CHECK(visitor.connection.send(encode_packet(welcome(options.domain, {}))));
  WEFT_CHECK(apply_whole(visitor, joined));
  visitor.reader = *std::move(reader);
  backlog.reads(id);
  visitor.name = fmt::format("{} (process {})", shown(hello.program, most_shown), visitor.process.pid);
  say(Severity::info, fmt::format("{}: came{}", visitor.name, hello.watches ? " to watch" : ""));
  return {};
}

void Server::State::end(SessionId id, Departure why) {
  const auto found = visitors.find(id);
  auto visitor = std::move(found->second);
  visitors.erase(found);
  backlog.forget(id);
  say(Severity::info, fmt::format("{}: {}", visitor.name, enumerator_name(why)));
  if (visitor.reader) {
    [[maybe_unused]] const auto ended = apply(Ended{id, why});  // an unknown session is no error there
  }
  if (why == Departure::died) mourn(id, std::move(visitor.process));
  if (!visitors.empty()) return;
  idle_since = now();
  ::malloc_trim(0);  // what a crowd needed is the machine's again
}

/// What it held is free once the process has ended, which its end of file does not tell: other descriptors may be
/// closed after that one.
void Server::State::mourn(SessionId id, Process process) {
  const auto known = [&](const auto& each) { return each.second.pid == process.pid; };
  if (!process.pidfd || dying.size() == most_sessions) {
    sweep_due = true;
  } else if (std::ranges::none_of(dying, known)) {
    dying.emplace(id, std::move(process));
  }
}

void Server::State::sweep_if_due() {
  if (!std::exchange(sweep_due, false)) return;
  if (const auto swept = transport::sweep(options.runtime_directory); !swept)
    say(Severity::warning, swept.error().message);
}

/// Its programs look for another, which the next announcement starts.
Error Server::State::displacement() const {
  return Error{
      Errc::unavailable,
      fmt::format(
          "{}: somebody has removed it, its lock or their directory, so that nobody finds this daemon; "
          "it ends for another to take its place",
          listener.path())};
}

// ---- what they are told -------------------------------------------------------------------------------------------

Result<void> Server::State::apply(const Event& event) {
  return directory.apply(event, [this](SessionId to, const Word& word) { tell(to, word); });
}

/// The answer is a snapshot, which may be of any size: the bound is for what comes on top of it.
Result<void> Server::State::apply_whole(Visitor& visitor, const Event& event) {
  visitor.connection.limit(std::numeric_limits<std::size_t>::max());
  auto applied = apply(event);
  visitor.connection.limit(visitor.connection.waiting_bytes() + most_waiting);
  return applied;
}

void Server::State::tell(SessionId to, const Word& word) {
  const auto found = visitors.find(to);
  if (found == visitors.end() || found->second.deaf || found->second.lost_words) return;
  auto& visitor = found->second;
  const auto sent = visitor.connection.send(encode_packet(word));
  if (!sent && sent.error().code == Errc::too_big) return say(Severity::error, sent.error().message);
  if (!sent) visitor.deaf = true;
  if (sent && !*sent) lose(to, visitor);
  await_room(to, visitor);
  while (const auto stalest = backlog.stalest())
    lose(*stalest, visitors.at(*stalest));
}

void Server::State::lose(SessionId id, Visitor& visitor) {
  say(Severity::warning,
      fmt::format("{}: does not read what it is told; it will be told anew", visitor.name));
  visitor.connection.drop_queue();
  visitor.lost_words = true;
  await_room(id, visitor);
}

void Server::State::await_room(SessionId id, Visitor& visitor) {
  backlog.waits(id, visitor.connection.waiting_bytes());
  const bool wanted = !visitor.deaf && (visitor.lost_words || visitor.connection.waiting());
  if (wanted == visitor.awaits_room) return;
  visitor.awaits_room = wanted;
  const std::uint32_t events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  [[maybe_unused]] const auto changed =  // takes no memory: cannot fail
      watch(EPOLL_CTL_MOD, visitor.connection.fd(), events, tag(id, Role::socket));
}

void Server::State::make_room(SessionId id, Visitor& visitor) {
  backlog.reads(id);
  if (!visitor.connection.flush()) visitor.deaf = true;
  if (visitor.lost_words && !visitor.deaf && !visitor.connection.waiting()) {
    visitor.lost_words = false;
    [[maybe_unused]] const auto told = apply_whole(visitor, Again{id});  // it is known: this cannot fail
  }
  await_room(id, visitor);
}

// ---- the outside --------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, LogSink log) {
  WEFT_TRY(const auto path, transport::daemon_socket(options.domain, options.runtime_directory));
  auto listener = Listener::open(path);
  if (!listener) {
    return std::move(listener).error().within(fmt::format("discovery daemon of domain {}", options.domain));
  }
  WEFT_TRY(auto epoll,
           sys::open("epoll_create1", "the server", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  auto state =
      std::make_unique<State>(std::move(options), std::move(log), *std::move(listener), std::move(epoll));
  WEFT_CHECK(state->watch(EPOLL_CTL_ADD, state->listener.fd(), EPOLLIN, tag(0, Role::listener)));
  if (state->listener.removals() >= 0)
    WEFT_CHECK(state->watch(EPOLL_CTL_ADD, state->listener.removals(), EPOLLIN, tag(0, Role::place)));
  state->sweep_due = true;
  state->sweep_if_due();
  state->say(Severity::info, fmt::format("listening at {}", path));
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Server::~Server() = default;

}  // namespace weft::discovery
