#include "weft/tool.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "common/deadline.hpp"

namespace weft::tool {

void Peers::add_to(CLI::App& verb) {
  verb.add_option("-c,--connect", connect,
                  "Go to a peer that binds this endpoint: ipc://NAME, ipc:///PATH, tcp://HOST:PORT")
      ->type_name("ENDPOINT");
  verb.add_option("-b,--bind", bind, "Wait for peers at this endpoint")->type_name("ENDPOINT");
  verb.parse_complete_callback([this] {
    if (connect.empty() && bind.empty()) throw CLI::RequiredError("--connect ENDPOINT or --bind ENDPOINT");
  });
}

void Limits::add_to(CLI::App& verb) {
  verb.add_option("-n,--count", count, "Stop after this many messages (0: no limit)")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("-d,--duration", seconds, "Stop after this many seconds (0: no limit)")
      ->check(CLI::NonNegativeNumber);
}

Deadline Limits::deadline() const {
  return app::deadline_in(seconds);
}

Result<void> print_line(std::string_view line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF &&
      std::fflush(stdout) == 0) {
    return {};
  }
  return sys_error(errno, "write", "standard output");
}

namespace {

void render(const nlohmann::ordered_json& value, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  for (const auto& [key, member] : value.items()) {
    out += indent;
    out += value.is_array() ? "- " : shown(key) + ": ";
    const bool nested = member.is_structured() && !member.empty();
    const bool scalars =
        std::none_of(member.begin(), member.end(), [](auto& item) { return item.is_structured(); });
    if (!nested || (member.is_array() && scalars)) {
      out += (member.is_string() ? shown(member.template get<std::string>()) : json_line(member)) + "\n";
      continue;
    }
    out += "\n";
    render(member, depth + 1, out);
  }
}

}  // namespace

std::string json_line(const nlohmann::ordered_json& value) {
  return shown(value.dump());
}

std::string for_people(const nlohmann::ordered_json& value) {
  std::string out;
  render(value, 0, out);
  return out;
}

void announce_bound(const std::string& uri) {
  fmt::print(stderr, "weft: waiting at {}\n", uri);
}

}  // namespace weft::tool
