#include "weft/tool.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/deadline.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"

namespace weft::tool {

Result<std::shared_ptr<Context>> Tool::context() {
  if (!context_) {
    WEFT_TRY(context_, Context::create(options_));
  }
  return context_;
}

Result<discovery::Watcher> Tool::watch() const {
  return discovery::watch(options_.runtime_directory, options_.domain, interrupt.fd());
}

Result<discovery::Explanation> Tool::why(const std::string& name, int stop) const {
  return discovery::inquire(name, options_.runtime_directory, options_.domain, stop);
}

std::vector<std::string> Tool::reasons(discovery::Sort sort, const std::string& name, int stop) const {
  const auto explanation = why(name, stop);
  if (!explanation) return {explanation.error().message};
  std::vector<std::string> out;
  for (const auto& finding : explanation->findings) {
    const bool meant = finding.sort.value_or(sort) == sort;
    if (meant && std::find(out.begin(), out.end(), finding.reason) == out.end())
      out.push_back(finding.reason);
  }
  return out;
}

void Peers::add_to(app::Command& verb) {
  add_connect_to(verb);
  add_bind_to(verb);
}

void Peers::add_connect_to(app::Command& verb) {
  verb.option("-c,--connect", connect,
              "Go to a peer that binds this endpoint: ipc://NAME, ipc:///PATH, tcp://HOST:PORT "
              "(without endpoints, peers are found)")
      .value("ENDPOINT");
}

void Peers::add_bind_to(app::Command& verb) {
  verb.option("-b,--bind", bind, "Wait for peers at this endpoint").value("ENDPOINT");
}

void Limits::add_to(app::Command& verb) {
  verb.option("-n,--count", count, "Stop after this many messages (0: no limit)").value("N");
  verb.option("-d,--duration", seconds, "Stop after this many seconds (0: no limit)")
      .not_negative()
      .value("SECONDS");
}

Deadline Limits::deadline() const {
  return app::deadline_in(seconds);
}

Error too_few(const std::string& name, std::string_view what, std::uint64_t came, std::uint64_t wanted) {
  return Error{Errc::timeout, fmt::format("{}: {} of {} {} came in time", shown(name), came, wanted, what)};
}

void add_json_to(app::Command& verb, bool& json) {
  verb.flag("--json", json, "One JSON object a line");
}

Result<void> print_text(std::string_view text) {
  return app::print(text);
}

Result<void> print_line(std::string_view line) {
  return print_text(fmt::format("{}\n", line));
}

namespace {

void render(const Json& value, int depth, std::string& out) {
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

std::string json_line(const Json& value) {
  return shown(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string for_people(const Json& value) {
  std::string out;
  render(value, 0, out);
  return out;
}

void announce_bound(const std::string& uri) {
  app::say("weft", fmt::format("waiting at {}", uri));
}

}  // namespace weft::tool
