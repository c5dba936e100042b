#include "discovery/inquiry.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/poll.hpp"
#include "discovery/vacancy.hpp"
#include "transport/os_names.hpp"

namespace weft::discovery {
namespace {

constexpr auto patience = std::chrono::seconds(5);
constexpr auto patience_with_others = std::chrono::seconds(2);  // in all

/// A daemon that was asked.
struct Asked {
  std::string domain;
  Result<Watcher> watcher;

  [[nodiscard]] bool is_pending() const { return watcher && !watcher->is_whole(); }
  void take_in() {
    if (auto any = watcher->update(); !any) watcher = std::move(any).error();
  }
};

/// What is wrong usage, and nothing that could be seen.
bool is_out_of_form(const Error& error) {
  return error.code == Errc::invalid_argument || error.code == Errc::too_big;
}

/// Takes in what the daemons say, until all have said it or the time is over. Errors: cancelled.
Result<void> hear(std::span<Asked> asked, Deadline deadline, int stop) {
  for (;;) {
    std::vector<pollfd> polled{{stop, POLLIN, 0}};
    for (auto& each : asked) {
      if (each.is_pending()) each.take_in();
      if (each.is_pending()) polled.push_back({each.watcher->fd(), POLLIN, 0});
    }
    if (polled.size() == 1) return {};
    WEFT_TRY(const int ready, sys::poll(polled, deadline, "discovery daemons"));
    if (polled.front().revents != 0)
      return Error{Errc::cancelled, "interrupted, while a discovery daemon does not answer", EINTR};
    if (ready == 0) return {};
  }
}

/// Its watcher; if it did not answer, what keeps us from it, and where none runs, what keeps one from that.
Result<Watcher> answered(Asked asked, const std::string& directory) {
  if (asked.is_pending()) WEFT_CHECK(asked.watcher->sync(Deadline::passed()));
  if (asked.watcher || asked.watcher.error().code != Errc::unavailable) return std::move(asked.watcher);
  const auto vacant = check_vacancy(directory, asked.domain);
  if (vacant) return std::move(asked.watcher);
  return Error{Errc::in_use,
               fmt::format("no discovery daemon runs, and none can start: {}", vacant.error().message),
               vacant.error().sys_errno};
}

/// The domain's own daemon comes first.
Result<std::vector<Asked>> ask_all(const std::string& directory, const std::string& domain, int stop) {
  const auto begun = now();
  std::vector<Asked> out;
  out.push_back({domain, Watcher::ask(directory, domain)});
  for (const auto& other : transport::daemon_domains(directory)) {
    if (other == domain) continue;
    if (auto watcher = Watcher::ask(directory, other)) out.push_back({other, std::move(watcher)});
  }
  WEFT_CHECK(hear(out, Deadline::at(begun + patience_with_others), stop));
  WEFT_CHECK(hear(std::span(out).first(1), Deadline::at(begun + patience), stop));
  return out;
}

std::set<int> processes_in(const Graph& graph) {
  std::set<int> out;
  for (const auto& [context, session] : graph.sessions)
    out.insert(session.pid);
  return out;
}

/// Who holds a socket there and is in none of the directories, each once.
std::vector<Stranger> strangers(const std::string& directory, const Graph& here,
                                std::span<const Elsewhere> elsewhere) {
  auto known = processes_in(here);
  known.insert(::getpid());
  for (const auto& other : elsewhere)
    known.merge(processes_in(*other.graph));
  std::vector<Stranger> out;
  for (const auto& [name, process] : transport::held_sockets(directory)) {
    if (known.insert(process).second) out.push_back({process, name});
  }
  return out;
}

bool misses_somebody(const Finding& finding) {
  return finding.cause == Cause::nobody || finding.cause == Cause::near_name ||
         finding.cause == Cause::other_space;
}

/// What is not known of a domain whose daemon does not answer.
Finding silent(const std::string& domain) {
  Finding out;
  out.cause = Cause::daemon;
  out.reason = fmt::format("the daemon of domain \"{}\" does not answer: who is there is not known", domain);
  out.remedy = "kill it if it stays so: links go on without it, and the next program starts another";
  return out;
}

/// What the directory and those of other domains say, and nobody knows of the silent ones.
Explanation explain(const std::string& name, const std::string& directory, const Result<Watcher>& own,
                    std::span<const Asked> others) {
  std::vector<Elsewhere> elsewhere;
  std::vector<Finding> unknown;
  for (const auto& each : others) {
    if (each.is_pending()) unknown.push_back(silent(each.domain));
    if (each.watcher && each.watcher->is_whole()) elsewhere.push_back({each.domain, &each.watcher->graph()});
  }
  const Graph nothing;
  const auto& graph = own ? own->graph() : nothing;
  std::vector<Stranger> who;  // whom no daemon knows, where all have said whom they know
  if (unknown.empty()) who = strangers(directory, graph, elsewhere);
  auto out = own ? why(name, graph, elsewhere, who) : why_unseen(name, own.error(), elsewhere, who);
  if (!own) {
    for (const auto& each : unknown)
      out.findings.front().reason += "; " + each.reason;
  } else if (std::ranges::any_of(out.findings, misses_somebody)) {
    std::ranges::move(unknown, std::back_inserter(out.findings));
  }
  return out;
}

}  // namespace

Result<Watcher> watch(const std::string& given, const std::string& domain, int stop) {
  WEFT_TRY(const auto directory, transport::runtime_directory(given));
  Asked asked{domain, Watcher::ask(directory, domain)};
  WEFT_CHECK(hear({&asked, 1}, patience, stop));
  return answered(std::move(asked), directory);
}

Result<Explanation> inquire(const std::string& name, const std::string& given, const std::string& domain,
                            int stop) {
  const auto directory = transport::runtime_directory(given);
  if (!directory && is_out_of_form(directory.error())) return directory.error();
  if (!directory) return why_unseen(name, directory.error());
  WEFT_TRY(auto asked, ask_all(*directory, domain, stop));
  const auto own = answered(std::move(asked.front()), *directory);
  if (!own && is_out_of_form(own.error())) return own.error();
  return explain(name, *directory, own, std::span(asked).subspan(1));
}

}  // namespace weft::discovery
