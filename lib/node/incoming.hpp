// A received message on its way in, before its type is looked at.
//
// Threads   Values that move.
#pragma once

#include <memory>

#include "node/links.hpp"
#include "transport/memory.hpp"
#include "wire/header.hpp"

namespace weft::node {

/// One message as it came: header and payload (which borrow `frame`), and how to read it.
struct Incoming {
  wire::FrameView view{};
  transport::Frame frame{};
  std::shared_ptr<const Verdict> writer{};  ///< What the sender announced, where reading needs it; else null.
  Links* links = nullptr;
};

}  // namespace weft::node
