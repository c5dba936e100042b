#include "examples/images/display.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/foreign_text.hpp"
#include "common/exit.hpp"
#include "common/output.hpp"

namespace weft::images {

namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string bar(std::size_t done, std::size_t all, std::size_t width) {
  return fmt::format("[{0:#>{1}}{0:.>{2}}]", "", done * width / all, width - done * width / all);
}

double seconds_since(Instant begun) {
  return std::max(std::chrono::duration<double>(now() - begun).count(), 1e-3);
}

}  // namespace

Display::Style Display::style() const {
  if (json_) return Style::json;
  return app::Terminal::of_stdout(environment_).is_terminal ? Style::bar : Style::lines;
}

Result<void> Display::settled(const Gallery& gallery, std::uint32_t number, Gallery::Taken taken) {
  if (taken == Gallery::Taken::duplicate) return {};
  const auto& source = gallery.sources()[number];
  const bool failed = taken == Gallery::Taken::failed;
  if (failed) {
    if (std::exchange(bar_stands_, false)) WEFT_CHECK(app::print("\r\x1b[K"));
    app::say(program, fmt::format("{}: {}", shown(source.path), shown(gallery.reason(number), 500)));
  }
  switch (style()) {
    case Style::json:
      return app::print(dumped(failed ? Json{{"image", source.path}, {"error", gallery.reason(number)}}
                                      : Json{{"image", source.path}, {"output", source.output}}));
    case Style::lines:
      return failed ? Result<void>() : app::print(shown(gallery.folder() + "/" + source.output) + "\n");
    default:
      return {};
  }
}

Result<void> Display::update(const Gallery& gallery, const Workforce& workforce) {
  if (style() != Style::bar) return {};
  const auto terminal = app::Terminal::of_stdout(environment_);
  const auto done = gallery.written() + gallery.failed();
  const auto all = gallery.sources().size();
  const auto text = fmt::format(" {} of {} images, {:.1f}/s, {} workers", done, all,
                                double(done) / seconds_since(begun_), workforce.workers);
  const auto room = terminal.width > text.size() + 12 ? terminal.width - text.size() - 3 : 0;
  bar_stands_ = true;
  return app::print(fmt::format("\r{}\x1b[K", app::cut(bar(done, all, room) + text, terminal.width - 1)));
}

Result<void> Display::finish(const Gallery& gallery, const Workforce& workforce) {
  if (style() == Style::json) {
    return app::print(dumped({{"images", gallery.sources().size()},
                              {"failed", gallery.failed()},
                              {"duplicates", gallery.duplicates()},
                              {"redelivered", workforce.redelivered},
                              {"seconds", seconds_since(begun_)}}));
  }
  WEFT_CHECK(update(gallery, workforce));
  return app::print(fmt::format("{}{} of {} images are in {}, {} were done again\n", bar_stands_ ? "\n" : "",
                                gallery.written(), gallery.sources().size(), shown(gallery.folder()),
                                workforce.redelivered));
}

}  // namespace weft::images
