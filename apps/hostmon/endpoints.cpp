#include "hostmon/endpoints.hpp"

#include <fmt/core.h>

#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace {

Error bad_endpoint(std::string_view base, std::string_view why) {
  return {Errc::invalid_argument,
          fmt::format("endpoint \"{}\": {}; write it as ipc://hostmon or tcp://127.0.0.1:7700",
                      printable(base, 120), why)};
}

Result<std::string> next_port(std::string_view base, std::size_t index) {
  const auto colon = base.rfind(':');
  const auto highest = 65535 - (channels.size() - 1);
  const auto port = to_number(base.substr(colon + 1), "port", highest);
  if (!port) return bad_endpoint(base, port.error().message);
  return fmt::format("{}:{}", base.substr(0, colon), *port == 0 ? 0 : *port + index);
}

}  // namespace

Result<std::string> endpoint_of(std::string_view base, std::size_t index) {
  constexpr std::string_view tcp = "tcp://";
  const auto scheme = base.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return bad_endpoint(base, "has no scheme");
  if (scheme + 3 == base.size()) return bad_endpoint(base, "has no address");
  if (base.starts_with(tcp)) return next_port(base, index);
  const auto channel = channels[index];
  return fmt::format("{}-{}", base, channel.substr(channel.find('/') + 1));
}

}  // namespace weft::hostmon
