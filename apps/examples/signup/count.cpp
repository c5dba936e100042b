// weft-signup count: the analytics service.
#include <algorithm>
#include <ctime>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/exit.hpp"
#include "common/output.hpp"
#include "examples/signup/roles.hpp"
#include "examples/signup/tally.hpp"

namespace weft::signup {

namespace {

using namespace std::chrono_literals;

std::string line_of(const Tally::Row& row, bool json) {
  const auto minute =
      fmt::format("{:%Y-%m-%dT%H:%MZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(row.minute)));
  if (!json) return fmt::format("{}  {:5}  {}\n", minute, row.sign_ups, row.domain);
  const nlohmann::ordered_json object{{"minute", minute}, {"domain", row.domain}, {"sign_ups", row.sign_ups}};
  return object.dump() + "\n";
}

Result<void> print(const std::vector<Tally::Row>& rows, bool json) {
  std::string lines;
  for (const auto& row : rows)
    lines += line_of(row, json);
  return app::print(lines);
}

}  // namespace

Result<void> count(const Node& node, bool json, app::Interrupt& interrupt) {
  WEFT_TRY(auto subscriber, node.subscriber(signed_up));
  WEFT_TRY(const auto timer, Timer::every(1s));
  WEFT_TRY(auto set, WaitSet::create());
  WEFT_CHECK(set.add(subscriber, 0));
  WEFT_CHECK(set.add_fd(interrupt.fd(), 1));
  WEFT_CHECK(set.add_fd(timer.fd(), 2));
  Tally tally;
  while (!interrupt.requested()) {
    while (const auto sample = subscriber.try_receive())
      tally.count(std::min(sample->header().stamp, wall_now()), (*sample)->domain);
    while (const auto event = subscriber.next_event()) {
      if (event->what == PeerEvent::What::matched) app::say(program, "counts what a user service says");
    }
    WEFT_CHECK(print(tally.take(wall_now()), json));
    WEFT_CHECK(set.wait(Deadline::none()));
  }
  WEFT_CHECK(print(tally.take(wall_now() + 1min), json));
  const auto missed = subscriber.counters().total.dropped_total();
  if (missed != 0) app::say(program, fmt::format("{} sign-ups were missed", missed));
  return {};
}

}  // namespace weft::signup
