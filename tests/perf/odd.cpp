// weft-perf-odd: a peer whose transports are what may go wrong. Tests of weft-perf see whether it says so.
//
// What      All but one join no processes. Their messages go through a queue for each reader, in order and without loss, but
//           for what the transport's name says.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "stage/mark.hpp"
#include "stage/play.hpp"

namespace {

using namespace weft;
using namespace weft::perf;
using namespace std::chrono_literals;

constexpr std::array behaviours{
    "sound",                // all as it should be
    "drops",                // every seventh message, and counts them
    "drops-untold",         // the same, and counts nothing at all
    "drops-uncounted",      // the same, and counts that it lost none
    "drops-miscounted",     // the same, and counts one less
    "twice",                // delivers every third message twice
    "swaps",                // delivers each second message before the first
    "corrupts",             // flips a bit of every third message
    "cuts",                 // leaves a byte of every third message out
    "mute",                 // delivers nothing
    "dies",                 // in the middle
    "throws",               // in the middle
    "hangs",                // in the middle, and says so on standard error
    "says:what?",           // on standard output, where weft-perf listens
    "says:{}",              // the same
    "says:[]",              // the same
    "says:{\"at\":7}",      // the same
    "says:{\"at\":[]}",     // the same
    "says:{\"result\":0}",  // the same
    "says:{\"result\":7}",  // the same
    "apart",  // sound topics by datagrams, which join processes; each says on standard error who it is
};
constexpr const char* apart = "apart";

/// What is on its way to one reader.
class Box final {
 public:
  explicit Box(std::size_t depth) : depth_(depth) {}
  void put(Bytes message) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return messages_.size() < depth_; });
    messages_.push_back(std::move(message));
    changed_.notify_all();
  }
  std::optional<Bytes> take() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 100ms, [&] { return !messages_.empty(); })) return {};
    auto message = std::move(messages_.front());
    messages_.pop_front();
    changed_.notify_all();
    return message;
  }
  std::atomic<std::uint64_t> lost{0};

 private:
  const std::size_t depth_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Bytes> messages_;
};

/// The readers of one name.
class Place final {
 public:
  std::shared_ptr<Box> join(const Channel& channel) {
    const std::lock_guard lock(mutex_);
    boxes_.push_back(std::make_shared<Box>(channel.depth));
    changed_.notify_all();
    return boxes_.back();
  }
  std::vector<std::shared_ptr<Box>> wait_for(std::size_t readers) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return boxes_.size() >= readers; });
    return boxes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Box>> boxes_;
};

/// From one writer to one reader, as the behaviour has it.
class Way final {
 public:
  Way(std::string behaviour, std::shared_ptr<Box> box)
      : behaviour_(std::move(behaviour)), box_(std::move(box)) {}

  void send(const Bytes& message) {
    const auto phase = mark_of(message).phase;
    const bool middle = phase == Phase::measured && ++measured_ == 3;
    const bool third = ++number_ % 3 == 0 && phase != Phase::end;
    if (middle && behaviour_ == "dies") ::_exit(3);
    if (middle && behaviour_ == "throws") throw std::runtime_error("it was asked to throw");
    if (middle && behaviour_ == "hangs") hang();
    if (behaviour_ == "mute") return;
    if (behaviour_.starts_with("drops") && number_ % 7 == 0) {
      ++box_->lost;
    } else if (behaviour_ == "swaps") {
      swap(message, phase);
    } else {
      box_->put(third ? changed(message) : message);
      if (third && behaviour_ == "twice") box_->put(message);
    }
  }

 private:
  [[nodiscard]] Bytes changed(Bytes message) const {
    if (behaviour_ == "corrupts") message.back() ^= std::byte{1};
    if (behaviour_ == "cuts") message.pop_back();
    return message;
  }
  void swap(const Bytes& message, Phase phase) {
    if (first_ && phase == Phase::end) box_->put(*std::exchange(first_, {}));
    if (!first_ && phase != Phase::end) {
      first_ = message;
      return;
    }
    box_->put(message);
    if (first_) box_->put(*std::exchange(first_, {}));
  }
  [[noreturn]] static void hang() {
    std::fputs("hangs\n", stderr);
    for (;;)
      ::pause();
  }

