// The process that the tests start, stop and kill: peer ROLE [KEY=VALUE...]; peer.hpp says what it
// understands.
#include "peer.hpp"

#include <csignal>
#include <iostream>

#include <unistd.h>

#include "transport/shm/step.hpp"

namespace {

using namespace weft;
using namespace weft::process;

/// Every transport, and whether it joins two processes.
int transports(const Node& node, const Options& /*options*/) {
  Json list = Json::array();
  for (const auto& entry : transport::transports()) {
    const auto traits = node.context()->transport(entry.scheme).value()->traits();
    list.push_back({{"scheme", entry.scheme}, {"crosses", !traits.objects}});
  }
  tell("transports", {{"list", list}});
  return 0;
}

/// The names of all steps of shared memory.
int steps(const Node& /*node*/, const Options& /*options*/) {
  tell("steps", {{"list", transport::shm::step_names}});
  return 0;
}

/// A server drains on SIGTERM; before the first thread, which inherits it.
void keep_sigterm() {
  sigset_t sigterm;
  sigemptyset(&sigterm);
  sigaddset(&sigterm, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &sigterm, nullptr);
}

/// Nothing but a Context, which sweeps.
int sweep(const Node& /*node*/, const Options& /*options*/) {
  return 0;
}

const std::map<std::string, int (*)(const Node&, const Options&)> roles = {
    {"publisher", publish},   {"subscriber", subscribe},  {"client", call}, {"server", serve},
    {"together", together},   {"transports", transports}, {"sweep", sweep}, {"exchange", exchange},
    {"directory", directory}, {"producer", produce},      {"worker", work}, {"mourner", mourn},
    {"steps", steps}};

}  // namespace

int main(int count, char** arguments) {
  const auto role = roles.find(count > 1 ? arguments[1] : "");
  if (role == roles.end()) return std::cerr << "usage: peer ROLE [KEY=VALUE...]\n", 2;
  try {
    const Options options(count - 2, arguments + 2);
    auto world = options_from(environ);
    world.daemon.clear();  // the test's own
    world.discovery = found(options);
    if (options.number("sleeps", 0) != 0) world.idle = Idle::block;
    if (role->second == serve) keep_sigterm();
    const auto node = Node::create({.context = Context::create(std::move(world)).value()}).value();
    return role->second(node, options);
  } catch (const std::exception& error) {
    tell("error", {{"message", error.what()}});
    return 1;
  }
}
