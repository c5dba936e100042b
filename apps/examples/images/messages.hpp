// What travels between weft-images feed and its workers.
//
//     feed ──── images/jobs ────► work, work, work …
//       ▲                               │
//       └─ images/results/CONTEXT ◄─────┘     a queue of each feed's own: several may run beside each other
//
// A worker acknowledges a job when its result has been acknowledged, which feed does when it has written it. So whichever
// worker dies at whatever moment: the image is done by another, and at most one result comes twice.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "weft.hpp"

namespace weft::images {

inline constexpr std::uint32_t most_width = 10'000;
inline constexpr std::uint32_t most_blur = 100;
inline constexpr std::size_t most_file_bytes = std::size_t{64} << 20;

/// What is done to every image.
struct Steps {
  std::uint32_t width = 320;
  std::uint32_t blur = 1;
  bool equalise = true;
  WEFT_MESSAGE("images/Steps", width, blur, equalise)
};

struct Job {
  std::uint64_t context = 0;  ///< Whose it is, and where its result goes: results_of().
  std::uint32_t number = 0;   ///< Which of its images.
  std::string name;           ///< For people.
  BytesView file;             ///< A PNG or JPEG, as it is on the disk.
  Steps steps;
  WEFT_MESSAGE("images/Job", context, number, name, file, steps)
};

struct Done {
  std::uint32_t number = 0;
  std::string error;  ///< Why there is no picture; else empty.
  BytesView png;
  WEFT_MESSAGE("images/Done", number, error, png)
};

/// So many files are in memory at a time, and no worker waits for the next.
inline constexpr Qos in_flight{.reliability = Reliability::reliable, .depth = 64};

inline constexpr Queue<Job> jobs{"images/jobs", in_flight};
/// Jobs that five workers could not do; of all who feed.
inline constexpr Topic<Job> dead_jobs{"images/jobs/dead", {.reliability = Reliability::reliable}};

inline std::string results_of(std::uint64_t context) {
  return fmt::format("images/results/c{:016x}", context);
}

}  // namespace weft::images
