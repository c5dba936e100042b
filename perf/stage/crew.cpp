#include "stage/crew.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <poll.h>

#include "common/process.hpp"
#include "stage/stage.hpp"

namespace weft::perf {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr Duration patience = 10s;  // for an adapter's description

/// Of one part or all; what a part waits for itself fails before that, and says why.
Duration most_for(const std::vector<Task>& tasks) {
  const auto& first = tasks.at(0);
  const auto slowest = std::ranges::max(tasks, {}, &Task::slow_ns).slow_ns;
  const std::chrono::duration<double> takes(first.warm_up + first.seconds + 3 * first.patience);
  // The messages that wait at both ends when the last was sent.
  const Duration drains = std::chrono::nanoseconds(slowest) * 2 * first.channel.depth;
  return std::chrono::duration_cast<Duration>(takes) + drains;
}

std::string name_of(const std::vector<Task>& tasks) {
  if (tasks.size() != 1) return "all";
  return fmt::format("{} {}", json(tasks[0].role).get<std::string>(), tasks[0].number);
}

/// How many ends of a task others go to.
bool is_owner(Role role) noexcept {
  return role == Role::publish || role == Role::ping || role == Role::echo || role == Role::pull ||
         role == Role::serve;
}

Result<json> parse(const std::string& line) {
  auto said = json::parse(line, nullptr, false);
  if (said.is_discarded() || !said.is_object() || said.empty())
    return Error{Errc::malformed, fmt::format("a peer says \"{}\"", line.substr(0, 200))};
  for (const auto& [word, code] :
       {std::pair("error", Errc::internal), std::pair("unsupported", Errc::unsupported)}) {
    if (said.contains(word))
      return Error{code, said[word].is_string() ? said[word].get<std::string>() : line};
  }
  return said;
}

constexpr std::string_view prefix = "weft-perf-";

std::string program_of(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  std::error_code none;
  const auto program = std::string(prefix) + name;
  const auto here = std::filesystem::read_symlink(app::this_program, none).parent_path();
  return std::filesystem::exists(here / "peers" / program, none) ? here / "peers" / program : here / program;
}

/// What all processes of a run need beside them, if there is such a thing.
class DaemonProcess final {
 public:
  DaemonProcess(const Middleware& middleware, const std::vector<Task>& tasks)
      : program_(middleware.needs_daemon ? middleware.program : std::string()), tasks_(json(tasks).dump()) {}
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;
  ~DaemonProcess() {
    if (!process_) return;
    process_.reset();
    sweep();
  }

  Result<void> start(app::Interrupt& interrupt, Deadline deadline) {
    if (program_.empty()) return {};
    WEFT_TRY(auto process, app::Process::start(program_, {"daemon", tasks_}));
    process_.emplace(std::move(process));
    WEFT_TRY(const auto line, process_->line(interrupt, deadline));
    WEFT_CHECK(parse(line));
    return {};
  }
  /// -1: there is none.
  [[nodiscard]] int output() const noexcept { return process_ ? process_->output() : -1; }
  Result<void> finish(app::Interrupt& interrupt, Deadline deadline) {
    return process_ ? process_->finish(interrupt, deadline) : Result<void>();
  }

 private:
  /// Once it is gone, however it ended.
  void sweep() {
    auto sweeper = app::Process::start(program_, {"sweep", tasks_});
    while (sweeper && sweeper->read().value_or(false)) {
    }
  }

  const std::string program_;
  const std::string tasks_;
  std::optional<app::Process> process_;
};

class Crew final {
 public:
  Crew(DaemonProcess& daemon, app::Interrupt& interrupt, Deadline deadline)
      : daemon_(daemon), interrupt_(interrupt), deadline_(deadline) {}

  Result<void> start(const std::string& program, const std::vector<Task>& tasks) {
    WEFT_TRY(auto process, app::Process::start(program, {"perform", json(tasks).dump()}));
    processes_.push_back(std::move(process));
    names_.push_back(name_of(tasks));
    return {};
  }

  Result<void> tell(const json& line) {
    for (std::size_t i = 0; i < processes_.size(); ++i)
      if (!processes_[i].tell(line.dump())) return died(i);
    return {};
  }

  /// What one of them says, and which.
  Result<std::pair<std::size_t, json>> next() {
    for (;;) {
      for (std::size_t i = 0; i < processes_.size(); ++i) {
        if (const auto line = processes_[i].read_line()) {
          WEFT_TRY(auto said, parse(*line));
          return std::pair(i, std::move(said));
        }
      }
      WEFT_CHECK(wait());
    }
  }

  Result<void> finish() {
    for (auto& process : processes_)
      WEFT_CHECK(process.finish(interrupt_, deadline_));
    return daemon_.finish(interrupt_, deadline_);
  }

 private:
  Result<void> wait() {
    std::vector<pollfd> polled{{interrupt_.fd(), POLLIN, 0}, {daemon_.output(), POLLIN, 0}};
    for (const auto& process : processes_)
      polled.push_back({process.output(), POLLIN, 0});
    const auto time = now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(deadline_.left(time)).count();
    const int ready = deadline_.has_passed(time) ? 0 : ::poll(polled.data(), polled.size(), int(left_ms));
    if (ready == 0) return Error{Errc::timeout, "a peer says nothing more"};
    if (polled[0].revents != 0) return Error{Errc::cancelled, "interrupted"};
    if (polled[1].revents != 0) return Error{Errc::unavailable, "a peer's daemon has died"};
    for (std::size_t i = 0; ready > 0 && i < processes_.size(); ++i) {
      if (polled[i + 2].revents == 0) continue;
      WEFT_TRY(const bool more, processes_[i].read());
      if (!more) return died(i);
    }
    return {};
  }
  [[nodiscard]] Error died(std::size_t i) const {
    return {Errc::unavailable, fmt::format("the process of {} has died", names_[i])};
  }

