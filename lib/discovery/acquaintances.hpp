// Acquaintances: what a Context's ports were told of peers elsewhere, while daemons come and go. A pure state machine.
//
// What      Takes in what the daemon says and answers what is news to the ports. A daemon that has gone takes nothing
//           back: links go on. The one that follows knows only who has come back to it, and some come later than
//           others: what it repeats is no news; what it has not repeated is doubted, and left when give_up() says
//           that time enough has passed. What a daemon says after Anew, however, is all that is so: what it does not
//           repeat before Synced is left at once, unless it was in doubt already.
// Threads   One at a time.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "discovery/packet.hpp"

namespace weft::discovery {

class Acquaintances final {
 public:
  /// Join, Leave, Refused, Anew and Synced are understood, other words passed over. What ports are to hear, Join,
  /// Leave and Refused, is appended to `news`.
  void hear(const Word& word, std::vector<Word>& news);
  /// The daemon has gone.
  void lose_daemon();
  /// Whether something has not been repeated since a daemon had gone.
  [[nodiscard]] bool doubts() const noexcept;
  /// What is still in doubt is left: its peer has died, or, where others of its Context have come back, left.
  void give_up(std::vector<Word>& news);
  /// The port is no more.
  void forget(std::uint32_t port);

 private:
  enum class Belief : std::uint8_t { sure, doubted, outdated };
  struct Acquaintance {
    std::variant<Join, Refused> told;
    Belief belief = Belief::sure;
  };
  using Key = std::pair<std::uint32_t, PortKey>;  // our port, the peer

  void hear(const Join& word, std::vector<Word>& news);
  void hear(const Refused& word, std::vector<Word>& news);
  void hear(const Leave& word, std::vector<Word>& news);
  template <class Told>
  void learn(const Told& word, std::vector<Word>& news);
  void change(Belief from, Belief to) noexcept;
  void leave_outdated(std::vector<Word>& news);

  std::map<Key, Acquaintance> all_;
};

}  // namespace weft::discovery
