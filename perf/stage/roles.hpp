// The parts of a run: what each role does with its ends.
//
// Threads   Each part on a thread of its own.
#pragma once

#include <cstddef>

#include "stage/peer.hpp"
#include "stage/stage.hpp"
#include "stage/task.hpp"

namespace weft::perf {

/// Opens the ends of the task, plays its role, and says the result on the stage as that of `part`; returns when the run is
/// over. Throws where the peer fails, or has no such ends.
void perform(const Task& task, std::size_t part, Peer& peer, Stage& stage);

}  // namespace weft::perf
