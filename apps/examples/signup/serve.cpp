// weft-signup serve: the user service.
#include <optional>

#include <fmt/format.h>

#include "common/exit.hpp"
#include "examples/signup/outbox.hpp"
#include "examples/signup/person.hpp"
#include "examples/signup/roles.hpp"

namespace weft::signup {

namespace {

using namespace std::chrono_literals;

constexpr Duration beat = 200ms;  // how often it is looked what has become of the mails

/// All of it runs on the Executor's one thread: requests, the outbox, the end.
class UserService final {
 public:
  UserService(const Node& node, Book& book, Producer<Mail> producer, Publisher<SignedUp> publisher,
              Executor& executor)
      : node_(node),
        book_(book),
        outbox_(book, std::move(producer)),
        publisher_(std::move(publisher)),
        executor_(executor) {}

  Result<void> run(app::Interrupt& interrupt) {
    WEFT_TRY(auto server, node_.serve(registration, [this](const Registration& who) { return enter(who); }));
    {
      WEFT_TRY(const auto requests, executor_.on(server));
      WEFT_TRY(const auto beats, executor_.every(beat, [this] { keep(outbox_.tend()); }));
      WEFT_TRY(const auto signals, executor_.on_readable(interrupt.fd(), [this] { executor_.stop(); }));
      app::say(program, fmt::format("{} users; Ctrl-C ends it", book_.users().size()));
      executor_.wait();
    }
    if (failure_) return *std::move(failure_);
    if (auto drained = server.drain(5s); !drained) app::say(program, drained.error().message);
    if (failure_) return *std::move(failure_);
    if (!outbox_.flush(1s)) {
      app::say(program, fmt::format("{} welcomes wait for weft-signup mail: they go out when I run again",
                                    outbox_.waiting()));
    }
    return {};
  }

 private:
  Result<Welcome> enter(const Registration& who) {
    const auto before = book_.users().size();
    WEFT_TRY(const auto user, book_.add(who.name, who.email));
    if (book_.users().size() != before) {
      keep(outbox_.tend());
      keep(publisher_.send({domain_of(user.email)}));
    }
    return Welcome{user.number};
  }

  /// The first failure ends it all.
  void keep(Result<void> done) {
    if (done || failure_) return;
    failure_ = std::move(done).error();
    executor_.stop();
  }

  const Node& node_;
  Book& book_;
  Outbox outbox_;
  Publisher<SignedUp> publisher_;
  Executor& executor_;
  std::optional<Error> failure_;
};

}  // namespace

Result<void> serve(const Node& node, const std::string& users, app::Interrupt& interrupt) {
  WEFT_TRY(auto book, Book::open(users));
  WEFT_TRY(auto producer, node.producer(mails));
  WEFT_TRY(auto publisher, node.publisher(signed_up));
  WEFT_TRY(const auto executor, Executor::create());
  return UserService(node, book, std::move(producer), std::move(publisher), *executor).run(interrupt);
}

}  // namespace weft::signup
