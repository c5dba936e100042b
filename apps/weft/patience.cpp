#include "weft/patience.hpp"

#include <system_error>

#include <fmt/format.h>
#include <sys/eventfd.h>

#include "base/foreign_text.hpp"
#include "base/poll.hpp"
#include "base/sys.hpp"
#include "common/exit.hpp"

namespace weft::tool {

namespace {

constexpr auto a_while = std::chrono::seconds(1);
constexpr std::size_t most_reasons = 3;

/// What the directory says to whom nothing comes; nothing, if it knows no reason.
std::string joined(const std::vector<std::string>& reasons) {
  std::string out;
  std::size_t left = most_reasons;
  for (const auto& reason : reasons) {
    if (left-- == 0) break;
    out += (out.empty() ? "" : "; ") + reason;
  }
  return out;
}

}  // namespace

Patience::Patience(discovery::PortKind awaited, std::string name, const Peers& peers, Tool& tool)
    : awaited_(awaited), name_(std::move(name)), peers_(peers), tool_(tool), deadline_(a_while) {}

void Patience::look(const std::function<Result<void>()>& matched) {
  if (said_ || !deadline_.has_passed(now())) return;
  said_ = true;
  const auto linked = matched();
  if (linked && awaited_ == discovery::PortKind::worker) return;  // it is at work
  if (const auto known = reason(linked)) return app::say("weft", *known);
  ask();
}

void Patience::end() noexcept {
  said_ = true;
  const std::uint64_t one = 1;
  if (stop_) [[maybe_unused]]
    const auto written = ::write(stop_.get(), &one, sizeof one);
}

Patience::~Patience() {
  end();
  if (asking_.joinable()) asking_.join();
}

/// Nothing: the directory is to be asked.
std::optional<std::string> Patience::reason(const Result<void>& matched) const {
  if (matched) return fmt::format("{}: {}", name_, somebody());
  if (matched.error().code != Errc::timeout) return matched.error().message;
  if (peers_.connect.empty() && peers_.bind.empty()) return {};
  const auto& endpoint = peers_.connect.empty() ? peers_.bind.front() : peers_.connect.front();
  return fmt::format("{}: nobody {} it at {} yet", name_, discovery::deed_of(awaited_), shown(endpoint, 200));
}

/// Where there is somebody.
std::string Patience::somebody() const {
  return fmt::format("somebody {} it, but {}", discovery::deed_of(awaited_),
                     awaited_ == discovery::PortKind::worker ? "is not linked yet" : "nothing has come yet");
}

void Patience::ask() {
  auto stop = sys::open("eventfd", "a thread", [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
  if (!stop) return app::say("weft", stop.error().message);
  stop_ = *std::move(stop);
  try {
    asking_ = std::thread([this] { say_by_directory(); });
  } catch (const std::system_error& error) {
    app::say("weft", fmt::format("{}: cannot ask why nobody comes: {}", name_, error.what()));
  }
}

void Patience::say_by_directory() const {
  const auto reasons = joined(tool_.reasons(discovery::sort_of(awaited_), name_, stop_.get()));
  pollfd stopped{stop_.get(), POLLIN, 0};
  if (::poll(&stopped, 1, 0) != 0) return;
  app::say("weft", fmt::format("{}: {}", name_, reasons.empty() ? somebody() : reasons));
}

}  // namespace weft::tool
