#include "node/context.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>
#include <sys/random.h>

#include "base/environment.hpp"
#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "discovery/directory.hpp"
#include "discovery/place.hpp"
#include "transport/os_names.hpp"

namespace weft {

namespace {

constexpr std::size_t most_shown = 60;

Result<ContextId> random_id() {
  ContextId id;
  WEFT_CHECK(sys::call("getrandom", "context id", [&] { return ::getrandom(&id, sizeof id, 0); }));
  id.low |= 1;  // never PortId{}'s context
  return id;
}

/// What the directory would not take.
Result<void> check(const ContextOptions& options) {
  using discovery::Directory;
  if (options.program.size() > Directory::most_text) {
    return Error{Errc::invalid_argument, fmt::format("program name \"{}\": {} bytes, at most {} are allowed",
                                                     shown(options.program, most_shown),
                                                     options.program.size(), Directory::most_text)};
  }
  if (!options.discovery) return {};
  const auto& transports = options.transports;
  if (transports.size() > Directory::most_media) {
    return Error{Errc::invalid_argument, fmt::format("{} transports, at most {} are allowed",
                                                     transports.size(), Directory::most_media)};
  }
  for (auto each = transports.begin(); each != transports.end(); ++each) {
    if (std::ranges::find(transports.begin(), each, each->scheme, &transport::Registered::scheme) != each)
      return Error{Errc::invalid_argument, fmt::format("transport {}://: given twice", each->scheme)};
  }
  return {};
}

}  // namespace

ContextOptions options_from(char** environment) {
  auto [runtime_directory, domain] = discovery::place_from(environment);
  ContextOptions options;
  options.runtime_directory = std::move(runtime_directory);
  options.domain = std::move(domain);
  options.discovery = variable(environment, "WEFT_DISCOVERY") != "off";
  return options;
}

Context::Context(std::string runtime_directory, std::unique_ptr<Agent> agent, ContextOptions options,
                 ContextId id)
    : id_(id),
      idle_(options.idle),
      log_(options.log ? std::move(options.log) : LogSink([](Severity, std::string_view) {})),
      agent_(std::move(agent)),
      world_{std::move(runtime_directory), *agent_, log_, options.shared_memory},
      registered_(std::move(options.transports)),
      discovers_(options.discovery),
      client_options_{
          .runtime_directory = world_.runtime_directory,
          .domain = std::move(options.domain),
          .daemon = std::move(options.daemon),
          .program = options.program.empty() ? program_invocation_short_name : std::move(options.program),
          .context = id.low} {}

Context::~Context() = default;

Result<std::shared_ptr<Context>> Context::create(ContextOptions options) {
  WEFT_CHECK(check(options));
  WEFT_TRY(auto directory, transport::runtime_directory(options.runtime_directory));
  WEFT_CHECK(transport::daemon_socket(options.domain, directory));
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

Result<std::vector<discovery::Medium>> Context::media() {
  std::vector<discovery::Medium> media;
  for (const auto& entry : registered_) {
    WEFT_TRY(const auto* found, transport(entry.scheme));
    media.push_back({entry.scheme, found->traits().objects});
  }
  return media;
}

Result<discovery::Client*> Context::discovery() {
  if (!discovers_) return nullptr;
  const std::lock_guard lock(client_mutex_);
  if (!client_) {
    WEFT_TRY(client_, discovery::Client::create(*agent_, log_, client_options_));
  }
  return client_.get();
}

std::uint32_t Context::next_node() noexcept {
  return nodes_.fetch_add(1, std::memory_order_relaxed) + 1;  // a number only: pairs with nothing
}

}  // namespace weft
