// Step: the numbered steps of what two programs do in shared memory, at each of which one of them may die or stop.
//
// What      Nothing, in the library. The process tests compile these sources with WEFT_FAULT_STEPS and a reach() of their own,
//           which stops the process at the step that they name, to be killed there or to go on much later.
// Threads   Any.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weft::transport::shm {

enum class Step : std::uint8_t {
  // A writer:
  reclaimed,         ///< What is about to be overwritten is announced.
  record_copied,     ///< A record is there, but for its word;
  record_named,      ///< with its word;
  record_written,    ///< and readers may read it.
  sleeper_forgiven,  ///< A reader is said to be awake, and not woken yet;
  bell_changed,      ///< nor by its futex.
  ring_shown,        ///< A longer ring was shown, and is not used yet;
  ring_named,        ///< or only named.
  slots_shown,       ///< New slots are shown, and not used yet.
  slot_claimed,      ///< A slot's tag is taken away.
  slot_sent,         ///< A slot has its new tag, and no record refers to it.
  writer_sleeps,     ///< A writer says that it sleeps.
  // A reader:
  record_read,      ///< A record was copied, and is not looked at again yet.
  slot_held,        ///< A reader says that it holds a slot, and has not looked whether it is the same.
  slot_read,        ///< It is.
  slot_dropped,     ///< The reader is done with it, and has not said so.
  position_told,    ///< How far a reader is, but not how many it has taken;
  taken_told,       ///< with that, but a writer that sleeps was not looked for;
  writer_forgiven,  ///< or is said to be awake, and not woken yet.
  reader_sleeps,    ///< A reader says that it sleeps on a futex,
  reader_polls,     ///< or on its socket.
  // Those who meet:
  greeted,   ///< A guest has said who it is.
  welcomed,  ///< An owner has shown what it has.
  attached,  ///< A guest has mapped that.
};

inline constexpr std::array<std::string_view, 24> step_names{
    "reclaimed",       "record_copied", "record_named", "record_written", "sleeper_forgiven", "bell_changed",
    "ring_shown",      "ring_named",    "slots_shown",  "slot_claimed",   "slot_sent",        "writer_sleeps",
    "record_read",     "slot_held",     "slot_read",    "slot_dropped",   "position_told",    "taken_told",
    "writer_forgiven", "reader_sleeps", "reader_polls", "greeted",        "welcomed",         "attached"};
static_assert(step_names.size() == std::size_t(Step::attached) + 1);

#ifdef WEFT_FAULT_STEPS
void reach(Step step) noexcept;
#else
inline void reach(Step /*step*/) noexcept {}
#endif

}  // namespace weft::transport::shm
