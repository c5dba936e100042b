// weft-chat: rooms to talk in, between terminals and programs.
//
//   weft-chat lobby --name Ada
//
// What      A room is the topic chat/ROOM, and whoever is in it publishes and subscribes: nobody is the server. What a
//           subscriber is told of publishers is who comes and goes, killed or not. One WaitSet waits for what is typed, for
//           what others say, and for Ctrl-C.
// Caveats   A name is what somebody says of himself. Nothing is kept: who comes late has missed what was said.
#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "common/command.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/terminal.hpp"
#include "common/world.hpp"
#include "weft.hpp"

namespace weft::chat {

namespace {

using namespace std::chrono_literals;

constexpr const char* program = "weft-chat";
constexpr std::size_t most_text = 2000;  // bytes of one message; a longer line is several
constexpr std::size_t most_name = 32;

struct Said {
  std::string from;
  std::string text;
  WEFT_MESSAGE("chat/Said", from, text)
};

/// Reliable: who pipes a book into a room waits for those who read it.
constexpr Qos reliable{.reliability = Reliability::reliable};

/// What is typed, in lines.
class Input final {
 public:
  [[nodiscard]] bool ended() const noexcept { return ended_ && lines_.empty(); }
  [[nodiscard]] bool wants_more() const noexcept { return !ended_ && lines_.empty(); }

  /// Reads what is there. Errors: those of reading.
  Result<void> read() {
    std::array<char, 16384> some{};
    WEFT_TRY(const auto got, sys::call("read", "standard input",
                                       [&] { return ::read(STDIN_FILENO, some.data(), some.size()); }));
    ended_ = got == 0;
    rest_.append(some.data(), std::size_t(got));
    while (!rest_.empty() && cut_line()) {
    }
    return {};
  }

  /// The next line, until it is said; null if there is none.
  [[nodiscard]] const std::string* next() const { return lines_.empty() ? nullptr : &lines_.front(); }
  void said() { lines_.pop_front(); }

 private:
  bool cut_line() {
    auto size = rest_.find('\n');
    const bool whole = size <= most_text;
    if (!whole) {
      if (rest_.size() <= most_text && !ended_) return false;
      size = std::min(rest_.size(), most_text);
      // Not in the middle of a character: those of UTF-8 have at most three bytes that follow.
      for (int back = 0; back < 3 && size < rest_.size() && (rest_[size] & 0xc0) == 0x80; ++back)
        --size;
    }
    if (size != 0) lines_.push_back(rest_.substr(0, size));
    rest_.erase(0, size + (whole ? 1 : 0));
    return true;
  }

  std::string rest_;  // without a newline
  std::deque<std::string> lines_;
  bool ended_ = false;
};

class Room final {
 public:
  Room(std::string name, std::uint64_t self, Publisher<Said> mouth, Subscriber<Said> ear, WaitSet set)
      : name_(std::move(name)),
        self_(self),
        mouth_(std::move(mouth)),
        ear_(std::move(ear)),
        set_(std::move(set)) {}

  /// Talks until the input ends, or Ctrl-C.
  Result<void> talk(const app::Interrupt& interrupt, char** environment) {
    WEFT_CHECK(set_.add(ear_, others));
    WEFT_CHECK(set_.add_fd(interrupt.fd(), ctrl_c));
    while (!input_.ended()) {
      WEFT_CHECK(hear(app::Terminal::of_stdout(environment)));
      WEFT_TRY(const bool may_type, speak());
      WEFT_CHECK(watch_input(may_type));
      const auto deadline =
          may_type ? (input_is_a_file_ ? Deadline::passed() : Deadline::none()) : Deadline(20ms);
      WEFT_TRY(const auto tokens, set_.wait(deadline));
      if (std::ranges::count(tokens, ctrl_c) != 0) return {};
      if (may_type && (input_is_a_file_ || std::ranges::count(tokens, typed) != 0)) WEFT_CHECK(input_.read());
    }
    return {};
  }

 private:
  enum Token : WaitSet::Token { typed, others, ctrl_c };

  /// Says what is typed, as far as there is room; never waits, for whom we would wait for may be waiting for us. Whether
  /// there may be more.
  Result<bool> speak() {
    // Whoever talks at once is heard by those who are in the room already: it takes a moment to find them.
    if (mouth_.matched() < 2 && !alone_.has_passed(now())) return false;
    alone_ = Deadline::passed();
    while (const auto* line = input_.next()) {
      auto sent = mouth_.send({name_, *line}, Deadline::passed());
      if (!sent && sent.error().code == Errc::timeout) return false;
      WEFT_CHECK(std::move(sent));
      input_.said();
    }
    return true;
  }

