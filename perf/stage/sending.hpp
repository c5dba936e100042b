// Sending: the messages of one phase, as fast as it goes or each when it is due.
//
// Threads   One at a time.
#pragma once

#include <cstdint>
#include <functional>

#include "stage/mark.hpp"
#include "stage/pace.hpp"
#include "stage/stage.hpp"
#include "stage/task.hpp"

namespace weft::perf {

struct Sent {
  std::uint64_t count = 0;
  double seconds = 0;
  double waited = 0;  ///< Processor seconds for looking whether the next was due.
};

/// Has `send` send a message after the other, each with the mark that it is given but for the sequence, until the phase is
/// over, or weft-perf has stopped the run. With a rate each is sent when it is due, or at once if that has passed, and its
/// stamp says when that was; then the phase lasts until its end, also if nothing is due any more.
Sent send_phase(const Task& task, Phase phase, const Stage& stage, Clock& clock,
                const std::function<void(Mark mark)>& send);

}  // namespace weft::perf
