// A port's presence in discovery: announced from its making to its end, so that it finds its peers.
//
// What      A publisher or server that is bound by hand, too, is found as before. A subscriber or client that is bound or
//           connected by hand keeps to that: people see it, discovery joins it to nobody. Else the two ways could lead to
//           the same peer, and no transport could tell (docs/decisions/0006-by-hand-or-found.md).
// Threads   A port's.
// Lifetime  Ends outlive it. When it has gone, nothing of discovery calls the Ends any more.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/client.hpp"
#include "node/ends.hpp"
#include "node/judge.hpp"
#include "node/matchmaker.hpp"

namespace weft::node {

/// Whose ports are: a Context, and the node in it, if one makes them.
struct Maker {
  std::shared_ptr<Context> context;
  std::string name = {};  ///< The node's.
  std::uint32_t node = 0;
  std::shared_ptr<const void> announced = nullptr;  ///< Keeps the node announced.

  Maker(std::shared_ptr<Context> of) noexcept : context(std::move(of)) {}  // NOLINT: implicit by design
  /// What its ports say of it.
  [[nodiscard]] Origin origin() const;
};

class Presence final {
 public:
  /// Announces the port, unless the Context does without discovery. Errors: those of Context::discovery().
  static Result<std::unique_ptr<Presence>> announce(Ends& ends, const Maker& maker, discovery::PortKind kind,
                                                    const Contract& contract);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() = default;

  /// Binds or connects the port by hand: `bind` does it and answers where, `connect` does it. A guest parts from those
  /// whom discovery found: when it is bound; before it is connected, not for good, if that fails. Errors: theirs.
  Result<std::string> bind_by_hand(const std::function<Result<std::string>()>& bind);
  Result<void> connect_by_hand(std::string_view uri, const std::function<Result<void>()>& connect);

  /// Nobody finds the port any more; whoever has, goes on until the links end, and those who choose among peers turn to
  /// others.
  void withdraw() { announced_ = {}; }

  /// The error of a wait whose time has passed: `what` did not happen. With the reason and its code, if a peer that is
  /// there is refused or cannot be reached, or others do not find this port; else with `code`. Says what to do.
  [[nodiscard]] Error in_vain(Errc code, std::string_view what) const;
  /// What to do where nothing comes.
  [[nodiscard]] std::string advice() const;

 private:
  Presence(Ends& ends, std::shared_ptr<const void> maker) noexcept
      : ends_(ends), maker_(std::move(maker)), matchmaker_(ends, ends.events()) {}

  [[nodiscard]] bool is_guest() const noexcept { return !discovery::is_owner(description_.kind); }
  void part_from_all();
  void announce_at(const std::string& uri);
  void announce();

  Ends& ends_;
  std::shared_ptr<const void> maker_;
  discovery::Client* client_ = nullptr;  // none: without discovery
  discovery::Port description_;
  Matchmaker matchmaker_;
  discovery::Client::Announced announced_;  // the last, and so the first to go
};

}  // namespace weft::node
