// Hand-over by write() and read().
#include <array>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "limits/hand_over.hpp"
#include "limits/retry.hpp"

namespace weft::perf::limits {

namespace {

/// What one side writes to, and reads from.
struct Ends {
  int out = -1;
  int in = -1;
};

/// A word travels as a T.
template <class T>
class Descriptors final : public HandOver {
 public:
  Descriptors(std::array<Ends, 2> ends, std::vector<Fd> owned) : ends_(ends), owned_(std::move(owned)) {}

  bool send(Side by, Word word) override {
    const T value = word;
    const int to = ends_[std::size_t(by)].out;
    return retry([&] { return ::write(to, &value, sizeof value); }) == sizeof value;
  }

  bool receive(Side by, Word& word) override {
    T value = 0;
    const int from = ends_[std::size_t(by)].in;
    if (retry([&] { return ::read(from, &value, sizeof value); }) != sizeof value) return false;
    word = Word(value);
    return true;
  }

 private:
  std::array<Ends, 2> ends_;
  std::vector<Fd> owned_;
};

/// Takes over the descriptors that are there.
template <class T>
std::unique_ptr<HandOver> through(Ends first, Ends second, std::vector<Fd> owned) {
  return std::make_unique<Descriptors<T>>(std::array{first, second}, std::move(owned));
}

}  // namespace

/// An eventfd's count is the word; reading takes it away.
Made make_eventfd(Cores /*cores*/) {
  const auto open = [] {
    return sys::open("eventfd", "a hand-over", [] { return ::eventfd(0, EFD_CLOEXEC); });
  };
  WEFT_TRY(auto there, open());
  WEFT_TRY(auto back, open());
  const Ends first{there.get(), back.get()};
  std::vector<Fd> owned;
  owned.push_back(std::move(there));
  owned.push_back(std::move(back));
  return through<std::uint64_t>(first, {first.in, first.out}, std::move(owned));
}

Made make_pipe(Cores /*cores*/) {
  std::array<int, 2> there{};
  std::array<int, 2> back{};
  std::vector<Fd> owned;
  for (auto* ends : {&there, &back}) {
    WEFT_CHECK(sys::call("pipe2", "a hand-over", [&] { return ::pipe2(ends->data(), O_CLOEXEC); }));
    for (const int end : *ends)
      owned.emplace_back(end);
  }
  return through<Word>({there[1], back[0]}, {back[1], there[0]}, std::move(owned));
}

Made make_unix_socket(Cores /*cores*/) {
  std::array<int, 2> pair{};
  WEFT_CHECK(sys::call("socketpair", "a hand-over",
                       [&] { return ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()); }));
  std::vector<Fd> owned;
  for (const int end : pair)
    owned.emplace_back(end);
  return through<Word>({pair[0], pair[0]}, {pair[1], pair[1]}, std::move(owned));
}

}  // namespace weft::perf::limits
