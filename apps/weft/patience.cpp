#include "weft/patience.hpp"

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"

namespace weft::tool {

namespace {

constexpr auto a_while = std::chrono::seconds(1);
constexpr std::size_t most_reasons = 3;

}  // namespace

Patience::Patience(std::string topic, const Peers& peers, Tool& tool)
    : topic_(std::move(topic)), peers_(peers), tool_(tool), deadline_(a_while) {}

void Patience::look(DynamicSubscriber& subscriber) {
  if (said_ || !deadline_.has_passed(now())) return;
  said_ = true;
  app::say("weft", reason(subscriber));
}

std::string Patience::reason(DynamicSubscriber& subscriber) const {
  const auto matched = subscriber.wait_matched(1, Deadline::passed());
  if (matched) return fmt::format("{}: somebody publishes it, but nothing has come yet", topic_);
  if (matched.error().code != Errc::timeout) return matched.error().message;
  if (peers_.connect.empty() && peers_.bind.empty()) return by_directory();
  const auto& endpoint = peers_.connect.empty() ? peers_.bind.front() : peers_.connect.front();
  return fmt::format("{}: nobody publishes it at {} yet", topic_, shown(endpoint, 200));
}

std::string Patience::by_directory() const {
  std::string out;
  std::size_t left = most_reasons;
  for (const auto& reason : tool_.reasons(discovery::Sort::topic, topic_)) {
    if (left-- == 0) break;
    out += (out.empty() ? "" : "; ") + reason;
  }
  if (out.empty()) out = "somebody publishes it, but nothing has come yet";
  return fmt::format("{}: {}", topic_, out);
}

}  // namespace weft::tool
