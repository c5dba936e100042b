#include "discovery/watcher.hpp"

#include <optional>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/poll.hpp"
#include "discovery/connection.hpp"
#include "discovery/greeting.hpp"
#include "discovery/packet.hpp"
#include "discovery/process.hpp"
#include "transport/os_names.hpp"

namespace weft::discovery {

namespace {

using namespace std::chrono_literals;

/// A daemon that listens and does not answer is taken for hung after so long.
constexpr auto patience = 5s;
constexpr std::size_t most_refusal = 400;

/// A Graph that follows what the daemon says.
class Follower final {
 public:
  Graph graph;

  void hear(const SessionSeen& word) { graph.sessions[word.session.context] = word.session; }
  void hear(const SessionGone& word);
  void hear(const NodeSeen& word) { graph.nodes[{word.context, word.node.node}] = word.node; }
  void hear(const NodeGone& word) { graph.nodes.erase({word.context, word.node}); }
  void hear(const PortSeen& word) { graph.ports[word.port.key] = word.port; }
  void hear(const PortGone& word);
  void hear(const PairSeen& word);
  template <class Other>
  void hear(const Other& /*not of the graph*/) {}

 private:
  std::set<std::pair<PortKey, PortKey>> guests_;  // the pairs by guest and owner
};

void Follower::hear(const SessionGone& word) {
  graph.sessions.erase(word.context);
  const auto first_node = graph.nodes.lower_bound({word.context, 0});
  auto last_node = first_node;
  while (last_node != graph.nodes.end() && last_node->first.first == word.context)
    ++last_node;
  graph.nodes.erase(first_node, last_node);
  auto port = graph.ports.lower_bound({word.context, 0});
  while (port != graph.ports.end() && port->first.context == word.context) {
    const auto key = (port++)->first;
    hear(PortGone{key});
  }
}

void Follower::hear(const PortGone& word) {
  graph.ports.erase(word.key);
  auto owned = graph.pairs.lower_bound({word.key, PortKey{}});
  while (owned != graph.pairs.end() && owned->first.first == word.key) {
    guests_.erase({owned->first.second, word.key});
    owned = graph.pairs.erase(owned);
  }
  auto visited = guests_.lower_bound({word.key, PortKey{}});
  while (visited != guests_.end() && visited->first == word.key) {
    graph.pairs.erase({visited->second, word.key});
    visited = guests_.erase(visited);
  }
}

void Follower::hear(const PairSeen& word) {
  graph.pairs[{word.pair.owner, word.pair.guest}] = word.pair;
  guests_.emplace(word.pair.guest, word.pair.owner);
}

Result<void> wait(int fd, Deadline deadline, std::string_view what) {
  pollfd polled{fd, POLLIN, 0};
  WEFT_TRY(const int ready, sys::poll({&polled, 1}, deadline, "the discovery daemon"));
  if (ready != 0) return {};
  return Error{Errc::timeout, fmt::format("the discovery daemon has not answered: {}", what)};
}

Error with_remedy(Error error, const std::string& domain) {
  if (error.code == Errc::unavailable) error.message += fmt::format(": run weftd --domain {}", domain);
  return error;
}

}  // namespace

struct Watcher::State {
  explicit State(Connection&& made) : connection(std::move(made)) {}

  Result<void> take_welcome(BytesView packet);
  Result<bool> take_in();
  void hear(const Word& word);

  Connection connection;
  Bytes buffer;
  Welcome daemon;
  int daemon_pid = 0;
  std::optional<PacketReader<Word>> reader;
  Follower follower;
  std::optional<Follower> next = Follower();  // until the snapshot is whole
};

Result<void> Watcher::State::take_welcome(BytesView packet) {
  WEFT_TRY(daemon, read_welcome(packet));
  if (!daemon.refusal.empty()) {
    return Error{Errc::incompatible,
                 fmt::format("the discovery daemon refuses: {}", shown(daemon.refusal, most_refusal))};
  }
  WEFT_TRY(reader, PacketReader<Word>::create(daemon.schemas));
  return {};
}

/// Whether anything has come.
Result<bool> Watcher::State::take_in() {
  for (bool any = false;; any = true) {
    WEFT_TRY(const auto packet, connection.receive(buffer));
    if (!packet) return any;
    if (!reader) {
      WEFT_CHECK(take_welcome(*packet));
      continue;
    }
    WEFT_TRY(const auto word, reader->read(*packet));
    if (word) hear(*word);
  }
}

void Watcher::State::hear(const Word& word) {
  if (std::holds_alternative<Anew>(word)) {
    next.emplace();
  } else if (std::holds_alternative<Synced>(word)) {
    if (next) follower = *std::move(next);
    next.reset();
  } else {
    auto& into = next ? *next : follower;
    std::visit([&](const auto& each) { into.hear(each); }, word);
  }
}

Watcher::Watcher(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Watcher::Watcher(Watcher&&) noexcept = default;
Watcher& Watcher::operator=(Watcher&&) noexcept = default;
Watcher::~Watcher() = default;

Result<Watcher> Watcher::ask(const std::string& runtime_directory, const std::string& domain) {
  WEFT_TRY(const auto path, transport::daemon_socket(domain, runtime_directory));
  auto connection = Connection::open(path);
  if (!connection) return with_remedy(std::move(connection).error(), domain);
  auto state = std::make_unique<State>(*std::move(connection));
  WEFT_TRY(const auto process, process_at(state->connection.fd()));
  state->daemon_pid = process.pid;
  // Where it is not even listened to, a refusal may be there to be read.
  [[maybe_unused]] const auto sent = state->connection.send(encode_packet(hello(0, "", true)));
  return Watcher(std::move(state));
}

Result<Watcher> Watcher::open(const std::string& runtime_directory, const std::string& domain) {
  WEFT_TRY(auto watcher, ask(runtime_directory, domain));
  const Deadline deadline(patience);
  auto& state = *watcher.state_;
  while (!state.reader) {
    WEFT_TRY(const bool any, state.take_in());
    if (!any) WEFT_CHECK(wait(state.connection.fd(), deadline, "it is hung"));
  }
  return watcher;
}

Result<void> Watcher::sync(Deadline deadline) {
  for (;;) {
    WEFT_CHECK(state_->take_in());
    if (!state_->next) return {};
    WEFT_CHECK(wait(state_->connection.fd(), deadline,
                    state_->reader ? "its snapshot is not complete" : "it is hung"));
  }
}

Result<bool> Watcher::update() {
  return state_->take_in();
}

bool Watcher::is_whole() const noexcept {
  return !state_->next;
}

const Graph& Watcher::graph() const noexcept {
  return state_->follower.graph;
}

const Welcome& Watcher::daemon() const noexcept {
  return state_->daemon;
}

int Watcher::daemon_pid() const noexcept {
  return state_->daemon_pid;
}

int Watcher::fd() const noexcept {
  return state_->connection.fd();
}

}  // namespace weft::discovery
