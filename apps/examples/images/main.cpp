// weft-images: makes small pictures of large ones, on as many processes as there are.
//
//   weft-images feed DIR… --out OUT    finds the images, pushes them, writes what comes back
//   weft-images work                   does them: as many of these as you like, whenever you like; kill them, too
//   weft-images alone DIR… --out OUT   does the same without workers, bit by bit
#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

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

void describe_order(CLI::App& verb, Options& options) {
  verb.add_option("DIR", options.order.folders, "Folders, with all that is below")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb.add_option("-o,--out", options.order.out, "The folder for the results, and a contact sheet")
      ->required()
      ->type_name("DIR");
  verb.add_option("-w,--width", options.order.steps.width, "How wide the results are")
      ->check(CLI::Range(1U, most_width))
      ->type_name("PIXELS")
      ->capture_default_str();
  verb.add_option("-b,--blur", options.order.steps.blur, "How far each pixel is blurred (0: not at all)")
      ->check(CLI::Range(0U, most_blur))
      ->type_name("PIXELS")
      ->capture_default_str();
  verb.add_flag("--plain", options.plain, "Do not spread the brightness over its whole range");
  verb.add_flag("--json", options.order.json, "A JSON object for each image, and one at the end");
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
  CLI::App app{"weft-images: makes small pictures of large ones, on as many processes as there are", program};
  app.require_subcommand(1);
  describe_order(*app.add_subcommand("feed", "Find images, let workers do them, and write the results"),
                 options);
  auto* work = app.add_subcommand("work", "Do images of whoever feeds, until Ctrl-C");
  work->add_option("-j,--jobs", options.jobs, "How many at a time")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N")
      ->capture_default_str();
  describe_order(*app.add_subcommand("alone", "Do the same in this one process"), options);
  app.footer("Exit codes: 0 done, 1 failed or interrupted, for some of the images at least, 2 usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? app::done(program) : app::exit_usage;
  }
  options.order.steps.equalise = !options.plain;
  const auto done = perform(app.get_subcommands().front()->get_name(), options, environment);
  return done ? app::done(program) : app::fail(program, done.error());
}

}  // namespace

}  // namespace weft::images

int main(int argc, char** argv, char** environment) {
  weft::app::fill_standard_descriptors();
  return weft::images::main(argc, argv, environment);
}