  const std::string behaviour_;
  const std::shared_ptr<Box> box_;
  std::uint64_t number_ = 0;
  std::uint64_t measured_ = 0;
  std::optional<Bytes> first_;  // of two that are swapped
};

/// To every reader, or to each in turn.
class OddWriter final : public Writer {
 public:
  OddWriter(const Channel& channel, Place& place, bool to_all)
      : behaviour_(channel.transport), place_(place), to_all_(to_all) {}
  void wait_for(std::uint32_t readers) override {
    for (auto& box : place_.wait_for(readers))
      ways_.emplace_back(behaviour_, std::move(box));
  }
  std::span<std::byte> begin(std::size_t bytes) override {
    message_.resize(bytes);
    return message_;
  }
  void send() override {
    if (!to_all_) return ways_[next_++ % ways_.size()].send(message_);
    for (auto& way : ways_)
      way.send(message_);
  }

 private:
  const std::string behaviour_;
  Place& place_;
  const bool to_all_;
  std::vector<Way> ways_;
  std::size_t next_ = 0;
  Bytes message_;
};

class OddReader final : public Reader {
 public:
  OddReader(const Channel& channel, Place& place)
      : behaviour_(channel.transport), box_(place.join(channel)) {}
  std::optional<BytesView> receive() override {
    auto message = box_->take();
    if (!message) return {};
    last_ = std::make_shared<Bytes>(*std::move(message));
    return *last_;
  }
  std::shared_ptr<const void> keep() override { return last_; }
  [[nodiscard]] std::optional<Drops> drops() const override {
    const auto lost = box_->lost.load();
    if (behaviour_ == "drops-untold") return {};
    if (behaviour_ == "drops-uncounted") return Drops{};
    if (behaviour_ == "drops-miscounted") return Drops{{"oddity", lost - 1}};
    return Drops{{"oddity", lost}};
  }

 private:
  const std::string behaviour_;
  const std::shared_ptr<Box> box_;
  std::shared_ptr<Bytes> last_;
};

class OddCaller final : public Caller {
 public:
  OddCaller(const Channel& channel, Place& requests, Place& replies)
      : requests_(channel, requests, true), replies_(channel, replies) {}
  void wait_for(std::uint32_t servers) override { requests_.wait_for(servers); }
  std::span<std::byte> begin(std::size_t bytes) override { return requests_.begin(bytes); }
  void send() override { requests_.send(); }
  std::optional<BytesView> receive() override { return replies_.receive(); }

 private:
  OddWriter requests_;
  OddReader replies_;
};

class OddAnswerer final : public Answerer {
 public:
  OddAnswerer(const Channel& channel, Place& requests, Place& replies)
      : requests_(channel, requests), replies_(replies) {}
  void serve() override {
    const auto request = requests_.receive();
    for (const auto& box : request ? replies_.wait_for(1) : std::vector<std::shared_ptr<Box>>())
      box->put(Bytes(request->begin(), request->end()));
  }

 private:
  OddReader requests_;
  Place& replies_;
};

// ---- datagrams ------------------------------------------------------------------------------------------------------

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// `path`: empty: the kernel gives it a name.
Fd bound_socket(const std::string& path) {
  Fd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto address = address_of(path);
  const auto size = path.empty() ? sizeof address.sun_family : sizeof address;
  if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), socklen_t(size)) != 0)
    throw std::system_error(errno, std::generic_category(), "bind");
  return made;
}

void say_who(const char* role) {
  std::fprintf(stderr, "%s %d\n", role, ::getpid());
}

