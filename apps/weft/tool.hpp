// What the verbs of `weft` share: endpoints and time limits from the command line, waiting, output.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"
#include "base/time.hpp"
#include "common/interrupt.hpp"
#include "node/context.hpp"
#include "type/qos.hpp"

namespace weft::tool {

/// What main gives every verb.
struct Tool {
  std::shared_ptr<Context> context;
  app::Interrupt& interrupt;
  bool to_terminal;  ///< Standard output is one: for people, not for programs.
};

/// --connect and --bind.
struct Peers {
  std::vector<std::string> connect;
  std::vector<std::string> bind;
  void add_to(CLI::App& verb);
};

/// Attaches a port; says on standard error where it waits, if it binds.
template <class Port>
Result<void> attach(Port& port, const Peers& peers);

/// --count, --duration.
struct Limits {
  std::uint64_t count = 0;  ///< 0: no limit.
  double seconds = 0;       ///< 0: no limit.
  void add_to(CLI::App& verb);
  [[nodiscard]] Deadline deadline() const;
};

/// Does what waits up to a deadline in slices, between which Ctrl-C is answered. `step` is called with a Deadline and
/// fails with Errc::timeout when nothing was done by then. False: interrupted.
template <class Step>
Result<bool> unless_interrupted(app::Interrupt& interrupt, Deadline deadline, Step step) {
  constexpr auto slice = std::chrono::milliseconds(100);
  while (!interrupt.requested()) {
    auto done = step(earlier(slice, deadline));
    if (done) return true;
    if (done.error().code != Errc::timeout || deadline.has_passed(now())) return std::move(done).error();
  }
  return false;
}

/// Writes a line to standard output. Errors: the kernel's.
Result<void> print_line(std::string_view line);

/// JSON in one line in which no text is a control character.
std::string json_line(const nlohmann::ordered_json& value);
/// An indented rendering for a terminal, in which no text is a control character.
std::string for_people(const nlohmann::ordered_json& value);

void announce_bound(const std::string& uri);

template <class Port>
Result<void> attach(Port& port, const Peers& peers) {
  if constexpr (requires { port.bind(""); }) {
    for (const auto& uri : peers.bind) {
      WEFT_TRY(const auto bound, port.bind(uri));
      announce_bound(bound);
    }
  }
  for (const auto& uri : peers.connect)
    WEFT_CHECK(port.connect(uri));
  return {};
}

}  // namespace weft::tool
