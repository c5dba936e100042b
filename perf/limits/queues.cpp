// Hand-over through the kernel's message queues.
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

using QueueIds = std::array<int, 2>;

/// The process that keeps two queues: makes them, tells their ids, and removes them once the other end is closed.
[[noreturn]] void keep_queues(int told) {
  QueueIds ids{};
  for (auto& id : ids) {
    id = ::msgget(IPC_PRIVATE, 0600);
    if (id == -1) id = -errno;
  }
  (void)!::write(told, &ids, sizeof ids);
  char nothing = 0;
  retry([&] { return ::read(told, &nothing, 1); });
  for (const int id : ids) {
    if (id >= 0) ::msgctl(id, IPC_RMID, nullptr);
  }
  ::_exit(0);
}

/// Two queues, which go with the object. IPC_RMID takes a queue from who uses it, at once: so it cannot be called as soon as
/// the queue is there, as mq_unlink can. That they go however this process ends, kill -9 too, is another process's task.
class SystemVPair final {
 public:
  static Result<SystemVPair> create() {
    std::array<int, 2> ends{};
    WEFT_CHECK(sys::call("socketpair", "a keeper of queues", [&] {
      return ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
    }));
    Fd ours(ends[0]);
    const Fd keepers(ends[1]);
    WEFT_TRY(const auto keeper, sys::call("fork", "a keeper of queues", [] { return ::fork(); }));
    if (keeper == 0) {
      ours.reset();
      keep_queues(keepers.get());
    }
    SystemVPair pair(std::move(ours), keeper);
    WEFT_CHECK(sys::call("read", "a keeper of queues",
                         [&] { return ::read(pair.keeper_end_.get(), &pair.ids_, sizeof pair.ids_); }));
    for (const int id : pair.ids_) {
      if (id < 0) return sys_error(-id, "msgget", "a hand-over");
    }
    return pair;
  }
  SystemVPair(SystemVPair&& other) noexcept
      : keeper_end_(std::move(other.keeper_end_)),
        keeper_(std::exchange(other.keeper_, -1)),
        ids_(other.ids_) {}
  SystemVPair& operator=(SystemVPair&&) = delete;
  ~SystemVPair() {
    if (keeper_ == -1) return;
    keeper_end_.reset();
    retry([&] { return ::waitpid(keeper_, nullptr, 0); });
  }
  [[nodiscard]] const QueueIds& ids() const noexcept { return ids_; }

 private:
  SystemVPair(Fd keeper_end, pid_t keeper) noexcept : keeper_end_(std::move(keeper_end)), keeper_(keeper) {}
  Fd keeper_end_;
  pid_t keeper_;
  QueueIds ids_{};
};

struct SystemVMessage {
  long type = 1;
  Word word = 0;
};

class SystemVQueues final : public HandOver {
 public:
  explicit SystemVQueues(SystemVPair pair) noexcept : pair_(std::move(pair)) {}

  bool send(Side by, Word word) override {
    const SystemVMessage message{1, word};
    const int to = pair_.ids()[std::size_t(by)];
    return retry([&] { return ::msgsnd(to, &message, sizeof message.word, 0); }) == 0;
  }

  bool receive(Side by, Word& word) override {
    SystemVMessage message;
    const int from = pair_.ids()[std::size_t(other(by))];
    if (retry([&] { return ::msgrcv(from, &message, sizeof message.word, 0, 0); }) != sizeof message.word)
      return false;
    word = message.word;
    return true;
  }

 private:
  SystemVPair pair_;  ///< Of the queues that each side sends to.
};

}  // namespace

Made make_posix_queue(Cores /*cores*/) {
  WEFT_TRY(auto there, open_posix_queue());
  WEFT_TRY(auto back, open_posix_queue());
  return std::unique_ptr<HandOver>(
      std::make_unique<PosixQueue>(std::array{std::move(there), std::move(back)}));
}

Made make_sysv_queue(Cores /*cores*/) {
  WEFT_TRY(auto pair, SystemVPair::create());
  return std::unique_ptr<HandOver>(std::make_unique<SystemVQueues>(std::move(pair)));
}

}  // namespace weft::perf::limits
