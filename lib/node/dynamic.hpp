// Ports for types that the program was not compiled with: messages as JSON, by the schema that the peer
// announces.
//
// What      DynamicSubscriber, DynamicPublisher, DynamicClient, DynamicProducer and DynamicWorker do what their typed
//           namesakes do. How values look in JSON is codec/dynamic.hpp's business.
// Threads   One at a time each.
// Lifetime  Keep their Context alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "node/client_port.hpp"
#include "node/context.hpp"
#include "node/counters.hpp"
#include "node/held.hpp"
#include "node/producer_port.hpp"
#include "node/publisher_port.hpp"
#include "node/subscriber_port.hpp"
#include "type/schema.hpp"

namespace weft {

/// A message with its type, as it came.
class DynamicSample final {
 public:
  /// Keeps what `incoming` does.
  DynamicSample(node::Incoming& incoming, std::shared_ptr<const Schema> schema);

  [[nodiscard]] const wire::Header& header() const noexcept { return view_.header; }
  [[nodiscard]] const Schema& schema() const noexcept { return *schema_; }
  /// The payload in MessagePack; as long as this.
  [[nodiscard]] BytesView payload() const noexcept { return encoded_.empty() ? view_.payload : encoded_; }
  /// Errors: malformed.
  [[nodiscard]] Result<nlohmann::ordered_json> json() const;

 private:
  wire::FrameView view_;
  transport::Keeper keeper_;
  std::shared_ptr<const Schema> schema_;
  Bytes encoded_;  // of a message that came as an object
};

class DynamicSubscriber final {
 public:
  static Result<DynamicSubscriber> create(std::shared_ptr<Context> context, std::string_view topic,
                                          const Qos& qos);
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }
  /// As Subscriber::receive. Messages of publishers that do not say their schema are counted undecodable. What
  /// is handed out counts as delivered, also if its json() then turns out to be malformed.
  Result<DynamicSample> receive(Deadline deadline);
  std::optional<DynamicSample> try_receive();
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }
  [[nodiscard]] Counters counters() const { return port_->counters(); }
  Result<int> fd() { return port_->fd(); }

 private:
  explicit DynamicSubscriber(std::unique_ptr<node::SubscriberPort> port) noexcept : port_(std::move(port)) {}
  std::unique_ptr<node::SubscriberPort> port_;
};

class DynamicPublisher final {
 public:
  /// `schema`: the topic's type; null: that of the first subscriber to match that has one.
  static Result<DynamicPublisher> create(std::shared_ptr<Context> context, std::string_view topic,
                                         const Qos& qos, std::shared_ptr<const Schema> schema);
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }
  /// The topic's type; null as long as nobody has said.
  std::shared_ptr<const Schema> schema();
  /// Sends one message; fields that are left out are zero. Errors: invalid_argument, with the path of the
  /// field that is wrong; unavailable (the type is not known yet); as Publisher::send.
  Result<void> send(const nlohmann::ordered_json& message, Deadline deadline);
  [[nodiscard]] Counters counters() const { return port_->counters(); }

 private:
  DynamicPublisher(std::unique_ptr<node::PublisherPort> port, std::shared_ptr<const Schema> schema) noexcept
      : port_(std::move(port)), schema_(std::move(schema)) {}
  std::unique_ptr<node::PublisherPort> port_;
  std::shared_ptr<const Schema> schema_;
};

class DynamicClient final {
 public:
  static Result<DynamicClient> create(std::shared_ptr<Context> context, std::string_view service,
                                      const Qos& qos);
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }
  /// The request's type, as a matched server announced it; null as long as none did.
  [[nodiscard]] std::shared_ptr<const Schema> request_schema() const;
  /// Calls a server with the types that it announced. Errors: as DynamicPublisher::send and Client::call.
  Result<nlohmann::ordered_json> call(const nlohmann::ordered_json& request, Deadline deadline);

 private:
  explicit DynamicClient(std::unique_ptr<node::ClientPort> port) noexcept : port_(std::move(port)) {}
  std::unique_ptr<node::ClientPort> port_;
};

class DynamicProducer final {
 public:
  /// `schema`: the queue's type; null: that of the first worker to match that has one, and then its dead items have none.
  static Result<DynamicProducer> create(std::shared_ptr<Context> context, std::string_view queue,
                                        const Qos& qos, std::shared_ptr<const Schema> schema);
  Result<void> connect(std::string_view uri) { return port_->connect(uri); }
  Result<void> wait_matched(std::uint32_t n, Deadline deadline) { return port_->wait_matched(n, deadline); }
  [[nodiscard]] std::uint32_t matched() { return port_->matched(); }
  /// The queue's type; null as long as nobody has said.
  std::shared_ptr<const Schema> schema();
  /// Pushes one item; fields that are left out are zero. Errors: as DynamicPublisher::send and Producer::push.
  Result<void> push(const nlohmann::ordered_json& item, const PushOptions& options, Deadline deadline);
  Result<void> flush(Deadline deadline) { return port_->flush(deadline); }
  [[nodiscard]] QueueCounters counters() const { return port_->counters(); }

 private:
  DynamicProducer(std::unique_ptr<node::ProducerPort> port, std::shared_ptr<const Schema> schema) noexcept
      : port_(std::move(port)), schema_(std::move(schema)) {}
  std::unique_ptr<node::ProducerPort> port_;
  std::shared_ptr<const Schema> schema_;
};

/// An item in the hands of a DynamicWorker, as Item.
class DynamicItem final {
 public:
  DynamicItem(DynamicSample sample, node::Held held) noexcept
      : sample_(std::move(sample)), held_(std::move(held)) {}

  [[nodiscard]] const DynamicSample& sample() const noexcept { return sample_; }
  [[nodiscard]] std::uint32_t attempt() const noexcept { return sample_.header().attempt; }
  void done() { held_.done(); }
  void refuse(Duration delay = Duration::zero()) { held_.refuse(delay); }

 private:
  DynamicSample sample_;
  node::Held held_;
};

class DynamicWorker final {
 public:
  static Result<DynamicWorker> create(std::shared_ptr<Context> context, std::string_view queue,
                                      const Qos& qos);
  Result<std::string> bind(std::string_view uri) { return port_->bind(uri); }
  /// As Worker::receive. Items of producers that do not say their schema are refused.
  Result<DynamicItem> receive(Deadline deadline);
  std::optional<DynamicItem> try_receive();
  /// Whether a producer is linked that says what it is.
  [[nodiscard]] bool matched() const { return port_->peer() != nullptr; }
  Result<int> fd() { return port_->fd(); }

 private:
  explicit DynamicWorker(std::unique_ptr<node::WorkerPort> port) noexcept : port_(std::move(port)) {}
  std::unique_ptr<node::WorkerPort> port_;
};

}  // namespace weft
