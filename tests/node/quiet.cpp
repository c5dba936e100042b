// What arrives while a port sends: its End's descriptor need not tell (transport.hpp, receive()), and the port sees it.
#include <functional>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>

#include "wrapped.hpp"

namespace weft::test {

namespace {

constexpr Service<Note, Note> note_echo{"test/note_echo"};
constexpr Queue<Note> jobs{"test/jobs"};

/// What the other side does while the next frame is sent.
std::function<void()> meanwhile;  // NOLINT(*-avoid-non-const-global-variables): a Factory has no state

/// One whose descriptor says no more than it must.
class QuietEnd final : public WrappedEnd {
 public:
  static constexpr std::string_view scheme = "quiet";
  QuietEnd(std::unique_ptr<End> end, transport::Role /*role*/) : WrappedEnd(std::move(end)) { listen(); }
  bool send(transport::Loan& loan, transport::Haste haste) override {
    const bool sent = WrappedEnd::send(loan, haste);
    const auto others = std::exchange(meanwhile, nullptr);
    if (!others) return sent;
    others();
    if (std::exchange(listens_, false)) ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, WrappedEnd::fd(), nullptr);
    return sent;
  }
  bool receive(transport::Frame& frame) override {
    if (WrappedEnd::receive(frame)) return true;
    if (!listens_) listen();
    return false;
  }
  [[nodiscard]] int fd() noexcept override { return fd_.get(); }

 private:
  void listen() {
    epoll_event event{};
    event.events = EPOLLIN;
    listens_ = ::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, WrappedEnd::fd(), &event) == 0;
  }

  Fd fd_{::epoll_create1(EPOLL_CLOEXEC)};
  bool listens_ = false;
};

bool is_readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

/// A producer and a worker, matched.
struct Line {
  Node node = make_wrapping_node<QuietEnd>();
  Worker<Note> worker = node.worker(jobs).value();
  Producer<Note> producer = node.producer(jobs).value();

  Line() {
    producer.connect(worker.bind("quiet://line").value()).value();
    while (producer.matched() == 0)
      REQUIRE_FALSE(worker.try_receive());
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  void push(std::uint64_t number) { producer.push({number, ""}, {.key = "one"}, patience).value(); }
};

}  // namespace

TEST_CASE("a client's descriptor tells of a reply that came while its request was sent") {
  auto node = make_wrapping_node<QuietEnd>();
  auto server = node.serve(note_echo, [](const Note& q) { return q; }).value();
  auto client = node.client(note_echo).value();
  client.connect(server.bind("quiet://server").value()).value();
  while (client.matched() == 0)
    server.try_serve();
  const int fd = client.fd().value();
  meanwhile = [&] { server.serve_one(patience).value(); };
  auto call = client.call({7, ""}, patience);
  CHECK(is_readable(fd));
  CHECK(call.try_take().value().value()->number == 7);
}

TEST_CASE("a worker's descriptor tells of an item that came while it acknowledged another") {
  Line line;
  line.push(1);
  const int fd = line.worker.fd().value();
  auto item = line.worker.receive(patience).value();
  CHECK_FALSE(line.worker.try_receive());
  meanwhile = [&] { line.push(2); };
  item.done();
  CHECK(is_readable(fd));
  CHECK(line.worker.receive(patience).value()->number == 2);
}

TEST_CASE("a producer that waits sees a receipt that came while it gave the next item of a key") {
  Line line;
  line.push(1);
  line.push(2);  // waits for the first
  const auto work = [&] { line.worker.receive(patience).value().done(); };
  work();
  meanwhile = work;
  CHECK(line.producer.flush(patience));
}

}  // namespace weft::test
