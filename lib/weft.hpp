// All of weft in one include.
//
// Threads   As each header says.
#pragma once

#include "node/node.hpp"
#include "run/executor.hpp"
#include "run/spawn.hpp"
#include "run/wait_set.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"
