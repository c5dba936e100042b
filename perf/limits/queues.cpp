// Hand-over through the kernel's message queues.
#include <array>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "limits/hand_over.hpp"
#include "limits/retry.hpp"

namespace weft::perf::limits {

namespace {

/// A queue of one word, whose name is gone at once. On Linux a mqd_t is a descriptor.
Result<Fd> open_posix_queue() {
  const auto name = fmt::format("/weft-perf-{}", ::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = sizeof(Word);
  auto queue = sys::open("mq_open", name, [&] {
    return ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
  });
  if (queue) ::mq_unlink(name.c_str());
  return queue;
}

class PosixQueue final : public HandOver {
 public:
  explicit PosixQueue(std::array<Fd, 2> queues) noexcept : queues_(std::move(queues)) {}

  bool send(Side by, Word word) override {
    const int to = queues_[std::size_t(by)].get();
    return retry([&] { return ::mq_send(to, reinterpret_cast<const char*>(&word), sizeof word, 0); }) == 0;
  }

  bool receive(Side by, Word& word) override {
    const int from = queues_[std::size_t(other(by))].get();
    return retry([&] { return ::mq_receive(from, reinterpret_cast<char*>(&word), sizeof word, nullptr); }) ==
           sizeof word;
  }

 private:
  std::array<Fd, 2> queues_;  ///< That each side sends to.
};

/// A queue without a key. It goes with the object: IPC_RMID takes it from who waits on it, at once.
class SystemVQueue final {
 public:
  static Result<SystemVQueue> create() {
    WEFT_TRY(const int id, sys::call("msgget", "a hand-over", [] { return ::msgget(IPC_PRIVATE, 0600); }));
    return SystemVQueue(id);
  }
  SystemVQueue(SystemVQueue&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  SystemVQueue& operator=(SystemVQueue&&) = delete;
  ~SystemVQueue() {
    if (id_ != -1) ::msgctl(id_, IPC_RMID, nullptr);
  }
  [[nodiscard]] int id() const noexcept { return id_; }

 private:
  explicit SystemVQueue(int id) noexcept : id_(id) {}
  int id_;
};

struct SystemVMessage {
  long type = 1;
  Word word = 0;
};

class SystemVQueues final : public HandOver {
 public:
  explicit SystemVQueues(std::array<SystemVQueue, 2> queues) noexcept : queues_(std::move(queues)) {}

  bool send(Side by, Word word) override {
    const SystemVMessage message{1, word};
    const int to = queues_[std::size_t(by)].id();
    return retry([&] { return ::msgsnd(to, &message, sizeof message.word, 0); }) == 0;
  }

  bool receive(Side by, Word& word) override {
    SystemVMessage message;
    const int from = queues_[std::size_t(other(by))].id();
    if (retry([&] { return ::msgrcv(from, &message, sizeof message.word, 0, 0); }) != sizeof message.word)
      return false;
    word = message.word;
    return true;
  }

 private:
  std::array<SystemVQueue, 2> queues_;  ///< That each side sends to.
};

}  // namespace

Made make_posix_queue(Cores /*cores*/) {
  WEFT_TRY(auto there, open_posix_queue());
  WEFT_TRY(auto back, open_posix_queue());
  return std::unique_ptr<HandOver>(
      std::make_unique<PosixQueue>(std::array{std::move(there), std::move(back)}));
}

Made make_sysv_queue(Cores /*cores*/) {
  WEFT_TRY(auto there, SystemVQueue::create());
  WEFT_TRY(auto back, SystemVQueue::create());
  return std::unique_ptr<HandOver>(
      std::make_unique<SystemVQueues>(std::array{std::move(there), std::move(back)}));
}

}  // namespace weft::perf::limits
