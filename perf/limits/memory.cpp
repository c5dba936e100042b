// Hand-over in shared memory, by spinning and by a futex.
//
//   0        4                     64       68                   128
//   +--------+---------------------+--------+---------------------+
//   | word   | nothing             | word   | nothing             |
//   +--------+---------------------+--------+---------------------+
//    by the first side's hand alone  by the second's
//
// 1 A word is written by one side only, and read by the other.
// 2 A side that reads another word than its last has everything that the other wrote before: store (release) and load
//   (acquire) of the word are partners.
#include <array>
#include <atomic>
#include <cerrno>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "limits/hand_over.hpp"
#include "limits/shared.hpp"
#include "limits/spin.hpp"

namespace weft::perf::limits {

namespace {

struct alignas(64) Line {
  std::atomic<Word> word;
};
static_assert(sizeof(Line) == 64 && sizeof(std::atomic<Word>) == 4 && std::atomic<Word>::is_always_lock_free);

std::size_t index(Side side) noexcept {
  return std::size_t(side);
}

class CacheLine final : public HandOver {
 public:
  CacheLine(Shared<Line> lines, unsigned looks) noexcept : lines_(std::move(lines)), looks_(looks) {}

  bool send(Side by, Word word) override {
    lines_[index(by)].word.store(word, std::memory_order_release);  // pairs with receive()
    return true;
  }

  bool receive(Side by, Word& word) override {
    const auto& from = lines_[index(other(by))].word;
    spin_until(looks_, [&] {
      word = from.load(std::memory_order_acquire);  // pairs with send()
      return word != last_[index(by)];
    });
    last_[index(by)] = word;
    return true;
  }

 private:
  Shared<Line> lines_;
  unsigned looks_;
  std::array<Word, 2> last_{};  ///< That each side has received; its own.
};

class Futex final : public HandOver {
 public:
  explicit Futex(Shared<Line> lines) noexcept : lines_(std::move(lines)) {}

  bool send(Side by, Word word) override {
    auto& to = lines_[index(by)].word;
    to.store(word, std::memory_order_release);  // pairs with receive()
    return call(to, FUTEX_WAKE, 1) != -1;
  }

  bool receive(Side by, Word& word) override {
    auto& from = lines_[index(other(by))].word;
    auto& last = last_[index(by)];
    while ((word = from.load(std::memory_order_acquire)) == last) {  // pairs with send()
      if (call(from, FUTEX_WAIT, last) == -1 && errno != EAGAIN && errno != EINTR) return false;
    }
    last = word;
    return true;
  }

 private:
  static long call(std::atomic<Word>& word, int operation, Word value) noexcept {
    return ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
  }

  Shared<Line> lines_;
  std::array<Word, 2> last_{};  ///< As above.
};

unsigned looks_on(Cores cores) noexcept {
  switch (cores) {
    case Cores::one:
      return 1;
    case Cores::two:
      return never_yield;
    case Cores::free:
      break;
  }
  return 1000;
}

}  // namespace

Made make_cache_line(Cores cores) {
  WEFT_TRY(auto lines, Shared<Line>::create(2));
  return std::unique_ptr<HandOver>(std::make_unique<CacheLine>(std::move(lines), looks_on(cores)));
}

Made make_futex(Cores /*cores*/) {
  WEFT_TRY(auto lines, Shared<Line>::create(2));
  return std::unique_ptr<HandOver>(std::make_unique<Futex>(std::move(lines)));
}

}  // namespace weft::perf::limits
