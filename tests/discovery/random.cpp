// Random events: whatever happens, in whatever order, what each session was told is what a simple model says.
#include <random>
#include <set>

#include "model.hpp"
#include "talk.hpp"

namespace weft::discovery {

namespace {

using Told =
    std::map<std::pair<PortKey, PortKey>, std::string>;  // own port and peer: what it is told of that

/// What a session knows if it does as it is told.
struct Mirror {
  bool watches = false;
  bool loses = false;  // its words are lost just now
  Told told;           // of its own ports
  std::set<std::pair<std::uint32_t, std::string>> asked;
  Told pairs;  // of all, for a watcher
  std::map<PortKey, std::vector<std::string>> endpoints;
};

/// A Context's or a watcher's side: takes words in, in their order.
class Hearing {
 public:
  Hearing(std::uint64_t context, Mirror& mirror) : context_(context), mirror_(mirror) {}

  void operator()(const Host& w) { CHECK(mirror_.asked.emplace(w.port, w.scheme).second); }
  void operator()(const Join& w) { mirror_.told[{own(w.port), w.peer.key}] = "join " + w.endpoint; }
  void operator()(const Refused& w) {
    mirror_.told[{own(w.port), w.peer.key}] = "refused " + std::string(enumerator_name(w.obstacle));
  }
  void operator()(const Leave& w) { CHECK(mirror_.told.erase({own(w.port), w.peer}) == 1); }
  void operator()(const Anew&) { mirror_ = {mirror_.watches}; }
  void operator()(const Synced&) {}
  void operator()(const SessionSeen&) {}
  void operator()(const NodeSeen&) {}
  void operator()(const NodeGone&) {}
  void operator()(const PortSeen& w) { mirror_.endpoints[w.port.key] = w.port.endpoints; }
  void operator()(const PairSeen& w) {
    const auto& pair = w.pair;
    const auto detail =
        pair.state == PairState::refused ? std::string(enumerator_name(pair.obstacle)) : pair.medium;
    mirror_.pairs[{pair.owner, pair.guest}] = std::string(enumerator_name(pair.state)) + " " + detail;
  }
  void operator()(const PortGone& w) {
    forget([&](const PortKey& key) { return key == w.key; });
  }
  void operator()(const SessionGone& w) {
    forget([&](const PortKey& key) { return key.context == w.context; });
  }

 private:
  [[nodiscard]] PortKey own(std::uint32_t port) const { return {context_, port}; }
  template <class Gone>
  void forget(Gone gone) {
    std::erase_if(mirror_.endpoints, [&](const auto& each) { return gone(each.first); });
    std::erase_if(mirror_.pairs,
                  [&](const auto& each) { return gone(each.first.first) || gone(each.first.second); });
  }

  std::uint64_t context_;
  Mirror& mirror_;
};

class World {
  unsigned below(unsigned end) { return unsigned(random_() % end); }
  template <class List>
  auto one_of(const List& list) {
    return list[below(unsigned(std::size(list)))];
  }
  std::uint32_t number() { return 1 + below(5); }

 public:
  World(Scope scope, unsigned seed) : scope_(scope), directory_(scope), model_{scope, {}}, random_(seed) {}

  void step() {
    const auto context = one_of(contexts);
    const auto found = mirrors_.find(context);
    if (found == mirrors_.end()) return join(context);
    auto& mirror = found->second;
    switch (below(16)) {
      case 0:
        return below(4) == 0 ? end(context) : again(context);
      case 1:
        mirror.loses = true;
        return;
      case 2:
        return host({context, number()}, one_of(media()).scheme);
      case 3:
      case 4:
      case 5:
        return down({context, number()});
      case 6:
      case 7:
      case 8:
        return answer(context, mirror);
      default:
        return up({context, number()});
    }
  }

