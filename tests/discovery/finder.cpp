// A program with one side of discovery, for the tests of weftd: announces ports and prints what they are told.
//
//   finder CONTEXT publisher|subscriber NAME COUNT DAEMON [ignore-children] [big]
//
// Big ports have a schema of their own each, 60,000 bytes long. COUNT ports NAME0, NAME1, …; each line of standard input announces one more, the next; its end ends the program. It
// prints "host N", "join N ENDPOINT", "leave N REASON" for port N, and "log LINE" for warnings.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "discovery/client.hpp"
#include "type/traits.hpp"

using namespace weft;
using namespace weft::discovery;

namespace {

/// One write a line: several threads print.
void print(const std::string& line) {
  const auto text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::abort();
}

class Told final : public Matchmaking {
 public:
  explicit Told(PortKey key) : key_(key) {}
  Result<transport::Endpoint> host(const std::string& scheme) override {
    print(fmt::format("host {}", key_.port));
    return transport::Endpoint{scheme, fmt::format("{}.{}", key_.context, key_.port)};
  }
  Result<void> join(const Peer& /*owner*/, const transport::Endpoint& endpoint) override {
    print(fmt::format("join {} {}", key_.port, endpoint.uri()));
    return {};
  }
  void leave(const PortKey& /*peer*/, Departure why) override {
    print(fmt::format("leave {} {}", key_.port, enumerator_name(why)));
  }
  void refused(const Peer& /*peer*/, Obstacle obstacle, const std::string& /*reason*/) override {
    print(fmt::format("refused {} {}", key_.port, enumerator_name(obstacle)));
  }

 private:
  const PortKey key_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 2;
  const std::set<std::string> modes(argv + 6, argv + argc);
  if (modes.contains("ignore-children")) std::signal(SIGCHLD, SIG_IGN);
  LogSink log = [](Severity severity, std::string_view line) {
    if (severity >= Severity::warning) print(fmt::format("log {}", line));
  };
  const auto agent = Agent::start().value();
  ClientOptions options{std::getenv("WEFT_RUNTIME_DIR"), "default", argv[5], "finder", std::stoull(argv[1])};
  const auto client = Client::create(*agent, log, options).value();
  std::deque<Told> told;
  std::vector<Client::Announced> announced;
  const auto announce = [&](std::uint32_t number) {
    Port port{.key = {options.context, number + 1}, .name = argv[3] + std::to_string(number)};
    port.kind = argv[2] == std::string("publisher") ? PortKind::publisher : PortKind::subscriber;
    port.media = {{"far", false}};
    if (modes.contains("big")) port.schema = fmt::format("{:60000}", number);
    announced.push_back(client->announce(port, told.emplace_back(port.key)));
  };
  auto number = std::uint32_t(std::stoul(argv[4]));
  for (std::uint32_t i = 0; i < number; ++i)
    announce(i);
  for (std::string line; std::getline(std::cin, line);)
    announce(number++);
  return 0;
}
