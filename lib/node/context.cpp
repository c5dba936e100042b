#include "node/context.hpp"

#include <string_view>

#include <fmt/format.h>
#include <sys/random.h>

#include "base/sys.hpp"
#include "transport/os_names.hpp"

namespace weft {

namespace {

Result<ContextId> random_id() {
  ContextId id;
  WEFT_CHECK(sys::call("getrandom", "context id", [&] { return ::getrandom(&id, sizeof id, 0); }));
  id.low |= 1;  // never PortId{}'s context
  return id;
}

}  // namespace

ContextOptions options_from(char** environment) {
  constexpr std::string_view key = "WEFT_RUNTIME_DIR=";
  ContextOptions options;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.starts_with(key)) options.runtime_directory = entry.substr(key.size());
  }
  return options;
}

Context::Context(std::string runtime_directory, std::unique_ptr<Agent> agent, ContextOptions options,
                 ContextId id)
    : id_(id),
      log_(options.log ? std::move(options.log) : LogSink([](Severity, std::string_view) {})),
      agent_(std::move(agent)),
      world_{std::move(runtime_directory), *agent_, log_},
      registered_(std::move(options.transports)) {}

Context::~Context() = default;

Result<std::shared_ptr<Context>> Context::create(ContextOptions options) {
  WEFT_TRY(auto directory, transport::runtime_directory(options.runtime_directory));
  WEFT_CHECK(transport::sweep(directory));
  WEFT_TRY(auto agent, Agent::start());
  WEFT_TRY(auto id, random_id());
  return std::shared_ptr<Context>(
      new Context(std::move(directory), std::move(agent), std::move(options), id));
}

wire::PortId Context::next_port() noexcept {
  return wire::PortId{
      id_.low, ports_.fetch_add(1, std::memory_order_relaxed) + 1};  // a number only: pairs with nothing
}

Result<transport::Transport*> Context::transport(std::string_view scheme) {
  const std::lock_guard lock(mutex_);
  if (auto found = transports_.find(scheme); found != transports_.end()) return found->second.get();
  std::string known;
  for (const auto& entry : registered_) {
    if (entry.scheme == scheme) {
      WEFT_TRY(auto made, entry.make(world_));
      return transports_.emplace(scheme, std::move(made)).first->second.get();
    }
    known += fmt::format("{}{}://", known.empty() ? "" : ", ", entry.scheme);
  }
  return Error{Errc::invalid_argument, fmt::format("unknown transport \"{}\"; there are: {}", scheme, known)};
}

}  // namespace weft
