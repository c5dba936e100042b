// weftd: the discovery daemon of one domain on one host.
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sys/resource.h>

#include "common/command.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "discovery/connection.hpp"
#include "discovery/place.hpp"
#include "discovery/server.hpp"
#include "transport/os_names.hpp"
#include "weftd/background.hpp"
#include "weftd/log.hpp"

namespace weft::daemon {

namespace {

using namespace std::chrono_literals;

/// While another daemon has the lock and does not listen, it is just beginning or ending: not for longer than this.
constexpr auto patience = 2s;
constexpr auto between_tries = 10ms;

struct Options {
  std::string runtime_directory;
  std::string domain = "default";
  bool background = false;
  double idle_stop = 0;
  bool json = false;
};

/// The exit code if the program is to end with that.
std::optional<int> parse(int argc, char** argv, Options& options) {
  app::Program app{"weftd", "weftd: the directory through which the programs of one host find each other"};
  bool foreground = false;
  app.add_version(WEFT_VERSION);
  app.option("--domain", options.domain, "Programs of different domains never meet")
      .value("NAME")
      .show_default();
  app.option("--idle-stop", options.idle_stop, "End after so long without a session; 0: never")
      .value("SECONDS")
      .range(0.0, 1e9)
      .show_default();
  auto json = app.flag("--json", options.json, "Log a JSON object a line");
  auto stay = app.flag("--foreground", foreground, "Stay, and log on standard error: the default");
  app.flag("--background", options.background,
           "Go on in the background, without a log; done once a daemon of the domain listens")
      .excludes(stay)
      .excludes(json);
  app.footer(
      "Environment: WEFT_RUNTIME_DIR (the directory of its socket), WEFT_DOMAIN (the default of --domain)\n"
      "Ctrl-C or SIGTERM ends it. Exit codes: 0 done, 1 failed, 2 usage");
  app.add_man_pages(WEFT_VERSION);
  return app.parse(argc, argv);
}

/// Each session takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // where that is not allowed, the usual number must do
}

Result<std::unique_ptr<discovery::Server>> make_server(const Options& options) {
  WEFT_TRY(auto directory, transport::runtime_directory(options.runtime_directory));
  const auto idle_stop =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.idle_stop));
  auto log = options.background ? LogSink() : options.json ? json_log(options.domain) : plain_log();
  return discovery::Server::create({std::move(directory), options.domain, idle_stop}, std::move(log));
}

Result<bool> another_listens(const Options& options) {
  WEFT_TRY(const auto directory, transport::runtime_directory(options.runtime_directory));
  WEFT_TRY(const auto path, transport::daemon_socket(options.domain, directory));
  return discovery::Connection::open(path).has_value();
}

/// A server; nothing if another daemon of the domain listens.
Result<std::unique_ptr<discovery::Server>> make_only_server(const Options& options,
                                                            app::Interrupt& interrupt) {
  const Deadline deadline(patience);
  for (;;) {
    auto server = make_server(options);
    if (server || server.error().code != Errc::in_use) return server;
    WEFT_TRY(const bool other, another_listens(options));
    if (other) return std::unique_ptr<discovery::Server>();
    if (interrupt.requested() || deadline.has_passed(now())) return server;
    WEFT_CHECK(interrupt.wait(-1, between_tries));
  }
}

int run_in_background(const Options& options) {
  auto background = Background::enter();
  if (!background) return app::fail("weftd", background.error());
  if (!*background) return app::exit_done;
  auto interrupt = app::Interrupt::create();
  auto server = interrupt ? make_only_server(options, *interrupt) : interrupt.error();
  (*background)->tell(server ? Result<void>() : server.error());
  if (!server || *server == nullptr) return app::exit_done;
  return (*server)->run(interrupt->fd()) ? app::exit_done : app::exit_failed;
}

int run_in_foreground(const Options& options) {
  auto interrupt = app::Interrupt::create();
  if (!interrupt) return app::fail("weftd", interrupt.error());
  auto server = make_server(options);
  if (!server) return app::fail("weftd", server.error());
  if (auto result = (*server)->run(interrupt->fd()); !result) return app::fail("weftd", result.error());
  return app::exit_done;
}

}  // namespace

}  // namespace weft::daemon

int main(int argc, char** argv, char** environment) {
  using namespace weft::daemon;
  weft::app::fill_standard_descriptors();
  auto [runtime_directory, domain] = weft::discovery::place_from(environment);
  Options options{.runtime_directory = std::move(runtime_directory), .domain = std::move(domain)};
  if (const auto code = parse(argc, argv, options)) return *code;
  raise_descriptor_limit();
  return options.background ? run_in_background(options) : run_in_foreground(options);
}
