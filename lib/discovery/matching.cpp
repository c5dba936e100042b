#include "discovery/matching.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace weft::discovery {

namespace {

using State = Reach::State;

bool has(const Port& port, const Medium& medium, bool one_context) {
  return std::ranges::any_of(port.media, [&](const Medium& each) {
    return each.scheme == medium.scheme && (one_context || !each.within_context);
  });
}

std::string list_media(const Port& port) {
  std::string list;
  for (const auto& each : port.media) {
    list += list.empty() ? "" : ", ";
    list += each.scheme;
    if (each.within_context) list += " (within its context)";
  }
  return list;
}

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

Standing refused(Obstacle obstacle, std::shared_ptr<const std::string> reason) {
  return {PairState::refused, Standing::none, obstacle, std::move(reason)};
}

Standing no_medium(const PairRecord& pair, const std::string& failures) {
  if (!failures.empty()) return refused(Obstacle::hosting, shared(failures));
  const auto& owner = pair.owner.port;
  const auto& guest = pair.guest.port;
  return refused(Obstacle::medium,
                 shared(fmt::format("medium: the {} has {}; the {} has {}", enumerator_name(owner.kind),
                                    list_media(owner), enumerator_name(guest.kind), list_media(guest))));
}

bool same_words(const Standing& one, const Standing& other) {
  return one.words == other.words || (one.words && other.words && *one.words == *other.words);
}

/// As watchers see it: where a pair is joined, they learn of its owner.
bool looks_the_same(const Standing& one, const Standing& other) {
  return one.state == other.state && one.medium == other.medium && one.obstacle == other.obstacle &&
         (one.state != PairState::refused || same_words(one, other));
}

bool is_the_same(const Standing& one, const Standing& other) {
  return looks_the_same(one, other) && same_words(one, other);
}

}  // namespace

Matching::Matching(Scope scope, Room& room)
    : scope_(scope), room_(room), no_room_(shared("the directory is full, and has no room for the reason")) {}

/// Why the two cannot fit over any medium; a standing that is not refused if they can.
Standing Matching::misfit(const PortRecord& owner, const PortRecord& guest) {
  const auto& writer = is_writer(owner.port.kind) ? owner : guest;
  const auto& reader = is_writer(owner.port.kind) ? guest : owner;
  if (auto reason = types_.misfit(writer.types, reader.types))
    return refused(Obstacle::type, std::move(reason));
  if (sort_of(owner.port.kind) == Sort::service) return {};
  const auto terms = [](const PortRecord& port) {
    return Terms{port.types.schema->type, port.types.response->type, port.port.reliable};
  };
  const auto offered = check_reliability(terms(writer), terms(reader));
  if (!offered) return refused(Obstacle::reliability, shared(offered.error().message));
  return {};
}

/// What the pair comes to as its owner's reach is now.
Standing Matching::standing(const PairRecord& pair) const {
  if (pair.misfit.state == PairState::refused) return pair.misfit;
  const auto& media = pair.owner.port.media;
  std::string failures;
  for (std::size_t i = 0; i < media.size(); ++i) {
    if (media[i].within_context && !pair.of_one_context()) continue;
    if (!has(pair.guest.port, media[i], pair.of_one_context())) continue;
    const auto& reach = pair.owner.reach[i];
    if (reach.state == State::failed) {
      failures += (failures.empty() ? "" : "; ") + *reach.words;
      continue;
    }
    if (!concerns(pair)) return {PairState::local, i};
    if (reach.state != State::reachable) return {PairState::starting, i};
    return {PairState::joined, i, Obstacle::none, reach.words};
  }
  return no_medium(pair, failures);
}

/// Whether a port of the pair was told of the other.
bool Matching::was_told(const PairRecord& pair, const PortRecord& side) const noexcept {
  if (!concerns(pair)) return false;
  return pair.now.state == PairState::refused ||
         (pair.now.state == PairState::joined && &side == &pair.guest);
}

void Matching::leave(const PairRecord& pair, const PortRecord& side, Departure why, Voice& voice) const {
  if (!was_told(pair, side)) return;
  voice.tell(*side.session, Leave{side.port.key.port, pair.other(side).port.key, why});
}

void Matching::tell(const PairRecord& pair, const PortRecord& side, Voice& voice) const {
  if (!was_told(pair, side)) return;
  const auto& now = pair.now;
  const auto number = side.port.key.port;
  auto other = peer(pair.other(side));
  if (now.state == PairState::refused) {
    voice.tell(*side.session, Refused{number, std::move(other), now.obstacle, *now.words});
  } else {
    voice.tell(*side.session, Join{number, std::move(other), *now.words});
  }
}

