#include "node/dynamic.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "codec/dynamic.hpp"
#include "type/names.hpp"

namespace weft {

namespace {

using Reads = node::Contract::Reads;

/// Encoded bytes as a message of a type that exists at run time only.
node::TypeSupport support_for(const Schema& schema) {
  return node::support_for_encoded(schema.text(), schema.fingerprint());
}

/// The type, which the first peer that has one says where `known` is null.
template <class Port>
std::shared_ptr<const Schema> type_of(Port& port, std::shared_ptr<const Schema>& known) {
  if (known) return known;
  if (const auto peer = port.peer()) known = peer->schema;
  return known;
}

Result<node::Contract> contract_for(std::string_view name, std::string_view schema, Reads reads) {
  WEFT_CHECK(check_topic_name(name));
  return node::Contract{std::string(name), std::string(schema), {}, reads};
}

}  // namespace

DynamicSample::DynamicSample(node::Incoming& incoming, std::shared_ptr<const Schema> schema)
    : view_(incoming.view), schema_(std::move(schema)) {
  incoming.give(keeper_);
  if (!incoming.frame.object) return;
  const auto& shared = *static_cast<const node::SharedMessage*>(incoming.frame.object.get());
  encoded_.resize(shared.type->encoded_size(shared.message));
  shared.type->encode(shared.message, encoded_);
}

Result<nlohmann::ordered_json> DynamicSample::json() const {
  return to_json(*schema_, payload());
}

Result<DynamicSubscriber> DynamicSubscriber::create(std::shared_ptr<Context> context, std::string_view topic,
                                                    const Qos& qos) {
  WEFT_TRY(auto contract, contract_for(topic, {}, Reads::schema));
  WEFT_TRY(auto port, node::SubscriberPort::create(std::move(context), std::move(contract), qos));
  return DynamicSubscriber(std::move(port));
}

std::optional<DynamicSample> DynamicSubscriber::try_receive() {
  auto* incoming = port_->take();
  if (incoming == nullptr) return std::nullopt;
  auto schema = incoming->writer->schema;
  DynamicSample sample(*incoming, std::move(schema));
  port_->settle(true);
  return sample;
}

Result<DynamicSample> DynamicSubscriber::receive(Deadline deadline) {
  for (;;) {
    if (auto sample = try_receive()) return *std::move(sample);
    WEFT_CHECK(port_->wait(deadline));
  }
}

Result<DynamicPublisher> DynamicPublisher::create(std::shared_ptr<Context> context, std::string_view topic,
                                                  const Qos& qos, std::shared_ptr<const Schema> schema) {
  WEFT_TRY(auto contract, contract_for(topic, schema ? schema->text() : std::string(), Reads::nothing));
  WEFT_TRY(auto port, node::PublisherPort::create(std::move(context), std::move(contract), qos));
  return DynamicPublisher(std::move(port), std::move(schema));
}

std::shared_ptr<const Schema> DynamicPublisher::schema() {
  return type_of(*port_, schema_);
}

Result<void> DynamicPublisher::send(const nlohmann::ordered_json& message, Deadline deadline) {
  const auto type = schema();
  if (!type) return Error{Errc::unavailable, "the topic's type is not known: no subscriber has said it yet"};
  WEFT_TRY(const auto bytes, from_json(*type, message));
  const auto support = support_for(*type);
  return port_->send({support, &bytes}, deadline);
}

Result<DynamicClient> DynamicClient::create(std::shared_ptr<Context> context, std::string_view service,
                                            const Qos& qos) {
  WEFT_TRY(auto contract, contract_for(service, {}, Reads::response));
  WEFT_TRY(auto port, node::ClientPort::create(std::move(context), std::move(contract), qos));
  return DynamicClient(std::move(port));
}

std::shared_ptr<const Schema> DynamicClient::request_schema() const {
  const auto server = port_->peer();
  return server ? server->schema : nullptr;
}

Result<nlohmann::ordered_json> DynamicClient::call(const nlohmann::ordered_json& request, Deadline deadline) {
  if (auto matched = port_->wait_matched(1, deadline); !matched) {
    if (matched.error().code == Errc::timeout) return port_->nobody();
    return std::move(matched).error();
  }
  const auto server = port_->peer();
  if (!server || !server->schema || !server->response) {
    return Error{Errc::unavailable, "the server does not say its types; is it a weft program?"};
  }
  WEFT_TRY(const auto bytes, from_json(*server->schema, request));
  const auto support = support_for(*server->schema);
  WEFT_TRY(auto reply, port_->wait(port_->begin({support, &bytes}, deadline)));
  return DynamicSample(reply, server->response).json();
}

Result<DynamicProducer> DynamicProducer::create(std::shared_ptr<Context> context, std::string_view queue,
                                                const Qos& qos, std::shared_ptr<const Schema> schema) {
  WEFT_TRY(auto contract, contract_for(queue, schema ? schema->text() : std::string(), Reads::nothing));
  WEFT_TRY(auto port, node::ProducerPort::create(std::move(context), std::move(contract), qos));
  return DynamicProducer(std::move(port), std::move(schema));
}

std::shared_ptr<const Schema> DynamicProducer::schema() {
  return type_of(*port_, schema_);
}

Result<void> DynamicProducer::push(const nlohmann::ordered_json& item, const PushOptions& options,
                                   Deadline deadline) {
  const auto type = schema();
  if (!type) return Error{Errc::unavailable, "the queue's type is not known: no worker has said it yet"};
  WEFT_TRY(const auto bytes, from_json(*type, item));
  const auto support = support_for(*type);
  return port_->push({support, &bytes}, options, deadline);
}

Result<DynamicWorker> DynamicWorker::create(std::shared_ptr<Context> context, std::string_view queue,
                                            const Qos& qos) {
  WEFT_TRY(auto contract, contract_for(queue, {}, Reads::schema));
  WEFT_TRY(auto port, node::WorkerPort::create(std::move(context), std::move(contract), qos));
  return DynamicWorker(std::move(port));
}

std::optional<DynamicItem> DynamicWorker::try_receive() {
  auto job = port_->take();
  if (!job) return std::nullopt;
  auto schema = job->incoming.writer->schema;
  return DynamicItem({job->incoming, std::move(schema)}, {*port_, job->ticket});
}

Result<DynamicItem> DynamicWorker::receive(Deadline deadline) {
  for (;;) {
    if (auto item = try_receive()) return *std::move(item);
    WEFT_CHECK(port_->wait(deadline));
  }
}

}  // namespace weft
