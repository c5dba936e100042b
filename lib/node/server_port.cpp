#include "node/server_port.hpp"

#include <fmt/format.h>

#include "node/calls.hpp"

namespace weft::node {

Result<std::unique_ptr<ServerPort>> ServerPort::create(const Maker& maker, Contract contract,
                                                       const Qos& qos) {
  WEFT_CHECK(check_qos(qos));
  const auto fingerprint = fingerprint_of(contract.schema);
  transport::EndOptions options;
  options.role = transport::Role::inbox;
  options.name = contract.name;
  options.reliable = true;
  options.depth = qos.depth;
  options.stall = qos.stall;
  contract.depth = qos.depth;
  options.announcement = announce(contract, maker.origin());
  WEFT_TRY(auto ends, Ends::create(maker.context, std::move(options), judge_by(contract)));
  WEFT_TRY(auto presence, Presence::announce(*ends, maker, discovery::PortKind::server, contract));
  return std::unique_ptr<ServerPort>(new ServerPort(std::move(ends), std::move(presence), fingerprint));
}

ServerPort::ServerPort(std::unique_ptr<Ends> ends, std::unique_ptr<Presence> presence,
                       std::uint64_t request_fingerprint)
    : ends_(std::move(ends)), presence_(std::move(presence)), fingerprint_(request_fingerprint) {}

Result<std::string> ServerPort::bind(std::string_view uri) {
  const ThreadCheck::Inside inside(check_);
  return presence_->bind_by_hand([&] { return ends_->bind(uri); });
}

std::optional<Request> ServerPort::take() {
  const ThreadCheck::Inside inside(check_);
  ends_->look();
  for (auto& slot : ends_->slots()) {
    transport::Frame frame;
    while (slot.end->receive(frame)) {
      if (auto request = examine(std::move(frame), slot)) {
        ends_->note(true);
        return request;
      }
    }
  }
  ends_->note(false);
  return std::nullopt;
}

std::optional<Request> ServerPort::examine(transport::Frame frame, Ends::Slot& slot) {
  auto view = wire::parse_frame(frame.bytes);
  Caller caller{slot.end.get(), slot.traits, slot.links.get(), frame.path, view ? view->header.sequence : 0};
  if (!view) {
    reply(caller, view.error());
    return std::nullopt;
  }
  const auto& header = view->header;
  const bool flat = header.kind == wire::Kind::flat && header.fingerprint == fingerprint_;
  const bool message = header.kind == wire::Kind::message || flat;
  const bool own_type = header.fingerprint == fingerprint_ || header.fingerprint == 0;
  auto* row = own_type ? nullptr : slot.links->find(header.source);
  const bool by_plan =
      row != nullptr && row->verdict->plan && row->verdict->fingerprint == header.fingerprint;
  if (message && (own_type || by_plan)) {
    Incoming incoming{*view, std::move(frame), by_plan ? row->verdict : nullptr, slot.links.get()};
    return Request{std::move(incoming), std::move(caller)};
  }
  reply(caller, Error{Errc::incompatible,
                      "the request is of another type than the service's, and its sender did not "
                      "announce it; send fingerprint 0 or the service's"});
  return std::nullopt;
}

wire::Header ServerPort::header_for(const Caller& caller) const {
  wire::Header header;
  header.source = ends_->options().id;
  header.sequence = caller.call;
  header.stamp = wall_now();
  return header;
}

void ServerPort::reply(const Caller& caller, const Outgoing& response) {
  if (caller.path.empty()) return;
  const Road road{*caller.end, caller.traits, *caller.links, &caller.path};
  auto sent = transmit(road, header_for(caller), response, Deadline::passed());
  if (!sent && sent.error().code == Errc::too_big) reply(caller, sent.error());
}

void ServerPort::reply(const Caller& caller, const Error& error) {
  if (caller.path.empty()) return;
  // Fails only if the caller has gone or takes nothing: nobody is left to be told.
  [[maybe_unused]] const auto sent = transmit_error(*caller.end, header_for(caller), error, caller.path);
}

Result<void> ServerPort::wait(Deadline deadline) {
  const ThreadCheck::Inside inside(check_);
  WEFT_TRY(const bool woken, ends_->wait(deadline));
  if (!woken) return Error{Errc::timeout, fmt::format("{}: no request in time", ends_->name())};
  return {};
}

Result<int> ServerPort::fd() {
  const ThreadCheck::Inside inside(check_);
  return ends_->fd();
}

}  // namespace weft::node