/// The owner is to be reachable where the pair would meet.
void Matching::ask(PairRecord& pair, Voice& voice) const {
  if (pair.now.state != PairState::starting) return;
  auto& reach = pair.owner.reach[pair.now.medium];
  if (std::exchange(reach.state, State::asked) == State::asked) return;
  const auto& owner = pair.owner.port;
  voice.tell(*pair.owner.session, Host{owner.key.port, owner.media[pair.now.medium].scheme});
}

/// With its reason, if there is room for that.
Standing Matching::with_room(PairRecord& pair, Standing next) {
  const auto bytes = next.state == PairState::refused ? next.words->size() : 0;
  room_.give_back(pair.payer.taken, pair.reason_bytes);
  const bool room = room_.take(pair.payer.taken, bytes).has_value();
  pair.reason_bytes = room ? bytes : 0;
  if (room) return next;
  next.words = no_room_;
  if (pair.misfit.words) pair.misfit.words = no_room_;
  return next;
}

void Matching::settle(PairRecord& pair, Voice& voice) {
  const auto next = with_room(pair, standing(pair));
  if (is_the_same(pair.now, next)) return;
  const bool joined_anew = pair.now.state == PairState::joined && next.state == PairState::joined;
  const bool seen = !looks_the_same(pair.now, next);
  for (const auto* side : {&pair.owner, &pair.guest}) {
    if (!joined_anew) leave(pair, *side, Departure::left, voice);
  }
  pair.now = next;
  ask(pair, voice);
  tell(pair, pair.owner, voice);
  tell(pair, pair.guest, voice);
  if (seen && voice.watched()) voice.show(PairSeen{description(pair)});
}

void Matching::introduce(PortRecord& newcomer, PortRecord& other, Voice& voice) {
  auto& owner = newcomer.owns() ? newcomer : other;
  auto& guest = newcomer.owns() ? other : newcomer;
  auto pair = std::make_shared<PairRecord>(PairRecord{owner, guest, *newcomer.session, misfit(owner, guest)});
  owner.pairs.emplace(guest.port.key, pair);
  guest.pairs.emplace(owner.port.key, pair);
  settle(*pair, voice);
}

Result<void> Matching::take_room(SessionRecord& session, const Port& port) {
  const auto& meetings = meetings_of(port);
  const auto found = port.media.empty() ? meetings.end() : meetings.find(port.name);
  const auto* meeting = found == meetings.end() ? nullptr : &found->second;
  const auto pairs =
      meeting == nullptr ? 0 : (is_owner(port.kind) ? meeting->guests : meeting->owners).size();
  if (meeting != nullptr && meeting->pairs + pairs > Directory::most_pairs) {
    const auto sides = sides_of(sort_of(port.kind));
    return Error{Errc::resource_exhausted,
                 fmt::format("{}: its {}s and {}s would be more than {} pairs; use several names or domains",
                             port.name, enumerator_name(sides.owner), enumerator_name(sides.guest),
                             Directory::most_pairs)};
  }
  return room_.take(session.taken, footprint(port) + pairs * pair_footprint);
}

void Matching::meet(PortRecord& port, Voice& voice) {
  if (port.port.media.empty()) return;
  auto& meeting = meetings_of(port.port)[port.port.name];
  const auto& others = port.owns() ? meeting.guests : meeting.owners;
  port.meeting = &meeting;
  meeting.pairs += others.size();
  (port.owns() ? meeting.owners : meeting.guests).emplace(port.port.key, &port);
  for (const auto& [key, other] : others)
    introduce(port, *other, voice);
}

void Matching::part(PortRecord& port, Departure why, Voice& voice) {
  if (port.meeting == nullptr) return;
  auto& meeting = *port.meeting;
  for (const auto& [key, pair] : port.pairs) {
    auto& other = pair->other(port);
    leave(*pair, other, why, voice);
    room_.give_back(pair->payer.taken, pair_footprint + pair->reason_bytes);
    other.pairs.erase(port.port.key);
  }
  meeting.pairs -= port.pairs.size();
  port.pairs.clear();
  port.meeting = nullptr;
  (port.owns() ? meeting.owners : meeting.guests).erase(port.port.key);
  if (meeting.owners.empty() && meeting.guests.empty()) meetings_of(port.port).erase(port.port.name);
}

void Matching::reach_changed(PortRecord& owner, Voice& voice) {
  for (const auto& [key, pair] : owner.pairs)
    settle(*pair, voice);
}

void Matching::tell_again(const SessionRecord& session, Voice& voice) const {
  for (const auto& [number, port] : session.ports) {
    for (std::size_t i = 0; i < port.reach.size(); ++i) {
      if (port.reach[i].state == State::asked) voice.tell(session, Host{number, port.port.media[i].scheme});
    }
    for (const auto& [key, pair] : port.pairs)
      tell(*pair, port, voice);
  }
}

}  // namespace weft::discovery
