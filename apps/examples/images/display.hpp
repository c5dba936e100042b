// Display: what weft-images says while it goes on: a bar on a terminal, else a line for each image, or JSON.
//
// Threads   One at a time.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "common/terminal.hpp"
#include "examples/images/gallery.hpp"

namespace weft::images {

inline constexpr const char* program = "weft-images";

/// What is known of the workers.
struct Workforce {
  std::uint32_t workers = 0;
  std::uint64_t redelivered = 0;  ///< How often an image went to another worker.
};

class Display final {
 public:
  Display(bool json, char** environment) : json_(json), environment_(environment) {}

  /// An image has been settled. Errors: those of standard output.
  Result<void> settled(const Gallery& gallery, std::uint32_t number, Gallery::Taken taken);
  /// A moment has passed.
  Result<void> update(const Gallery& gallery, const Workforce& workforce);
  /// It is all done.
  Result<void> finish(const Gallery& gallery, const Workforce& workforce);

 private:
  enum class Style { bar, lines, json };
  [[nodiscard]] Style style() const;

  bool json_;
  char** environment_;
  Instant begun_ = now();
  bool bar_stands_ = false;
};

}  // namespace weft::images
