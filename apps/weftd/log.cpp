#include "weftd/log.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/time.hpp"
#include "codec/json_text.hpp"

namespace weft::daemon {

namespace {

constexpr std::size_t most_line = 4000;  // a pipe that has room has room for so much

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::debug:
      return "debug";
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

void write(std::string line) {
  line += '\n';
  pollfd room{STDERR_FILENO, POLLOUT, 0};
  if (line.size() > most_line || ::poll(&room, 1, 0) != 1) return;
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

LogSink plain_log() {
  return [](Severity severity, std::string_view line) {
    if (severity >= Severity::info) write(fmt::format("weftd: {}: {}", name_of(severity), line));
  };
}

LogSink json_log(std::string domain) {
  return [domain = std::move(domain)](Severity severity, std::string_view line) {
    if (severity < Severity::info) return;
    nlohmann::ordered_json object;
    object["time"] = codec::time_text(wall_now());
    object["severity"] = name_of(severity);
    object["domain"] = domain;
    object["text"] = line;
    write(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  };
}

}  // namespace weft::daemon
