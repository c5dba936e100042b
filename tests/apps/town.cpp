// A town: a daemon and programs that announce what they are told to, for tests of the tools that look at a directory.
//
//     town DOMAIN PORT...       PORT is CONTEXT|KIND|NAME|SCHEMA|QOS|MEDIUM, QOS reliable or not; SCHEMA of a service
//                               is REQUEST>RESPONSE
//
// The daemon runs in WEFT_RUNTIME_DIR, within this program. Prints "ready", and ends with its standard input.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/agent.hpp"
#include "base/fd.hpp"
#include "discovery/client.hpp"
#include "discovery/server.hpp"
#include "discovery/watcher.hpp"
#include "type/traits.hpp"

namespace {

using namespace weft;
using namespace weft::discovery;

/// A port that can be reached where nobody is.
class Door final : public Matchmaking {
 public:
  Result<transport::Endpoint> host(const std::string& scheme) override {
    return transport::Endpoint{scheme, "town"};
  }
  Result<void> join(const Peer& /*owner*/, const transport::Endpoint& /*endpoint*/) override { return {}; }
  void leave(const PortKey& /*peer*/, Departure /*why*/) override {}
  void refused(const Peer& /*peer*/, Obstacle /*obstacle*/, const std::string& /*reason*/) override {}
};

/// One program of the town.
struct Program {
  std::unique_ptr<Agent> agent;
  LogSink log;
  std::unique_ptr<Client> client;
  Client::Announced node;
  std::vector<Client::Announced> ports;
};

std::vector<std::string> split(const std::string& text, char between) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == between) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

PortKind kind_of(const std::string& name) {
  for (const auto sort : all_sorts) {
    const auto [owner, guest] = sides_of(sort);
    for (const auto kind : {owner, guest}) {
      if (enumerator_name(kind) == name) return kind;
    }
  }
  std::exit(2);
}

class Town final {
 public:
  Town(std::string directory, std::string domain)
      : directory_(std::move(directory)), domain_(std::move(domain)) {}

  void add(const std::string& text) {
    const auto parts = split(text, '|');
    if (parts.size() != 6) std::exit(2);
    const auto context = std::stoull(parts[0]);
    auto& program = programs_[context];
    if (!program.client) begin(program, context);
    Port port;
    port.key = {context, ++number_};
    port.kind = kind_of(parts[1]);
    port.node = 1;
    port.name = parts[2];
    const auto schemas = split(parts[3], '>');
    port.schema = schemas[0];
    if (schemas.size() > 1) port.response = schemas[1];
    port.reliable = parts[4] == "reliable";
    port.depth = 10;
    if (!parts[5].empty()) port.media = {{parts[5], false}};
    program.ports.push_back(program.client->announce(port, door_));
  }

  /// Until the daemon knows of every port.
  void settle() {
    auto watcher = Watcher::open(directory_, domain_).value();
    watcher.sync(std::chrono::seconds(60)).value();
    while (watcher.graph().ports.size() < number_) {
      pollfd changes{watcher.fd(), POLLIN, 0};
      ::poll(&changes, 1, -1);
      watcher.update().value();
    }
  }

 private:
  void begin(Program& program, std::uint64_t context) {
    program.agent = Agent::start().value();
    program.log = [](Severity, std::string_view) {};
    ClientOptions options;
    options.runtime_directory = directory_;
    options.domain = domain_;
    options.daemon = "";
    options.program = "program" + std::to_string(context);
    options.context = context;
    program.client = Client::create(*program.agent, program.log, std::move(options)).value();
    program.node = program.client->add_node({1, "node" + std::to_string(context), ""});
  }

  const std::string directory_;
  const std::string domain_;
  Door door_;
  std::uint32_t number_ = 0;
  std::map<std::uint64_t, Program> programs_;
};

void run(int argc, char** argv) {
  const std::string directory = std::getenv("WEFT_RUNTIME_DIR");
  auto server = Server::create({directory, argv[1]}, [](Severity, std::string_view) {}).value();
  const Fd stop(::eventfd(0, EFD_CLOEXEC));
  std::thread serving([&] { server->run(stop.get()).value(); });
  {
    Town town(directory, argv[1]);
    for (int i = 2; i < argc; ++i)
      town.add(argv[i]);
    town.settle();
    std::puts("ready");
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
  }
  const std::uint64_t one = 1;
  if (::write(stop.get(), &one, sizeof one) != sizeof one) std::abort();
  serving.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  run(argc, argv);
  return 0;
}