  void check() {
    const auto pairs = model_.pairs();
    for (const auto& [context, mirror] : mirrors_) {
      if (mirror.loses) continue;
      REQUIRE(mirror.told == told(context, pairs));
      REQUIRE(mirror.asked == asked(context));
      if (mirror.watches) check_watcher(mirror, pairs);
    }
    for (const auto& [keys, pair] : pairs) {
      if (pair.state == PairState::starting) REQUIRE(asked_.contains({keys.first, pair.detail}));
    }
  }

  /// What is said of all to somebody who comes now takes no more bytes than the directory has counted; when all have gone
  /// it has counted nothing.
  void check_bytes() {
    constexpr SessionId newcomer = 99;
    std::size_t told = 0;
    const auto measure = [&](SessionId, const Word& word) {
      const bool part = !std::holds_alternative<SessionSeen>(word) && !std::holds_alternative<Synced>(word);
      if (part) told += encode_packet(word).size();
    };
    directory_.apply(Joined{newcomer, {}, true}, measure).value();
    directory_.apply(Ended{newcomer}, measure).value();
    CHECK(told <= directory_.bytes());
    for (const auto context : contexts)
      directory_.apply(Ended{context}, [](SessionId, const Word&) {}).value();
    CHECK(directory_.bytes() == 0);
  }

  std::size_t joins = 0;
  std::size_t refusals = 0;

 private:
  static constexpr std::array<std::uint64_t, 5> contexts{1, 2, 3, 4, 5};

  static std::vector<Medium> media() { return {{"near", true}, {"ipc", false}, {"tcp", false}}; }

  /// The directory's words, each to its mirror.
  void apply(const Event& event) {
    directory_.apply(event, [this](SessionId to, const Word& word) { hear(to, word); }).value();
  }
  void hear(SessionId to, const Word& word) {
    const auto found = mirrors_.find(to);
    REQUIRE(found != mirrors_.end());
    note(to, word);
    if (!found->second.loses) std::visit(Hearing(to, found->second), word);
  }
  void note(SessionId to, const Word& word) {
    if (const auto* host = std::get_if<Host>(&word)) asked_.emplace(PortKey{to, host->port}, host->scheme);
    joins += std::holds_alternative<Join>(word) ? 1 : 0;
    refusals += std::holds_alternative<Refused>(word) ? 1 : 0;
  }

  void join(std::uint64_t context) {
    mirrors_[context].watches = context == contexts.back();
    apply(Joined{context, {context, "p", "1", 1, 0}, mirrors_[context].watches});
  }
  void end(std::uint64_t context) {
    mirrors_.erase(context);
    model_.end(context);
    std::erase_if(asked_, [&](const auto& each) { return each.first.context == context; });
    apply(Ended{context, below(2) == 0 ? Departure::left : Departure::died});
  }
  void again(std::uint64_t context) {
    mirrors_[context].loses = false;
    apply(Again{context});
  }

  void up(PortKey key) {
    if (model_.ports.contains(key)) return;
    Port port{.key = key, .kind = PortKind(below(6)), .name = one_of(std::array{"a", "b"})};
    const std::array<const char*, 4> schemas{"", "a/A{x:f32}", "a/A{x:f64}", "a/B{}"};
    port.schema = one_of(schemas);
    if (port.kind == PortKind::server || port.kind == PortKind::client) port.response = one_of(schemas);
    port.reliable = below(3) == 0;
    port.media = media();
    std::ranges::shuffle(port.media, random_);
    port.media.resize(below(8) == 0 ? 0 : 1 + below(3));
    auto& known = model_.ports[key];
    known.port = port;
    if (part_of(port.kind).second) announce_reachable(port, known);
    apply(Said{key.context, PortUp{port}});
  }
  void announce_reachable(Port& port, ModelPort& known) {
    if (below(4) != 0) return;
    for (const auto& medium : port.media) {
      if (below(2) == 0) continue;
      port.endpoints.push_back(endpoint(medium.scheme));
      known.answers[medium.scheme] = port.endpoints.back();
    }
  }
  std::string endpoint(const std::string& scheme) { return fmt::format("{}://{}", scheme, below(3)); }

