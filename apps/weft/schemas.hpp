// Schemas that the command line names: by text, by file, or by what the directory knows; and the type of what is to be sent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/deadline.hpp"
#include "type/schema.hpp"
#include "weft/patience.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

/// Canonical text, or @FILE, whose first line it is. Errors: invalid_argument (the text), the kernel's (the file).
Result<Schema> schema_from(const std::string& text_or_file);

/// Those that `name` means: canonical text, @FILE, a topic's, a service's request and response, or a type by its name;
/// never empty. What somebody announced and is no schema it says on standard error. Errors: as above; not_found, with
/// names that may have been meant; malformed, nothing that is announced is a schema; tool.watch()'s.
Result<std::vector<Schema>> schemas_named(const std::string& name, Tool& tool);

/// What is known of the type of what is to be sent.
struct Typing {
  const std::string& schema;  ///< --schema; empty: not given.
  const Peers& peers;         ///< None: they are found.
};
/// What --schema says, else what somebody who has the topic or queue says in the directory, else nothing: the first peer
/// will say. Errors: invalid_argument.
Result<std::shared_ptr<const Schema>> type_to_send(Sort sort, const std::string& name, const Typing& typing,
                                                   Tool& tool);

/// For whom a sender waits before it sends.
struct Awaited {
  Sort sort;
  const std::string& name;
  std::uint32_t count;
  const Peers& peers;
  double timeout;  ///< Seconds; 0: none.
};
/// What they are to it: its readers, as a topic's subscribers.
discovery::PortKind readers_of(Sort sort);
/// What is said where nobody says the type.
Error untyped(const Awaited& awaited, std::uint32_t matched, const Tool& tool);
/// The same without the directory's reasons.
std::string untyped_by(const Awaited& awaited, std::uint32_t matched);

/// Waits for as many peers as were asked for, and for one that says the type where nobody else does, and says for whom
/// after a while. False: interrupted.
template <class Port>
Result<bool> wait_for_type(Port& port, const Awaited& awaited, Tool& tool) {
  const auto deadline = app::deadline_in(awaited.timeout);
  Patience patience(readers_of(awaited.sort), awaited.name, awaited.peers, tool);
  const auto met = [&]() -> Result<void> {
    WEFT_CHECK(port.wait_matched(1, Deadline::passed()));
    if (port.schema() != nullptr) return {};
    return Error{Errc::unavailable, untyped_by(awaited, port.matched())};
  };
  for (auto wanted = awaited.count;; wanted = port.matched() + 1) {
    auto waited = unless_interrupted(tool.interrupt, deadline, [&](Deadline slice) {
      auto matched = port.wait_matched(wanted, slice);
      if (!matched && !deadline.has_passed(now())) patience.look(met);
      return matched;
    });
    const bool known = port.schema() != nullptr;
    if (!waited && waited.error().code == Errc::timeout && !known)
      return untyped(awaited, port.matched(), tool);
    if (!waited || !*waited || known) return waited;
  }
}

}  // namespace weft::tool