  /// A terminal, a pipe: read when there is something. A plain file, which cannot be waited for: at once.
  Result<void> watch_input(bool wanted) {
    if (input_is_a_file_ || wanted == watched_) return {};
    watched_ = wanted;
    if (!wanted) {
      set_.remove_fd(STDIN_FILENO);
      return {};
    }
    auto added = set_.add_fd(STDIN_FILENO, typed);
    input_is_a_file_ = !added && added.error().code == Errc::permission_denied;
    return input_is_a_file_ ? Result<void>() : added;
  }

  /// Shows what was said and who came and went: each after he came, and before he went.
  Result<void> hear(const app::Terminal& terminal) {
    std::string came;
    std::string said;
    std::string went;
    while (const auto sample = ear_.try_receive()) {
      if (sample->header().source.context == self_) continue;
      const auto who = terminal.paint(app::Colour::bold, shown((*sample)->from, most_name));
      said += fmt::format("{}: {}\n", who, shown((*sample)->text, most_text));
    }
    while (const auto event = ear_.next_event()) {
      if (event->peer.context == self_) continue;
      const auto line = terminal.paint(app::Colour::grey, what_happened(*event)) + "\n";
      (event->what == PeerEvent::What::unmatched ? went : came) += line;
    }
    const auto missed = ear_.counters().total.dropped_total();
    if (const auto more = missed - std::exchange(missed_, missed); more != 0)
      said += terminal.paint(app::Colour::grey, fmt::format("* {} messages were missed", more)) + "\n";
    return app::print(came + said + went);
  }

  static std::string what_happened(const PeerEvent& event) {
    const auto who = shown(event.node, most_name);
    if (event.what == PeerEvent::What::matched) return fmt::format("* {} has come", who);
    if (event.what != PeerEvent::What::unmatched)
      return fmt::format("* {} cannot be heard: {}", who, shown(event.reason, 300));
    return fmt::format("* {} has {}", who, event.cause == DropCause::peer_left ? "left" : "vanished");
  }

  std::string name_;
  std::uint64_t self_;
  Publisher<Said> mouth_;
  Subscriber<Said> ear_;
  WaitSet set_;
  Input input_;
  std::uint64_t missed_ = 0;
  Deadline alone_ = 1s;  // until when nobody else may be there without our knowing it
  bool watched_ = false;
  bool input_is_a_file_ = false;
};

struct Options {
  std::string room;
  std::string name;
};

Result<void> check(const Options& options) {
  if (options.name.empty() || options.name.size() > most_name || shown(options.name) != options.name) {
    return Error{Errc::invalid_argument,
                 fmt::format("a name is 1 to {} bytes of text: {}", most_name, shown(options.name, 60))};
  }
  if (!is_topic_name("chat/" + options.room)) {
    return Error{Errc::invalid_argument, "a room's name is of a-z, 0-9 and _: " + shown(options.room, 60)};
  }
  return {};
}

Result<void> perform(const Options& options, char** environment) {
  WEFT_CHECK(check(options));
  WEFT_TRY(const auto interrupt, app::Interrupt::create());
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  const auto self = context->id().low;
  WEFT_TRY(const auto node, Node::create({.name = options.name, .context = std::move(context)}));
  const auto topic_name = "chat/" + options.room;
  WEFT_TRY(const auto topic, Topic<Said>::make(topic_name, reliable));
  WEFT_TRY(auto mouth, node.publisher(topic));
  WEFT_TRY(auto ear, node.subscriber(topic));
  WEFT_TRY(auto set, WaitSet::create());
  app::say(program, fmt::format("you are {} in {}; Ctrl-D leaves", options.name, options.room));
  return Room(options.name, self, std::move(mouth), std::move(ear), std::move(set))
      .talk(interrupt, environment);
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{program, "weft-chat: rooms to talk in, between terminals"};
  app.option("ROOM", options.room, "Which room: who says the same is in the same").required();
  app.option("-n,--name", options.name, "What the others call you").required().value("NAME");
  app.footer(
      "Each line that is typed, or comes through a pipe, is said. Exit codes: 0 left, 1 failed, 2 usage.");
  if (const auto code = app.parse(argc, argv)) return *code;
  const auto done = perform(options, environment);
  return done ? app::done(program) : app::fail(program, done.error());
}

}  // namespace

}  // namespace weft::chat

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::chat::main(argc, argv, environment);
}
