// Matching: which ports meet, over which medium, and what they are told of it. For the directory alone.
//
// What      Every change of a pair goes through settle(): it works out what the pair comes to now and tells both ports
//           and the watchers what differs from what they were told before.
// Threads   One at a time.
// Cost      Of meeting, parting and a change of reach: the pairs of that port.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include "discovery/records.hpp"

namespace weft::discovery {

class Matching final {
 public:
  Matching(Scope scope, Room& room);

  /// The port's types as this directory keeps them.
  TypeTable::Pair types(const Port& port) {
    return {types_.intern(port.schema), types_.intern(port.response)};
  }
  /// Takes room of the session's for a port and all that it may meet. Errors: resource_exhausted, and what to do.
  Result<void> take_room(SessionRecord& session, const Port& port);
  /// Pairs a new port, for which there is room, with all that it may meet.
  void meet(PortRecord& port, Voice& voice);
  /// Takes the port out of all its pairs.
  void part(PortRecord& port, Departure why, Voice& voice);
  /// The owner's reach has changed.
  void reach_changed(PortRecord& owner, Voice& voice);
  /// Says anew what the session's ports were told.
  void tell_again(const SessionRecord& session, Voice& voice) const;

 private:
  using Meetings = std::unordered_map<std::string, Meeting>;

  [[nodiscard]] bool concerns(const PairRecord& pair) const noexcept {
    return pair.of_one_context() == (scope_ == Scope::within_context);
  }
  [[nodiscard]] bool was_told(const PairRecord& pair, const PortRecord& side) const noexcept;
  [[nodiscard]] Meetings& meetings_of(const Port& port) noexcept {
    return meetings_[static_cast<std::size_t>(sort_of(port.kind))];
  }
  Standing misfit(const PortRecord& owner, const PortRecord& guest);
  [[nodiscard]] Standing standing(const PairRecord& pair) const;
  Standing with_room(PairRecord& pair, Standing next);
  void settle(PairRecord& pair, Voice& voice);
  void ask(PairRecord& pair, Voice& voice) const;
  void tell(const PairRecord& pair, const PortRecord& side, Voice& voice) const;
  void leave(const PairRecord& pair, const PortRecord& side, Departure why, Voice& voice) const;
  void introduce(PortRecord& newcomer, PortRecord& other, Voice& voice);

  const Scope scope_;
  Room& room_;
  const std::shared_ptr<const std::string> no_room_;  // instead of a reason
  TypeTable types_;
  std::array<Meetings, all_sorts.size()> meetings_;  // by Sort
};

}  // namespace weft::discovery
