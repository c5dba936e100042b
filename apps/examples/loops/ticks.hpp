// What the programs of this folder have in common: a topic, a subscriber of it, and counting. Each of them is one way to wait
// for its descriptor.
//
// Threads   One.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/interrupt.hpp"
#include "weft.hpp"

namespace weft::loops {

struct Tick {
  std::uint64_t number = 0;
  WEFT_MESSAGE("loops/Tick", number)
};
inline constexpr Topic<Tick> ticks{"loops/ticks", {.reliability = Reliability::reliable}};

class Counter final {
 public:
  explicit Counter(Subscriber<Tick> subscriber) : subscriber_(std::move(subscriber)) {}

  /// For loops: readable while there may be a tick to take.
  Result<int> fd() { return subscriber_.fd(); }
  [[nodiscard]] Subscriber<Tick>& subscriber() noexcept { return subscriber_; }

  /// Takes sixteen at most, so that others get their turn: whatever is left keeps the descriptor readable. Says how many there
  /// were in all when there are no more. Errors: those of standard output.
  Result<void> take_some();
  /// One has been taken.
  Result<void> count();

 private:
  [[nodiscard]] Result<void> say() const;

  Subscriber<Tick> subscriber_;
  std::uint64_t taken_ = 0;
  bool said_ = true;
};

struct Program {
  Counter& counter;
  const app::Interrupt& interrupt;
  const std::string& argument;
};
using Loop = std::function<Result<void>(Program program)>;

/// What a program consists of.
struct Description {
  std::string name;
  std::string what;
  std::string argument = {};  ///< The name of one that it needs. Default: none.
};

/// The rest of main(): the command line, the world, the subscriber.
int run(const Description& description, const Loop& loop, int argc, char** argv);

}  // namespace weft::loops
