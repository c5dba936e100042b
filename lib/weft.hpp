// All of weft in one include.
#pragma once

#include "node/node.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"
