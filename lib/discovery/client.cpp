#include "discovery/client.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "discovery/acquaintances.hpp"
#include "discovery/audience.hpp"
#include "discovery/daemon_link.hpp"
#include "discovery/directory.hpp"
#include "discovery/greeting.hpp"
#include "discovery/undone.hpp"
#include "transport/os_names.hpp"

namespace weft::discovery {

namespace {

constexpr SessionId own_session = 1;  // in the directory of this Context's ports
constexpr std::size_t most_shown = 400;

/// Which of our ports a word is about that tells it of a peer; 0: it is none such, or about no port.
std::uint32_t told_port(const Word& word) {
  if (const auto* join = std::get_if<Join>(&word)) return join->port;
  if (const auto* leave = std::get_if<Leave>(&word)) return leave->port;
  if (const auto* refused = std::get_if<Refused>(&word)) return refused->port;
  return 0;
}

/// As others hear of it: without where it can be reached within its Context.
Port seen_from_outside(Port port) {
  std::erase_if(port.endpoints, [&](const std::string& uri) {
    const auto medium = std::ranges::find(port.media, transport::scheme_of(uri), &Medium::scheme);
    return medium == port.media.end() || medium->within_context;
  });
  return port;
}

}  // namespace

struct Client::State final : Hearer {
  State(Agent& given, LogSink& sink, ClientOptions what, std::string path)
      : agent(given),
        log(sink),
        options(std::move(what)),
        daemon(agent, log, options, std::move(path), *this) {}

  // From any thread.
  void speak(ContextWord word);
  void close();
  void wake() const noexcept;

  // On the agent's thread.
  Result<void> meet_ourselves();
  void listen();
  void take(const ContextWord& word);
  bool take_locally(const ContextWord& word);
  void keep(const ContextWord& word);
  void found() override;
  void said(const Word& word) override;
  void lost() override;
  void give_up();
  void warn_of_room(const Refused& refused);
  void call(const std::vector<Word>& words);
  void call(const Word& word);
  void join(const Join& request);
  void try_later();
  void try_again();
  std::optional<Hosting> host(const Host& request, bool within);
  std::optional<Result<transport::Endpoint>> ask(const Host& request);

  Agent& agent;
  LogSink& log;
  const ClientOptions options;
  Fd woken;
  Audience audience;

  std::mutex mutex;  // guards spoken, closing, closed
  std::condition_variable is_closed;
  std::deque<ContextWord> spoken;  // by the program, and not yet taken in
  bool closing = false;
  bool closed = false;

  // The agent's thread alone.
  Directory directory{Scope::within_context};
  std::map<std::uint32_t, Node> nodes;
  std::map<std::uint32_t, Port> ports;
  Acquaintances acquaintances;
  std::string last_refusal;  // for want of room, that was told of
  Undone undone;
  Agent::Watch undone_later;
  bool undone_due = false;
  DaemonLink daemon;
  Agent::Watch patience;
  bool patient = false;  // give_up() is due
  Agent::Watch listening;
};

// ---- from any thread ----------------------------------------------------------------------------------------------

void Client::State::wake() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto bytes = ::write(woken.get(), &one, sizeof one);
}

void Client::State::speak(ContextWord word) {
  {
    const std::lock_guard lock(mutex);
    spoken.push_back(std::move(word));
  }
  wake();
}

void Client::State::close() {
  {
    const std::lock_guard lock(mutex);
    closing = true;
  }
  if (agent.is_here()) {
    listen();
  } else {
    wake();
    std::unique_lock lock(mutex);
    is_closed.wait(lock, [&] { return closed; });
  }
  listening = {};
}

// ---- what our own ports say ---------------------------------------------------------------------------------------

Result<void> Client::State::meet_ourselves() {
  const auto identity = session_of(hello(options.context, options.program, false), ::getpid(), ::geteuid());
  return directory.apply(Joined{own_session, identity, false}, [](SessionId, const Word&) {});
}

void Client::State::listen() {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto bytes = ::read(woken.get(), &ignored, sizeof ignored);
  std::deque<ContextWord> words;
  bool last = false;
  {
    const std::lock_guard lock(mutex);
    words.swap(spoken);
    last = closing;
  }
  bool announced = false;
  for (const auto& word : words) {
    take(word);
    announced = announced || std::holds_alternative<PortUp>(word) || std::holds_alternative<NodeUp>(word);
  }
  daemon.confirm();
  if (announced && !last) daemon.seek();
  if (!last) return;
  daemon.close();
  patience = {};
  undone_later = {};
  const std::lock_guard lock(mutex);
  closed = true;
  is_closed.notify_all();
}

