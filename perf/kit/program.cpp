#include "kit/program.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "common/exit.hpp"
#include "kit/environment.hpp"

namespace weft::perf {

int run(app::Program& app, int argc, char** argv, const std::function<Result<int>()>& measure) {
  if (const auto code = app.parse(argc, argv)) return *code;
  if (auto fit = check_build(); !fit) return app::fail(app.name(), fit.error());
  auto code = measure();
  show_progress({});
  return code ? *code : app::fail(app.name(), code.error());
}

void show_progress(const std::string& line) {
  if (::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r\x1b[K{}", line);
}

}  // namespace weft::perf
