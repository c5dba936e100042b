// How feed and alone end.
//
// Threads   Any.
#pragma once

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "examples/images/display.hpp"

namespace weft::images {

/// The contact sheet, the summary, and whether all went well.
inline Result<void> conclude(Gallery& gallery, Display& display, const Workforce& workforce) {
  const auto all = gallery.sources().size();
  if (!gallery.is_complete()) {
    return Error{Errc::cancelled,
                 fmt::format("interrupted: {} of {} images are in {}; the same command does them all again",
                             gallery.written(), all, shown(gallery.folder()))};
  }
  WEFT_CHECK(gallery.finish());
  WEFT_CHECK(display.finish(gallery, workforce));
  if (gallery.failed() == 0) return {};
  return Error{Errc::malformed, fmt::format("{} of {} images could not be done", gallery.failed(), all)};
}

}  // namespace weft::images