void Client::State::take(const ContextWord& word) {
  if (take_locally(word)) daemon.tell(word);
}

/// Whether it is in form; ports of this Context meet by it.
bool Client::State::take_locally(const ContextWord& word) {
  std::deque<ContextWord> words{word};
  for (bool first = true; !words.empty(); first = false, words.pop_front()) {
    std::vector<Word> said;
    const auto taken = directory.apply(Said{own_session, words.front()},
                                       [&](SessionId, const Word& each) { said.push_back(each); });
    if (!taken && log)
      log(Severity::error, fmt::format("discovery: not announced: {}", taken.error().message));
    if (!taken && first) return false;
    if (first) keep(word);
    for (const auto& each : said) {
      if (const auto* request = std::get_if<Host>(&each)) {
        if (auto hosting = host(*request, true)) words.emplace_back(*std::move(hosting));
      } else {
        call(each);
      }
    }
  }
  return true;
}

void Client::State::keep(const ContextWord& word) {
  if (const auto* up = std::get_if<NodeUp>(&word)) nodes.emplace(up->node.node, up->node);
  if (const auto* down = std::get_if<NodeDown>(&word)) nodes.erase(down->node);
  if (const auto* up = std::get_if<PortUp>(&word)) ports.emplace(up->port.key.port, up->port);
  if (const auto* down = std::get_if<PortDown>(&word)) {
    ports.erase(down->port);
    acquaintances.forget(down->port);
    undone.forget(down->port);
  }
}

// ---- what the daemon says -----------------------------------------------------------------------------------------

void Client::State::found() {
  for (const auto& [number, node] : nodes)
    daemon.tell(NodeUp{node});
  for (const auto& [number, port] : ports)
    daemon.tell(PortUp{seen_from_outside(port)});
  daemon.confirm();
}

void Client::State::said(const Word& word) {
  if (const auto* request = std::get_if<Host>(&word)) {
    if (auto hosting = host(*request, false)) daemon.tell(*std::move(hosting));
    return daemon.confirm();
  }
  // Crossed its PortDown. Announced again, the port is told anew, and must not be taken for one that knows already.
  if (const auto port = told_port(word); port != 0 && !ports.contains(port)) return;
  if (const auto* refused = std::get_if<Refused>(&word)) warn_of_room(*refused);
  std::vector<Word> news;
  acquaintances.hear(word, news);
  call(news);
  if (!std::holds_alternative<Synced>(word) || !acquaintances.doubts() || patient) return;
  if (auto later = agent.after(options.patience, [this] { give_up(); })) patience = *std::move(later);
  patient = true;
}

/// Once, until the daemon gives another reason.
void Client::State::warn_of_room(const Refused& refused) {
  if (refused.obstacle != Obstacle::room || last_refusal == refused.reason) return;
  last_refusal = refused.reason;
  const auto port = ports.find(refused.port);
  if (log) {
    log(Severity::warning,
        fmt::format("discovery: {} is not announced, nor what follows: {}",
                    port == ports.end() ? "a node" : port->second.name, shown(refused.reason, most_shown)));
  }
}

void Client::State::lost() {
  acquaintances.lose_daemon();
  patience = {};
  patient = false;
}

void Client::State::give_up() {
  patient = false;
  std::vector<Word> news;
  acquaintances.give_up(news);
  call(news);
}

// ---- what ports are told ------------------------------------------------------------------------------------------

void Client::State::call(const std::vector<Word>& words) {
  for (const auto& word : words)
    call(word);
}

void Client::State::call(const Word& word) {
  if (const auto* join = std::get_if<Join>(&word)) {
    this->join(*join);
  } else if (const auto* leave = std::get_if<Leave>(&word)) {
    undone.forget(leave->port, leave->peer);
    audience.call(leave->port, [&](Matchmaking& port) { port.leave(leave->peer, leave->why); });
  } else if (const auto* refused = std::get_if<Refused>(&word)) {
    undone.forget(refused->port, refused->peer.key);
    if (refused->obstacle == Obstacle::hosting && !undone.empty()) try_later();
    audience.call(refused->port, [&](Matchmaking& port) {
      port.refused(refused->peer, refused->obstacle, refused->reason);
    });
  }
}

void Client::State::join(const Join& request) {
  const auto endpoint = transport::Endpoint::parse(request.endpoint);
  if (!endpoint) return;
  undone.forget(request.port, request.peer.key);
  Result<void> joined;
  audience.call(request.port, [&](Matchmaking& port) { joined = port.join(request.peer, *endpoint); });
  if (joined) return;
  undone.could_not(request);
  try_later();
}

