#include "transport/zmq/attachments.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

namespace weft::transport::zeromq {

namespace {

/// The port of tcp, with its colon; the whole of anything else.
std::string_view end_of(std::string_view uri) {
  return uri.starts_with("tcp:") ? uri.substr(uri.rfind(':')) : uri;
}

}  // namespace

Result<void> Attachments::attach(Socket& socket, const Bindings& bindings, const Endpoint& endpoint) {
  WEFT_TRY(auto target, bindings.target(endpoint));
  if (auto* known = find(target.uri)) {
    known->wanted = true;
    known->unwanted_connection = false;
    return {};
  }
  WEFT_CHECK(bindings.connect(socket, endpoint));
  attachments_.push_back({.uri = std::move(target.uri)});
  return {};
}

Result<void> Attachments::unwant(const Bindings& bindings, const Endpoint& endpoint) {
  WEFT_TRY(const auto target, bindings.target(endpoint));
  auto* known = find(target.uri);
  if (known == nullptr || !known->wanted)
    return Error{Errc::not_found, fmt::format("not attached to {}", endpoint.uri())};
  known->wanted = false;
  return {};
}

// libzmq tells of a host by its address, whatever name it was given by.
void Attachments::note(const Monitor::Event& event) {
  if (event.what == Monitor::What::ready) return;
  if (event.what == Monitor::What::closed) {
    for (auto& one : attachments_) {
      if (one.connection != event.connection) continue;
      one.connection = -1;
      one.unwanted_connection = false;
    }
    return;
  }
  auto* found = find(event.endpoint);
  for (auto& one : attachments_) {
    if (found == nullptr && one.connection == -1 && end_of(one.uri) == end_of(event.endpoint)) found = &one;
  }
  if (found == nullptr) return;
  found->connection = event.connection;
  found->opened = true;
  found->unwanted_connection = !found->wanted;
}

bool Attachments::is_unwanted(int connection) const noexcept {
  return std::ranges::any_of(attachments_, [&](const Attachment& one) {
    return one.unwanted_connection && one.connection == connection;
  });
}

bool Attachments::all_wanted() const noexcept {
  return std::ranges::all_of(attachments_, &Attachment::wanted);
}

void Attachments::forget(Socket& socket, bool all_read) noexcept {
  std::erase_if(attachments_, [&](const Attachment& one) {
    const bool in_use = one.connection != -1 && !one.unwanted_connection;
    if (one.wanted || in_use || (one.opened && !all_read)) return false;
    socket.disconnect(one.uri);
    return true;
  });
}

Attachments::Attachment* Attachments::find(std::string_view uri) noexcept {
  const auto found = std::ranges::find(attachments_, uri, &Attachment::uri);
  return found != attachments_.end() ? &*found : nullptr;
}

}  // namespace weft::transport::zeromq
