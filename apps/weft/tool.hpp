// What the verbs of `weft` share: the Context and the daemon where they need them, endpoints and limits from the
// command line, waiting, output.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "codec/dynamic.hpp"
#include "common/command.hpp"
#include "common/interrupt.hpp"
#include "common/terminal.hpp"
#include "discovery/inquiry.hpp"
#include "node/context.hpp"
#include "type/qos.hpp"

namespace weft::tool {

/// What main gives every verb.
class Tool final {
 public:
  Tool(ContextOptions options, app::Interrupt& signals, app::Terminal output)
      : interrupt(signals), terminal(output), options_(std::move(options)) {}

  /// Made when first asked for. Errors: Context::create's.
  Result<std::shared_ptr<Context>> context();
  /// The directory of the daemon's domain as it is now. Errors: discovery::watch's, on Ctrl-C cancelled.
  [[nodiscard]] Result<discovery::Watcher> watch() const;
  /// Why messages of that name do not flow. Errors: discovery::inquire's, cancelled once `stop` is readable.
  [[nodiscard]] Result<discovery::Explanation> why(const std::string& name, int stop = -1) const;
  /// The reasons why the topic, service or queue of that name does not flow, each once, or why that cannot be said.
  [[nodiscard]] std::vector<std::string> reasons(discovery::Sort sort, const std::string& name,
                                                 int stop = -1) const;
  [[nodiscard]] const std::string& domain() const noexcept { return options_.domain; }
  /// As the environment gives it; empty: the usual one.
  [[nodiscard]] const std::string& given_directory() const noexcept { return options_.runtime_directory; }

  app::Interrupt& interrupt;
  const app::Terminal terminal;
  /// The exit code of a verb that did its work and has bad news.
  int code = 0;

 private:
  ContextOptions options_;
  std::shared_ptr<Context> context_;
};

/// --connect and --bind.
struct Peers {
  std::vector<std::string> connect;
  std::vector<std::string> bind;
  void add_to(app::Command& verb);
  void add_connect_to(app::Command& verb);
  void add_bind_to(app::Command& verb);
  [[nodiscard]] bool any() const noexcept { return !connect.empty() || !bind.empty(); }
};

/// Attaches a port; says on standard error where it waits, if it binds. Without endpoints discovery does it.
template <class Port>
Result<void> attach(Port& port, const Peers& peers);

/// --count, --duration.
struct Limits {
  std::uint64_t count = 0;  ///< 0: no limit.
  double seconds = 0;       ///< 0: no limit.
  void add_to(app::Command& verb);
  [[nodiscard]] Deadline deadline() const;
};

/// What is said of a topic or queue whose messages or items came, but too few in the time.
Error too_few(const std::string& name, std::string_view what, std::uint64_t came, std::uint64_t wanted);

/// --json.
void add_json_to(app::Command& verb, bool& json);

/// Does what waits up to a deadline in slices, between which Ctrl-C is answered. `step` is called with a Deadline and
/// fails when nothing was done by then; what it fails with earlier, or at the last, is the error. False: interrupted.
template <class Step>
Result<bool> unless_interrupted(app::Interrupt& interrupt, Deadline deadline, Step step) {
  constexpr auto slice = std::chrono::milliseconds(100);
  while (!interrupt.requested()) {
    const auto until = earlier(slice, deadline);
    auto done = step(until);
    if (done) return true;
    const bool early = done.error().code != Errc::timeout && !until.has_passed(now());
    if (early || deadline.has_passed(now())) return std::move(done).error();
  }
  return false;
}

/// Writes to standard output. Errors: app::print's.
Result<void> print_text(std::string_view text);
/// The same, and a newline.
Result<void> print_line(std::string_view line);

/// JSON in one line in which no text is a control character.
std::string json_line(const Json& value);
/// An indented rendering for people, in which no text is a control character.
std::string for_people(const Json& value);

void announce_bound(const std::string& uri);

template <class Port>
Result<void> attach(Port& port, const Peers& peers) {
  if constexpr (requires { port.bind(""); }) {
    for (const auto& uri : peers.bind) {
      WEFT_TRY(const auto bound, port.bind(uri));
      announce_bound(bound);
    }
  }
  if constexpr (requires { port.connect(""); }) {
    for (const auto& uri : peers.connect)
      WEFT_CHECK(port.connect(uri));
  }
  return {};
}

}  // namespace weft::tool