  DaemonProcess& daemon_;
  app::Interrupt& interrupt_;
  const Deadline deadline_;
  std::vector<app::Process> processes_;
  std::vector<std::string> names_;  // of the parts of each
};

/// One run of a crew, step by step.
class Run final {
 public:
  Run(const std::vector<Task>& tasks, bool apart, Crew& crew)
      : tasks_(tasks), apart_(apart), crew_(crew), results_(tasks.size()) {}

  Result<std::vector<json>> play() {
    WEFT_CHECK(until_said("at", std::size_t(std::ranges::count_if(tasks_, is_owner, &Task::role))));
    WEFT_CHECK(crew_.tell({{"at", endpoints_}}));
    const auto drivers = std::size_t(std::ranges::count_if(tasks_, is_driver, &Task::role));
    WEFT_CHECK(until_said("ready", drivers));
    WEFT_CHECK(crew_.tell("go"));
    while (driven_ < drivers)
      WEFT_CHECK(take_next());
    WEFT_CHECK(crew_.tell("stop"));
    while (std::ranges::any_of(results_, &json::is_null))
      WEFT_CHECK(take_next());
    WEFT_CHECK(crew_.finish());
    return std::move(results_);
  }

 private:
  Result<void> until_said(const std::string& what, std::size_t times) {
    while (said_[what] < times)
      WEFT_CHECK(take_next());
    return {};
  }

  Result<void> take_next() {
    WEFT_TRY(auto next, crew_.next());
    auto& [process, said] = next;
    ++said_[said.begin().key()];
    if (said.contains("at"))
      endpoints_[said["at"][0].get<std::string>()].push_back(said["at"][1].get<std::string>());
    if (!said.contains("result")) return {};
    const auto part = apart_ ? process : said["result"].get<std::size_t>();
    if (part >= results_.size())
      return Error{Errc::malformed, "a peer has a result of a part that it has not"};
    if (!results_[part].is_null()) return Error{Errc::malformed, "a peer has two results of a part"};
    if (is_driver(tasks_[part].role)) ++driven_;
    results_[part] = std::move(said);
    return {};
  }

  const std::vector<Task>& tasks_;
  const bool apart_;
  Crew& crew_;
  Stage::Endpoints endpoints_;
  std::map<std::string, std::size_t> said_;
  std::size_t driven_ = 0;
  std::vector<json> results_;
};

}  // namespace

Result<Middleware::Transport> Middleware::transport(const std::string& wanted) const {
  const auto found = std::ranges::find(transports, wanted, &Transport::name);
  if (found != transports.end()) return *found;
  return Error{Errc::not_found, fmt::format("{} has no transport \"{}\"", name, wanted)};
}

namespace {

Result<void> read_description(const json& said, Middleware& middleware) {
  try {
    middleware.acknowledges = said.value("acknowledges", false);
    middleware.needs_daemon = said.value("needs_daemon", false);
    middleware.pairs = said.value("pairs", std::set<Pair>());
    if (json(middleware.pairs) != said.value("pairs", json::array()))
      return Error{Errc::malformed, fmt::format("it has pairs that are none: {}", said["pairs"].dump())};
    middleware.most_bytes = said.value("most_bytes", middleware.most_bytes);
    middleware.version = said.value("version", "");
    for (const auto& each : said.at("transports"))
      middleware.transports.push_back({each.at("name"), each.at("crosses")});
    return {};
  } catch (const json::exception& error) {
    return Error{Errc::malformed, fmt::format("it describes itself by {}: {}", said.dump(), error.what())};
  }
}

Result<void> describe(Middleware& middleware, app::Interrupt& interrupt) {
  const Deadline deadline = patience;
  WEFT_TRY(auto process, app::Process::start(middleware.program, {"describe"}));
  WEFT_TRY(const auto line, process.line(interrupt, deadline));
  WEFT_TRY(const auto said, parse(line));
  WEFT_CHECK(process.finish(interrupt, deadline));
  return read_description(said, middleware);
}

}  // namespace

Result<Middleware> find_middleware(const std::string& name, app::Interrupt& interrupt) {
  Middleware found{.name = std::filesystem::path(name).filename(), .program = program_of(name)};
  if (found.name.starts_with(prefix)) found.name.erase(0, prefix.size());
  std::error_code none;
  if (!std::filesystem::exists(found.program, none)) {
    return Error{
        Errc::not_found,
        fmt::format("{} is not here; weft, zmq and twin are, and iceoryx and grpc after ./dev peers", name)};
  }
  auto described = describe(found, interrupt);
  if (!described && described.error().code == Errc::cancelled) return described.error();
  if (!described)
    return Error{described.error().code,
                 fmt::format("{}, as an adapter: {}", found.program, described.error().message)};
  return found;
}

Result<std::vector<json>> perform(const Middleware& middleware, const std::vector<Task>& tasks,
                                  app::Interrupt& interrupt) {
  const auto& first = tasks.at(0);
  WEFT_TRY(const auto transport, middleware.transport(first.channel.transport));
  const Deadline deadline = most_for(tasks);
  DaemonProcess daemon(middleware, tasks);
  WEFT_CHECK(daemon.start(interrupt, deadline));
  Crew crew(daemon, interrupt, deadline);
  if (!transport.crosses) WEFT_CHECK(crew.start(middleware.program, tasks));
  for (const auto& task : transport.crosses ? tasks : std::vector<Task>())
    WEFT_CHECK(crew.start(middleware.program, {task}));
  return Run(tasks, transport.crosses, crew).play();
}

}  // namespace weft::perf
