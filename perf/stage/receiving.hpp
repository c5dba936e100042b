// Received: what a reader does with each payload, and what it has found out.
//
// Threads   One at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <nlohmann/json.hpp>

#include "kit/histogram.hpp"
#include "stage/mark.hpp"
#include "stage/peer.hpp"
#include "stage/tally.hpp"
#include "stage/task.hpp"
#include "stage/usage.hpp"

namespace weft::perf {

class Received final {
 public:
  /// `task` outlives it.
  explicit Received(const Task& task)
      : task_(task), tallies_(task.role == Role::subscribe ? task.others : 1) {}

  /// Reads the payload that came last as the task says; one of another size than was sent is broken.
  void take(BytesView payload, Reader& reader);
  /// Each writer has said that it is done.
  [[nodiscard]] bool ended() const noexcept;
  /// Nothing came: what is used from now on, waiting, counts only if something does.
  void settle();
  /// Nothing more is to come: the result.
  [[nodiscard]] nlohmann::json result(const Reader& reader);

 private:
  void measure(const Mark& mark);
  void hold(Reader& reader);
  void rest() const;

  const Task& task_;
  std::vector<Tally> tallies_;  // of each writer
  Histogram one_way_;
  std::uint64_t delivered_ = 0;
  std::uint64_t broken_ = 0;
  std::int64_t first_ns_ = 0;
  std::int64_t last_ns_ = 0;
  Usage usage_;
  nlohmann::json used_;  // when nothing came; null: something has come since
  std::deque<std::shared_ptr<const void>> held_;
};

}  // namespace weft::perf
