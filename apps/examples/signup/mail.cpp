// weft-signup mail: the e-mail service. What it writes, a mail transfer agent would take from the spool.
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"
#include "examples/signup/letter.hpp"
#include "examples/signup/roles.hpp"
#include "examples/whole_file.hpp"

namespace weft::signup {

namespace {

using namespace std::chrono_literals;

constexpr Duration rest = 1s;  // until what could not be written is tried again

/// The same each time that an item comes, and no other's: so what comes twice makes one file, of one Message-ID.
std::string id_of(const wire::Header& header) {
  return fmt::format("{:016x}.{:x}.{}", header.source.context, header.source.port, header.sequence);
}

Result<void> write(const std::string& spool, const std::string& id, const std::string& letter) {
  const auto path = spool + "/" + id + ".eml";
  std::error_code none;
  if (std::filesystem::exists(path, none)) return {};  // it came before, and we died before that was known
  WEFT_CHECK(examples::write_whole(path, as_bytes(letter), examples::Lasting::for_good));
  return app::print(path + "\n");
}

void take(const std::string& spool, Item<Mail> item) {
  const auto id = id_of(item.header());
  const auto letter =
      written({id, item.header().stamp, item->name, item->email, "Welcome",
               fmt::format("Welcome, {}!\n\nYou are our user number {}.\n", item->name, item->number)});
  if (!letter) {
    app::say(program, "not written, and never will be: " + letter.error().message);
    return item.done();
  }
  if (const auto done = write(spool, id, *letter); !done && done.error().sys_errno != EPIPE) {
    app::say(program, done.error().message + "; tried again in a second");
    return item.refuse(rest);
  }
  item.done();
}

}  // namespace

Result<void> write_mails(const Node& node, const std::string& spool, app::Interrupt& interrupt) {
  std::error_code failed;
  std::filesystem::create_directories(spool, failed);
  if (failed) return sys_error(failed.value(), "make the folder", shown(spool));
  WEFT_TRY(auto worker, node.worker(mails));
  WEFT_TRY(const auto executor, Executor::create());
  WEFT_TRY(const auto items, executor->on(worker, [&](Item<Mail> item) { take(spool, std::move(item)); }));
  WEFT_TRY(const auto signals, executor->on_readable(interrupt.fd(), [&] { executor->stop(); }));
  app::say(program, fmt::format("writes to {}; Ctrl-C ends it", shown(spool)));
  executor->wait();
  return {};
}

}  // namespace weft::signup
