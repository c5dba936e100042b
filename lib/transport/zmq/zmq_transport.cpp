#include "transport/zmq/zmq_transport.hpp"

#include <atomic>

#include <fmt/core.h>
#include <zmq.h>

#include "transport/os_names.hpp"
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
  ZmqTransport(Scheme scheme, const World& world) : scheme_(scheme), world_(world) {}

  [[nodiscard]] std::string_view scheme() const noexcept override {
    return scheme_ == Scheme::ipc ? "ipc" : "tcp";
  }
  [[nodiscard]] Traits traits() const noexcept override { return {.max_frame = max_frame}; }
  [[nodiscard]] Endpoint own_endpoint(const PortId& id) const override {
    return {std::string(scheme()), scheme_ == Scheme::ipc ? own_name(id) : "127.0.0.1:0"};
  }

  Result<std::unique_ptr<End>> open(EndOptions options, LinkObserver& observer) override {
    WEFT_TRY(auto* context, context_.get());
    const auto number =
        ends_.fetch_add(1, std::memory_order_relaxed);  // pairs with nothing: only unlike others
    const Parts parts{*context, scheme_, world_, number};
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
  Context context_;
  std::atomic<std::uint32_t> ends_{0};
};

}  // namespace

}  // namespace zeromq

Result<std::unique_ptr<Transport>> make_ipc(const World& world) {
  return std::unique_ptr<Transport>(std::make_unique<zeromq::ZmqTransport>(zeromq::Scheme::ipc, world));
}

Result<std::unique_ptr<Transport>> make_tcp(const World& world) {
  return std::unique_ptr<Transport>(std::make_unique<zeromq::ZmqTransport>(zeromq::Scheme::tcp, world));
}

std::string zmq_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  ::zmq_version(&major, &minor, &patch);
  return fmt::format("libzmq {}.{}.{}", major, minor, patch);
}

}  // namespace weft::transport
