// weft-signup: signing up, as four programs.
//
//   weft-signup serve --users FILE     keeps the users
//   weft-signup mail --spool DIR       writes each a welcome; may be away, killed, started again
//   weft-signup count                  counts by domain and minute; nobody waits for it
//   weft-signup add NAME EMAIL         signs somebody up

#include "common/command.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/world.hpp"
#include "examples/signup/roles.hpp"

namespace weft::signup {

namespace {

struct Options {
  std::string users;
  std::string spool;
  bool json = false;
  Registration who;
  double timeout = 5;
};

void describe(app::Command& app, Options& options) {
  app.require_verb();
  auto serve = app.verb("serve", "Keep the users, and see to it that each gets a welcome");
  serve.option("-u,--users", options.users, "The file that they are kept in").required().value("FILE");
  auto mail = app.verb("mail", "Write the welcomes, a file each");
  mail.option("-s,--spool", options.spool, "The folder that they are written to").required().value("DIR");
  auto count = app.verb("count", "Count sign-ups by domain and minute: minute, how many, domain");
  count.flag("--json", options.json, "As JSON objects");
  auto add = app.verb("add", "Sign somebody up");
  add.option("NAME", options.who.name, "Any name").required();
  add.option("EMAIL", options.who.email, "Like ada@example.org").required();
  add.option("-t,--timeout", options.timeout, "How long to wait for the user service")
      .range(0.0, 1e9)
      .value("SECONDS")
      .show_default();
  app.footer(
      "Exit codes: 0 done (also after Ctrl-C), 1 failed (no server is there, too), 2 usage, 3 no answer in "
      "time.");
}

Result<void> perform(const std::string& role, const Options& options, char** environment) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node, Node::create({.name = role, .context = std::move(context)}));
  if (role == "serve") return serve(node, options.users, interrupt);
  if (role == "mail") return write_mails(node, options.spool, interrupt);
  if (role == "count") return count(node, options.json, interrupt);
  interrupt.end_at_once();  // nothing is to be cleaned up
  return add(node, options.who, options.timeout);
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{program, "weft-signup: signing up, as programs that may be away"};
  describe(app, options);
  if (const auto code = app.parse(argc, argv)) return *code;
  const auto done = perform(app.given_verb(), options, environment);
  return done ? app::done(program) : app::fail(program, done.error());
}

}  // namespace

}  // namespace weft::signup

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::signup::main(argc, argv, environment);
}
