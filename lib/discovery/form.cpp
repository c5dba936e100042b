#include "discovery/form.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "discovery/directory.hpp"
#include "transport/endpoint.hpp"
#include "type/describe.hpp"
#include "type/names.hpp"

namespace weft::discovery {

namespace {

constexpr std::size_t most_shown = 60;

Error malformed(std::string message) {
  return Error{Errc::malformed, std::move(message)};
}

Result<void> check_size(std::string_view what, std::size_t size, std::size_t most) {
  if (size <= most) return {};
  return Error{Errc::too_big, fmt::format("{}: {}, at most {} are allowed", what, size, most)};
}

/// A text for people.
Result<void> check_text(std::string_view what, std::string_view text) {
  return check_size(what, text.size(), Directory::most_text);
}

Result<void> check_name(std::string_view what, std::string_view name) {
  if (is_topic_name(name)) return {};
  return malformed(fmt::format("{} \"{}\": out of form", what, shown(name, most_shown)));
}

Result<void> check_endpoint(std::string_view uri) {
  const auto endpoint = transport::Endpoint::parse(uri);
  if (endpoint) return {};
  return malformed(endpoint.error().message);
}

Result<void> check_media(const std::vector<Medium>& media) {
  WEFT_CHECK(check_size("media", media.size(), Directory::most_media));
  for (auto each = media.begin(); each != media.end(); ++each) {
    WEFT_CHECK(check_endpoint(each->scheme + "://there"));
    if (std::ranges::find(media.begin(), each, each->scheme, &Medium::scheme) != each)
      return malformed(fmt::format("medium {}: twice", each->scheme));
  }
  return {};
}

/// Each is of an owner's own medium, and of another than those before it.
Result<void> check_endpoints(const Port& port) {
  WEFT_CHECK(check_size("endpoints", port.endpoints.size(), is_owner(port.kind) ? port.media.size() : 0));
  std::vector<std::string_view> schemes;
  for (const auto& uri : port.endpoints) {
    WEFT_CHECK(check_endpoint(uri));
    const auto scheme = transport::scheme_of(uri);
    const bool known = std::ranges::find(port.media, scheme, &Medium::scheme) != port.media.end();
    if (!known || std::ranges::find(schemes, scheme) != schemes.end())
      return malformed(fmt::format("endpoint {}: not one of each medium", shown(uri, most_shown)));
    schemes.push_back(scheme);
  }
  return {};
}

Result<void> check_by_hand(const std::vector<std::string>& uris) {
  WEFT_CHECK(check_size("endpoints by hand", uris.size(), Directory::most_by_hand));
  std::size_t bytes = 0;
  for (const auto& uri : uris) {
    WEFT_CHECK(check_endpoint(uri));
    bytes += uri.size();
  }
  return check_size("bytes of endpoints by hand", bytes, Directory::most_by_hand_bytes);
}

}  // namespace

Result<void> check_form(const Session& session) {
  WEFT_CHECK(check_text("program", session.program));
  return check_text("version", session.version);
}

Result<void> check_form(const Node& node) {
  if (node.node == 0) return malformed("node 0: 0 is no node");
  WEFT_CHECK(check_text("node", node.name));
  return node.name_space.empty() ? Result<void>() : check_name("namespace", node.name_space);
}

Result<void> check_form(const Port& port) {
  WEFT_CHECK(check_name("port", port.name));
  WEFT_CHECK(check_size("bytes of a schema", port.schema.size(), max_schema_bytes));
  WEFT_CHECK(check_size("bytes of a response's schema", port.response.size(), max_schema_bytes));
  WEFT_CHECK(check_media(port.media));
  WEFT_CHECK(check_endpoints(port));
  return check_by_hand(port.by_hand);
}

Result<void> check_form(const Hosting& hosting) {
  if (hosting.endpoint.empty()) return {};
  WEFT_CHECK(check_endpoint(hosting.endpoint));
  if (transport::scheme_of(hosting.endpoint) == hosting.scheme) return {};
  return malformed(fmt::format("hosting over {}: {} is of another medium", shown(hosting.scheme, most_shown),
                               shown(hosting.endpoint, most_shown)));
}

}  // namespace weft::discovery
