// weft-images: makes small pictures of large ones, on as many processes as there are.
//
//   weft-images feed DIR… --out OUT    finds the images, pushes them, writes what comes back
//   weft-images work                   does them: as many of these as you like, whenever you like; kill them, too
//   weft-images alone DIR… --out OUT   does the same without workers, bit by bit
#include <algorithm>
#include <thread>

#include "common/command.hpp"
#include "common/exit.hpp"
#include "common/interrupt.hpp"
#include "common/output.hpp"
#include "common/world.hpp"
#include "examples/images/display.hpp"
#include "examples/images/roles.hpp"

namespace weft::images {

namespace {

struct Options {
  Order order;
  bool plain = false;
  unsigned jobs = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
};

void describe_order(app::Command& verb, Options& options) {
  verb.option("DIR", options.order.folders, "Folders, with all that is below")
      .required()
      .existing_directory();
  verb.option("-o,--out", options.order.out, "The folder for the results, and a contact sheet")
      .required()
      .value("DIR");
  verb.option("-w,--width", options.order.steps.width, "How wide the results are")
      .range(1U, most_width)
      .value("PIXELS")
      .show_default();
  verb.option("-b,--blur", options.order.steps.blur, "How far each pixel is blurred (0: not at all)")
      .range(0U, most_blur)
      .value("PIXELS")
      .show_default();
  verb.flag("--plain", options.plain, "Do not spread the brightness over its whole range");
  verb.flag("--json", options.order.json, "A JSON object for each image, and one at the end");
}

Result<void> perform(const std::string& role, const Options& options, char** environment) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  if (role == "alone") return alone(options.order, interrupt, environment);
  WEFT_TRY(auto context, Context::create(app::world_of(program, environment)));
  WEFT_TRY(const auto node, Node::create({.name = role, .context = std::move(context)}));
  if (role == "work") return work(options.jobs, node, interrupt);
  return feed(options.order, node, interrupt, environment);
}

int main(int argc, char** argv, char** environment) {
  Options options;
  app::Program app{program,
                   "weft-images: makes small pictures of large ones, on as many processes as there are"};
  app.require_verb();
  auto feed = app.verb("feed", "Find images, let workers do them, and write the results");
  describe_order(feed, options);
  auto work = app.verb("work", "Do images of whoever feeds, until Ctrl-C");
  work.option("-j,--jobs", options.jobs, "How many at a time").range(1U, 256U).value("N").show_default();
  auto alone = app.verb("alone", "Do the same in this one process");
  describe_order(alone, options);
  app.footer("Exit codes: 0 done, 1 failed or interrupted, for some of the images at least, 2 usage.");
  if (const auto code = app.parse(argc, argv)) return *code;
  options.order.steps.equalise = !options.plain;
  const auto done = perform(app.given_verb(), options, environment);
  return done ? app::done(program) : app::fail(program, done.error());
}

}  // namespace

}  // namespace weft::images

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::images::main(argc, argv, environment);
}