class ApartWriter final : public Writer {
 public:
  explicit ApartWriter(const Channel& channel)
      : path_(channel.directory + "/" + std::to_string(channel.number)), socket_(bound_socket(path_)) {}
  [[nodiscard]] std::string endpoint() const override { return path_; }
  /// Each says that it is there.
  void wait_for(std::uint32_t readers) override {
    while (readers_.size() < readers) {
      sockaddr_un from{};
      socklen_t size = sizeof from;
      char hello = 0;
      ::recvfrom(socket_.get(), &hello, 1, 0, reinterpret_cast<sockaddr*>(&from), &size);
      readers_.emplace_back(from, size);
    }
  }
  std::span<std::byte> begin(std::size_t bytes) override {
    message_.resize(bytes);
    return message_;
  }
  /// One that is gone gets nothing.
  void send() override {
    if (!std::exchange(told_, true)) say_who("publish");
    for (const auto& [address, size] : readers_)
      ::sendto(socket_.get(), message_.data(), message_.size(), 0,
               reinterpret_cast<const sockaddr*>(&address), size);
  }

 private:
  const std::string path_;
  const Fd socket_;
  std::vector<std::pair<sockaddr_un, socklen_t>> readers_;
  Bytes message_;
  bool told_ = false;
};

class ApartReader final : public Reader {
 public:
  explicit ApartReader(const Channel& channel) : socket_(bound_socket({})), message_(channel.most_bytes) {
    const timeval a_while{0, 100'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &a_while, sizeof a_while);
    for (const auto& path : channel.endpoints) {
      const auto address = address_of(path);
      if (::sendto(socket_.get(), "", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 1)
        throw std::system_error(errno, std::generic_category(), "sendto");
    }
  }
  std::optional<BytesView> receive() override {
    const auto got = ::recv(socket_.get(), message_.data(), message_.size(), 0);
    if (got < 0) return {};
    if (!std::exchange(told_, true)) say_who("subscribe");
    return BytesView(message_.data(), std::size_t(got));
  }
  std::shared_ptr<const void> keep() override { return {}; }

 private:
  const Fd socket_;
  Bytes message_;
  bool told_ = false;
};

// ---- the peer -------------------------------------------------------------------------------------------------------

class OddPeer final : public Peer {
 public:
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::vector<std::string> transports() const override {
    return {behaviours.begin(), behaviours.end()};
  }
  [[nodiscard]] bool crosses(const std::string& transport) const override { return transport == apart; }
  [[nodiscard]] bool acknowledges() const override { return true; }

  std::unique_ptr<Writer> publisher(const Channel& channel) override {
    say_nonsense(channel);
    if (channel.transport == apart) return std::make_unique<ApartWriter>(channel);
    return std::make_unique<OddWriter>(channel, place(channel.name), true);
  }
  std::unique_ptr<Reader> subscriber(const Channel& channel) override {
    if (channel.transport == apart) return std::make_unique<ApartReader>(channel);
    return std::make_unique<OddReader>(channel, place(channel.name));
  }
  std::unique_ptr<Writer> producer(const Channel& channel) override {
    if (channel.transport == apart) return {};
    return std::make_unique<OddWriter>(channel, place(channel.name), false);
  }
  std::unique_ptr<Reader> worker(const Channel& channel) override {
    if (channel.transport == apart) return {};
    return std::make_unique<OddReader>(channel, place(channel.name));
  }
  std::unique_ptr<Caller> client(const Channel& channel) override {
    return std::make_unique<OddCaller>(channel, place(channel.name), place(channel.name + " replies"));
  }
  std::unique_ptr<Answerer> server(const Channel& channel) override {
    return std::make_unique<OddAnswerer>(channel, place(channel.name), place(channel.name + " replies"));
  }

 private:
  static void say_nonsense(const Channel& channel) {
    constexpr std::string_view says = "says:";
    if (!channel.transport.starts_with(says)) return;
    std::puts(channel.transport.c_str() + says.size());
    std::fflush(stdout);
  }
  Place& place(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return places_[name];
  }

  std::mutex mutex_;
  std::map<std::string, Place> places_;
};

}  // namespace

int main(int argc, char** argv) {
  return play(argc, argv, [](const std::string& /*directory*/) { return std::make_unique<OddPeer>(); });
}
