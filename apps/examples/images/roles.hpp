// The three things that weft-images can be.
//
// Threads   Each is the program.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "common/interrupt.hpp"
#include "examples/images/messages.hpp"

namespace weft::images {

/// What feed and alone have in common.
struct Order {
  std::vector<std::string> folders;
  std::string out;
  Steps steps;
  bool json = false;
};

/// Pushes the images for workers to do, and writes what they make of them. Errors: malformed, if some could not be done;
/// cancelled, on Ctrl-C before the end; those of writing.
Result<void> feed(const Order& order, const Node& node, app::Interrupt& interrupt, char** environment);

/// Does the same images here, one after the other, without weft. Errors: the same.
Result<void> alone(const Order& order, app::Interrupt& interrupt, char** environment);

/// Works for all who feed, at that many images at a time, until Ctrl-C.
Result<void> work(unsigned jobs_at_a_time, const Node& node, app::Interrupt& interrupt);

}  // namespace weft::images
