// weft-images alone: the yardstick: what one process without weft makes of the images.
#include "examples/images/gallery.hpp"
#include "examples/images/outcome.hpp"
#include "examples/images/recipe.hpp"
#include "examples/images/roles.hpp"
#include "examples/whole_file.hpp"

namespace weft::images {

namespace {

Result<Bytes> made_of(const Source& source, const Steps& steps) {
  WEFT_TRY(const auto file, examples::read_whole(source.path, most_file_bytes));
  return process(file, steps);
}

}  // namespace

Result<void> alone(const Order& order, app::Interrupt& interrupt, char** environment) {
  WEFT_TRY(auto sources, find_images(order.folders, order.out));
  WEFT_TRY(auto gallery, Gallery::create(order.out, std::move(sources)));
  Display display(order.json, environment);
  for (std::uint32_t number = 0; number < gallery.sources().size() && !interrupt.requested(); ++number) {
    const auto png = made_of(gallery.sources()[number], order.steps);
    Gallery::Taken taken{};
    if (png) {
      WEFT_TRY(taken, gallery.take(number, *png));
    } else {
      taken = gallery.take_failure(number, png.error().message);
    }
    WEFT_CHECK(display.settled(gallery, number, taken));
    WEFT_CHECK(display.update(gallery, {.workers = 1}));
  }
  return conclude(gallery, display, {.workers = 1});
}

}  // namespace weft::images
