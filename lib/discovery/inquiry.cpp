#include "discovery/inquiry.hpp"

#include <list>
#include <set>
#include <utility>
#include <vector>

#include <unistd.h>

#include "transport/os_names.hpp"

namespace weft::discovery {
namespace {

constexpr auto patience = std::chrono::seconds(5);  // with a daemon that has welcomed us

Result<Watcher> watch_at(const std::string& directory, const std::string& domain) {
  WEFT_TRY(auto watcher, Watcher::open(directory, domain));
  WEFT_CHECK(watcher.sync(patience));
  return watcher;
}

using Watched = std::list<std::pair<std::string, Watcher>>;

/// What is wrong usage, and nothing that could be seen.
bool is_out_of_form(const Error& error) {
  return error.code == Errc::invalid_argument || error.code == Errc::too_big;
}

/// The other domains of that directory that let us look.
Watched other_domains(const std::string& directory, const std::string& domain) {
  Watched out;
  for (const auto& other : transport::daemon_domains(directory)) {
    if (other == domain) continue;
    if (auto watcher = watch_at(directory, other)) out.emplace_back(other, *std::move(watcher));
  }
  return out;
}

std::set<int> processes_in(const Graph& graph) {
  std::set<int> out;
  for (const auto& [context, session] : graph.sessions)
    out.insert(session.pid);
  return out;
}

/// Who holds a socket there and is in none of the directories, each once.
std::vector<Stranger> strangers(const std::string& directory, const Graph& here, const Watched& others) {
  auto known = processes_in(here);
  known.insert(::getpid());
  for (const auto& [domain, watcher] : others)
    known.merge(processes_in(watcher.graph()));
  std::vector<Stranger> out;
  for (const auto& [name, process] : transport::held_sockets(directory)) {
    if (known.insert(process).second) out.push_back({process, name});
  }
  return out;
}

}  // namespace

Result<Watcher> watch(const std::string& given, const std::string& domain) {
  WEFT_TRY(const auto directory, transport::runtime_directory(given));
  return watch_at(directory, domain);
}

Result<Explanation> inquire(const std::string& name, const std::string& given, const std::string& domain) {
  const auto directory = transport::runtime_directory(given);
  if (!directory && is_out_of_form(directory.error())) return directory.error();
  if (!directory) return why_unseen(name, directory.error());
  const auto watcher = watch_at(*directory, domain);
  if (!watcher && is_out_of_form(watcher.error())) return watcher.error();
  const auto watched = other_domains(*directory, domain);
  std::vector<Elsewhere> elsewhere;
  for (const auto& [other, there] : watched)
    elsewhere.push_back({other, &there.graph()});
  const Graph nothing;
  const auto& graph = watcher ? watcher->graph() : nothing;
  const auto unknown = strangers(*directory, graph, watched);
  if (watcher) return why(name, graph, elsewhere, unknown);
  return why_unseen(name, watcher.error(), elsewhere, unknown);
}

}  // namespace weft::discovery
