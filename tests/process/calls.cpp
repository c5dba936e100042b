#include <csignal>

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "base/fd.hpp"
#include "peer.hpp"

namespace weft::process {

namespace {

using namespace std::chrono_literals;

constexpr auto call_deadline = 120s;  // so long that only the server's death can end a call

class ClientPeer final {
 public:
  ClientPeer(Client<Item, Receipt> client, const Options& options)
      : client_(std::move(client)), pace_(std::chrono::microseconds(options.number("pace_us", 0))) {
    request_.load.resize(options.number("size", 64));
    if (!found(options)) client_.connect(options.text("endpoint")).value();
  }

  void run() {
    for (;;) {
      const bool busy = request_.number < target_;
      if (busy) call();
      const bool look = !busy || pace_ != Duration::zero() || request_.number % 16 == 0;
      const auto command = look ? commands_.next(busy ? pace_ : Duration::max()) : std::nullopt;
      if (command && command->verb == "close") return;
      if (command) obey(*command);
    }
  }

 private:
  void call() {
    ++request_.number;
    const auto receipt = client_.call(request_, call_deadline).wait();
    if (!receipt) {
      const auto& error = receipt.error();
      tell("ended", {{"code", to_string(error.code)}, {"message", error.message}});
    } else if ((*receipt)->number != request_.number) {
      tell("error", {{"message", "the reply of another call"}});
    } else if (++answered_ == at_) {
      tell("at");
    }
    if (request_.number == target_) tell("called", {{"answered", answered_}});
  }

  void obey(const Command& command) {
    if (command.verb == "call") target_ += command.number;
    if (command.verb == "at") at_ = answered_ + command.number;
    if (command.verb == "stop") {
      target_ = request_.number;
      tell("called", {{"answered", answered_}, {"number", request_.number}});
    }
    if (command.verb == "match") {
      client_.wait_matched(1, Deadline::none()).value();
      tell("matched");
    }
  }

  Client<Item, Receipt> client_;
  Commands commands_;
  const Duration pace_;
  Item request_;
  std::uint64_t target_ = 0, answered_ = 0, at_ = 0;
};

class ServerPeer final {
 public:
  ServerPeer(const Node& node, const Options& options)
      : server_(node.serve(take, [this](const Item& item) { return answer(item); }).value()) {
    sigset_t sigterm;
    sigemptyset(&sigterm);
    sigaddset(&sigterm, SIGTERM);
    signals_ = Fd(::signalfd(-1, &sigterm, SFD_CLOEXEC | SFD_NONBLOCK));
    for (const int fd : {server_.fd().value(), signals_.get()}) {
      epoll_event event{EPOLLIN, {.fd = fd}};
      ::epoll_ctl(wakes_.get(), EPOLL_CTL_ADD, fd, &event);
    }
    tell("bound", {{"endpoint", place_of(server_, options)}});
  }

  void run() {
    for (;;) {
      const bool served = server_.try_serve();
      const bool look = !served || served_ % 16 == 0;
      if (look && is_asked_to_end()) {
        server_.drain(call_deadline).value();
        return tell("drained", {{"number", served_}});
      }
      const auto command =
          look ? commands_.next(served ? Duration::zero() : Duration::max(), wakes_.get()) : std::nullopt;
      if (command && command->verb == "close") return;
      if (command && command->verb == "at") at_ = served_ + command->number;
      if (command && command->verb == "hold") hold_ = true;
    }
  }

 private:
  Receipt answer(const Item& item) {
    if (++served_ == at_) tell("at");
    if (hold_) {
      tell("holding");
      commands_.next(Duration::max());
    }
    return {item.number};
  }

  [[nodiscard]] bool is_asked_to_end() const {
    signalfd_siginfo signal{};
    return ::read(signals_.get(), &signal, sizeof signal) > 0;
  }

  Commands commands_;
  Fd wakes_{::epoll_create1(EPOLL_CLOEXEC)};  // the server and SIGTERM
  Fd signals_;
  std::uint64_t served_ = 0, at_ = 0;
  bool hold_ = false;
  Server<Item, Receipt> server_;
};

}  // namespace

int call(const Node& node, const Options& options) {
  auto qos = take.qos();
  qos.idempotent = options.number("idempotent", 0) != 0;
  const auto service = Service<Item, Receipt>::make(take.name(), qos).value();
  ClientPeer(node.client(service).value(), options).run();
  return 0;
}

int serve(const Node& node, const Options& options) {
  ServerPeer(node, options).run();
  return 0;
}

}  // namespace weft::process
