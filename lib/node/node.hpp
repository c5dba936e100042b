// Node: where a program's publishers, subscribers, clients and servers come from.
//
//     auto node = weft::Node::create({.name = "talker"}).value();
//     auto publisher = node.publisher(imu).value();
//
// What      A name and a Context. Nodes of one Context exchange messages as pointers.
// Threads   Every function from any thread; the ports it makes, one at a time each.
// Lifetime  A handle; its ports do not need it any more. No function runs a callback.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "node/client.hpp"
#include "node/context.hpp"
#include "node/publisher.hpp"
#include "node/server.hpp"
#include "node/subscriber.hpp"
#include "type/topic.hpp"

namespace weft {

struct NodeOptions {
  /// What people see; any text. Default: empty.
  std::string name = {};
  /// The world to live in. Default: one of its own.
  std::shared_ptr<Context> context = nullptr;
};

class Node final {
 public:
  /// A node; needs nothing. Errors: those of Context::create.
  static Result<Node> create(NodeOptions options = {}) {
    if (!options.context) {
      WEFT_TRY(options.context, Context::create());
    }
    return Node(std::move(options));
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  [[nodiscard]] const std::shared_ptr<Context>& context() const noexcept { return options_.context; }

  /// A publisher of the topic, without a peer yet. Errors: invalid_argument (Qos), resource_exhausted.
  template <Message T>
  Result<Publisher<T>> publisher(const Topic<T>& topic) const {
    node::Contract contract{std::string(topic.name()), std::string(schema_text<T>()), {}, Reads::nothing};
    WEFT_TRY(auto port, node::PublisherPort::create(options_.context, std::move(contract), topic.qos()));
    return Publisher<T>(std::move(port));
  }

  /// A subscriber of the topic, without a peer yet. Errors: as publisher().
  template <Message T>
  Result<Subscriber<T>> subscriber(const Topic<T>& topic) const {
    node::Contract contract{std::string(topic.name()), std::string(schema_text<T>()), {}, Reads::schema};
    WEFT_TRY(auto port, node::SubscriberPort::create(options_.context, std::move(contract), topic.qos()));
    return Subscriber<T>(std::move(port));
  }

  /// A server of the service; `handler` takes a const Q& and answers an R or a Result<R>. Errors: as
  /// publisher().
  template <Message Q, Message R, node::HandlerOf<R, Q> Handler>
  Result<Server<Q, R>> serve(const Service<Q, R>& service, Handler handler) const {
    WEFT_TRY(auto port,
             node::ServerPort::create(options_.context, contract_of(service, Reads::schema), service.qos()));
    return Server<Q, R>(std::move(port), std::move(handler));
  }

  /// A client of the service, without a server yet. Errors: as publisher().
  template <Message Q, Message R>
  Result<Client<Q, R>> client(const Service<Q, R>& service) const {
    WEFT_TRY(auto port, node::ClientPort::create(options_.context, contract_of(service, Reads::response),
                                                 service.qos()));
    return Client<Q, R>(std::move(port));
  }

 private:
  using Reads = node::Contract::Reads;
  explicit Node(NodeOptions options) noexcept : options_(std::move(options)) {}

  template <Message Q, Message R>
  static node::Contract contract_of(const Service<Q, R>& service, Reads reads) {
    return {std::string(service.name()), std::string(schema_text<Q>()), std::string(schema_text<R>()), reads};
  }

  NodeOptions options_;
};

}  // namespace weft
