#include "transport/zmq/zmq_transport.hpp"

#include <fmt/core.h>

#include "transport/zmq/context.hpp"
#include "transport/zmq/inbox.hpp"
#include "transport/zmq/parts.hpp"
#include "transport/zmq/publisher.hpp"
#include "transport/zmq/sender.hpp"
#include "transport/zmq/subscriber.hpp"

namespace weft::transport {

namespace zeromq {

namespace {

class ZmqTransport final : public Transport {
 public:
  ZmqTransport(Scheme scheme, const World& world, std::shared_ptr<Context> context)
      : scheme_(scheme), world_(world), context_(std::move(context)) {}

  [[nodiscard]] std::string_view scheme() const noexcept override {
    return scheme_ == Scheme::ipc ? "ipc" : "tcp";
  }
  [[nodiscard]] Traits traits() const noexcept override { return {.max_frame = max_frame}; }

  Result<std::unique_ptr<End>> open(EndOptions options, LinkObserver& observer) override {
    WEFT_TRY(auto* context, context_->get());
    const Parts parts{*context, scheme_, world_};
    switch (options.role) {
      case Role::publisher:
        return Publisher::open(parts, std::move(options), observer);
      case Role::subscriber:
        return Subscriber::open(parts, std::move(options), observer);
      case Role::inbox:
        return Inbox::open(parts, std::move(options), observer);
      case Role::sender:
        return Sender::open(parts, std::move(options), observer);
    }
    return Error{Errc::unsupported, fmt::format("{}: no such role", scheme())};
  }

 private:
  const Scheme scheme_;
  const World& world_;
  const std::shared_ptr<Context> context_;
};

Factory factory(Scheme scheme, std::shared_ptr<Context> context) {
  return [scheme, context = std::move(context)](const World& world) -> Result<std::unique_ptr<Transport>> {
    return std::unique_ptr<Transport>(std::make_unique<ZmqTransport>(scheme, world, context));
  };
}

}  // namespace

}  // namespace zeromq

ZeroMq make_zeromq() {
  const auto context = std::make_shared<zeromq::Context>();
  return {zeromq::factory(zeromq::Scheme::ipc, context), zeromq::factory(zeromq::Scheme::tcp, context)};
}

}  // namespace weft::transport