void Client::State::try_later() {
  if (undone_due) return;
  auto later = agent.after(undone.next_pause(), [this] { try_again(); });
  if (!later) return;  // no memory for a timer: the next failure tries once more
  undone_later = *std::move(later);
  undone_due = true;
}

void Client::State::try_again() {
  undone_due = false;
  undone.take(
      [&](const Host& request, bool within) {
        auto hosting = host(request, within);
        if (!hosting || hosting->endpoint.empty()) return;
        within ? void(take_locally(*std::move(hosting))) : daemon.tell(*std::move(hosting));
      },
      [&](const Join& request) { join(request); });
  daemon.confirm();
  if (!undone.empty()) return try_later();
  undone.begin_anew();
}

/// Where the port is reachable over the medium: it is asked once, unless it fails. Nothing of a port that has gone or is
/// going: PortDown is said, or follows, and a refusal would be taken for a failure that stays.
std::optional<Hosting> Client::State::host(const Host& request, bool within) {
  const auto port = ports.find(request.port);
  if (port == ports.end()) return std::nullopt;
  auto& endpoints = port->second.endpoints;
  const auto is_it = [&](const std::string& uri) { return transport::scheme_of(uri) == request.scheme; };
  if (const auto known = std::ranges::find_if(endpoints, is_it); known != endpoints.end())
    return Hosting{request.port, request.scheme, *known, {}};
  const auto answer = ask(request);
  if (!answer) return std::nullopt;
  const auto& endpoint = *answer;
  if (!endpoint) {
    undone.could_not(request, within);  // for try_later(), if no other medium serves a guest
    return Hosting{request.port, request.scheme, {}, endpoint.error().message};
  }
  endpoints.push_back(endpoint->uri());
  return Hosting{request.port, request.scheme, endpoint->uri(), {}};
}

/// What the port answers, if it is there.
std::optional<Result<transport::Endpoint>> Client::State::ask(const Host& request) {
  std::optional<Result<transport::Endpoint>> answer;
  audience.call(request.port, [&](Matchmaking& port) { answer = port.host(request.scheme); });
  if (answer && *answer && (*answer)->scheme != request.scheme) {
    answer = Error{Errc::internal,
                   fmt::format("asked for {}, the port answers {}", request.scheme, (*answer)->uri())};
  }
  return answer;
}

// ---- the outside --------------------------------------------------------------------------------------------------

struct Client::Announced::Entry {
  std::shared_ptr<State> state;
  ContextWord withdrawal;

  Entry(std::shared_ptr<State> of, ContextWord word) : state(std::move(of)), withdrawal(std::move(word)) {}
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() {
    if (const auto* port = std::get_if<PortDown>(&withdrawal)) state->audience.remove(port->port);
    state->speak(std::move(withdrawal));
  }
};

Client::Announced::Announced() noexcept = default;
Client::Announced::Announced(Announced&&) noexcept = default;
Client::Announced& Client::Announced::operator=(Announced&&) noexcept = default;
Client::Announced::~Announced() = default;

Result<std::unique_ptr<Client>> Client::create(Agent& agent, LogSink& log, ClientOptions options) {
  WEFT_TRY(auto path, transport::daemon_socket(options.domain, options.runtime_directory));
  if (options.context == 0) return Error{Errc::invalid_argument, "discovery: context 0 is no context"};
  auto state = std::make_shared<State>(agent, log, std::move(options), std::move(path));
  WEFT_CHECK(state->meet_ourselves());
  WEFT_TRY(state->woken,
           sys::open("eventfd", "discovery", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
  WEFT_TRY(state->listening, agent.watch(state->woken.get(), [inner = state.get()] { inner->listen(); }));
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

Client::Client(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

Client::~Client() {
  state_->close();
}

Client::Announced Client::add_node(Node node) {
  Announced announced;
  announced.entry_ = std::make_unique<Announced::Entry>(state_, NodeDown{node.node});
  state_->speak(NodeUp{std::move(node)});
  return announced;
}

Client::Announced Client::announce(Port description, Matchmaking& port) {
  const auto number = description.key.port;
  Announced announced;
  announced.entry_ = std::make_unique<Announced::Entry>(state_, PortDown{number});
  state_->audience.add(number, port);
  state_->speak(PortUp{std::move(description)});
  return announced;
}

}  // namespace weft::discovery
