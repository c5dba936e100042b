// How a peer talks with the test that started it: commands come in as lines "verb number", events go out as
// lines of JSON.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/time.hpp"
#include "node/counters.hpp"

namespace weft::process {

using Json = nlohmann::ordered_json;

inline void tell(const std::string& event, Json content = Json::object()) {
  content["event"] = event;
  std::puts(content.dump().c_str());
  std::fflush(stdout);
}

inline Json to_json(const LinkCounters& link) {
  Json dropped = Json::object();
  for (std::size_t i = 0; i < drop_causes; ++i)
    dropped[std::string(to_string(DropCause(i)))] = link.dropped[i];
  return {{"live", link.live},
          {"sent", link.sent},
          {"delivered", link.delivered ? Json(*link.delivered) : Json()},
          {"dropped", dropped},
          {"dropped_total", link.dropped_total()}};
}

inline Json to_json(const Counters& counters) {
  Json links = Json::array();
  for (const auto& link : counters.links)
    links.push_back(to_json(link));
  return {{"links", links}, {"total", to_json(counters.total)}};
}

/// What the test wants: "send 100". The end of the input is "close 0".
struct Command {
  std::string verb;
  std::uint64_t number = 0;
};

class Commands final {
 public:
  /// The next command if it comes within `longest`, or while `also` (a descriptor, or -1) stays unreadable.
  std::optional<Command> next(Duration longest, int also = -1) {
    if (auto command = parse()) return command;
    pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {also, POLLIN, 0}};
    const timespec timeout{longest.count() / 1'000'000'000, longest.count() % 1'000'000'000};
    if (::ppoll(polled, 2, longest == Duration::max() ? nullptr : &timeout, nullptr) <= 0)
      return std::nullopt;
    if (polled[0].revents != 0) read();
    return parse();
  }

 private:
  void read() {
    char bytes[4096];
    const auto size = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (size > 0) text_.append(bytes, std::size_t(size));
    if (size == 0 || (size < 0 && errno != EINTR)) closed_ = true;
  }

  std::optional<Command> parse() {
    const auto end = text_.find('\n');
    if (end == std::string::npos) return closed_ ? std::optional(Command{"close"}) : std::nullopt;
    const auto line = text_.substr(0, end);
    text_.erase(0, end + 1);
    const auto space = line.find(' ');
    if (space == std::string::npos) return Command{line};
    return Command{line.substr(0, space), std::stoull(line.substr(space + 1))};
  }

  std::string text_;
  bool closed_ = false;
};

/// "key=value" arguments.
class Options final {
 public:
  Options(int count, char** arguments) {
    for (int i = 0; i < count; ++i) {
      const std::string_view argument = arguments[i];
      const auto equals = argument.find('=');
      values_.emplace(argument.substr(0, equals), argument.substr(equals + 1));
    }
  }
  [[nodiscard]] bool has(const std::string& key) const { return values_.contains(key); }
  [[nodiscard]] std::string text(const std::string& key) const { return values_.at(key); }
  [[nodiscard]] std::uint64_t number(const std::string& key, std::uint64_t otherwise) const {
    const auto found = values_.find(key);
    return found == values_.end() ? otherwise : std::stoull(found->second);
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace weft::process
