#include "examples/loops/ticks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "common/command.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"
#include "common/world.hpp"

namespace weft::loops {

namespace {

Result<void> perform(const Description& description, const Loop& loop, const std::string& argument) {
  WEFT_TRY(const auto interrupt, app::Interrupt::create());
  WEFT_TRY(auto context, Context::create(app::world_of(description.name, environ)));
  WEFT_TRY(const auto node, Node::create({.name = description.name, .context = std::move(context)}));
  WEFT_TRY(auto subscriber, node.subscriber(ticks));
  Counter counter(std::move(subscriber));
  app::say(description.name, fmt::format("counts {}; Ctrl-C ends it", ticks.name()));
  return loop({counter, interrupt, argument});
}

}  // namespace

Result<void> Counter::take_some() {
  for (int i = 0; i < 16; ++i) {
    if (!subscriber_.try_receive()) return std::exchange(said_, true) ? Result<void>() : say();
    ++taken_;
    said_ = false;
  }
  return {};
}

Result<void> Counter::count() {
  ++taken_;
  return say();
}

Result<void> Counter::say() const {
  return app::print(fmt::format("{} ticks\n", taken_));
}

int run(const Description& description, const Loop& loop, int argc, char** argv) {
  app::fill_standard_descriptors();
  std::string argument;
  app::Program app{description.name, fmt::format("{}: {}", description.name, description.what)};
  if (!description.argument.empty()) app.option(description.argument, argument).required();
  app.footer(fmt::format("To see it count: weft topic pub {} '{{\"number\":1}}' --count 100 --rate 1000",
                         ticks.name()));
  if (const auto code = app.parse(argc, argv)) return *code;
  const auto done = perform(description, loop, argument);
  return done ? app::done(description.name) : app::fail(description.name, done.error());
}

}  // namespace weft::loops