  void down(PortKey key) {
    model_.ports.erase(key);
    std::erase_if(asked_, [&](const auto& each) { return each.first == key; });
    auto& mirror = mirrors_[key.context];
    std::erase_if(mirror.told, [&](const auto& each) { return each.first.first == key; });
    std::erase_if(mirror.asked, [&](const auto& each) { return each.first == key.port; });
    apply(Said{key.context, PortDown{key.port}});
  }

  void answer(std::uint64_t context, const Mirror& mirror) {
    if (mirror.asked.empty()) return;
    const auto [port, scheme] = *std::next(mirror.asked.begin(), below(unsigned(mirror.asked.size())));
    host({context, port}, scheme);
  }
  void host(PortKey key, const std::string& scheme) {
    const auto found = model_.ports.find(key);
    if (found == model_.ports.end()) return;
    auto& known = found->second;
    if (!part_of(known.port.kind).second ||
        std::ranges::find(known.port.media, scheme, &Medium::scheme) == known.port.media.end())
      return;
    const auto where = below(4) == 0 ? std::string() : endpoint(scheme);
    known.answers[scheme] = where;
    asked_.erase({key, scheme});
    mirrors_[key.context].asked.erase({key.port, scheme});
    apply(Said{key.context, Hosting{key.port, scheme, where, "no"}});
  }

  /// What a Context has been told according to the model.
  [[nodiscard]] Told told(std::uint64_t context, const Model::Pairs& pairs) const {
    Told told;
    for (const auto& [keys, pair] : pairs) {
      const auto& [owner, guest] = keys;
      if ((owner.context == guest.context) != (scope_ == Scope::within_context)) continue;
      if (pair.state == PairState::refused && owner.context == context)
        told[{owner, guest}] = "refused " + pair.detail;
      if (guest.context != context) continue;
      if (pair.state == PairState::refused) told[{guest, owner}] = "refused " + pair.detail;
      if (pair.state == PairState::joined) told[{guest, owner}] = "join " + pair.endpoint;
    }
    return told;
  }
  [[nodiscard]] std::set<std::pair<std::uint32_t, std::string>> asked(std::uint64_t context) const {
    std::set<std::pair<std::uint32_t, std::string>> own;
    for (const auto& [key, scheme] : asked_) {
      if (key.context == context) own.emplace(key.port, scheme);
    }
    return own;
  }
  void check_watcher(const Mirror& mirror, const Model::Pairs& pairs) const {
    Told seen;
    for (const auto& [keys, pair] : pairs)
      seen[keys] = std::string(enumerator_name(pair.state)) + " " + pair.detail;
    REQUIRE(mirror.pairs == seen);
    REQUIRE(mirror.endpoints.size() == model_.ports.size());
    for (const auto& [key, known] : model_.ports) {
      std::vector<std::string> endpoints;
      for (const auto& medium : known.port.media) {
        const auto found = known.answers.find(medium.scheme);
        if (found != known.answers.end() && !found->second.empty()) endpoints.push_back(found->second);
      }
      REQUIRE(mirror.endpoints.at(key) == endpoints);
    }
  }

  const Scope scope_;
  Directory directory_;
  Model model_;
  std::map<SessionId, Mirror> mirrors_;
  std::set<std::pair<PortKey, std::string>> asked_;  // of owners, not answered yet
  std::mt19937 random_;
};

void run(Scope scope, int events) {
  const auto seed = 20261121 + Catch::rngSeed();
  CAPTURE(seed);
  World world(scope, seed);
  for (int i = 0; i < events; ++i) {
    CAPTURE(i);
    world.step();
    world.check();
  }
  CHECK(world.joins > std::size_t(events) / 200);
  CHECK(world.refusals > std::size_t(events) / 200);
  world.check_bytes();
}

}  // namespace

TEST_CASE("whatever happens between contexts, each was told what a simple model says") {
  run(Scope::between_contexts, 40'000);
}

TEST_CASE("whatever happens within contexts, each was told what a simple model says") {
  run(Scope::within_context, 20'000);
}

}  // namespace weft::discovery
