// Node: where a program's publishers, subscribers, clients, servers, producers and workers come from.
//
//     auto node = weft::Node::create({.name = "talker"}).value();
//     auto publisher = node.publisher(imu).value();
//
// What      A name and a Context. Publishers and subscribers of one topic find each other, clients and servers of one
//           service, producers and workers of one queue: those of one Context exchange messages as pointers, others through the first transport that both
//           have. Discovery takes a daemon, which the first Context starts (ContextOptions); endpoints given by hand
//           need none.
// Threads   Every function from any thread; the ports it makes, one at a time each.
// Lifetime  A handle; its ports do not need it any more. No function runs a callback.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "node/client.hpp"
#include "node/context.hpp"
#include "node/producer.hpp"
#include "node/publisher.hpp"
#include "node/server.hpp"
#include "node/subscriber.hpp"
#include "node/worker.hpp"
#include "type/topic.hpp"

namespace weft {

struct NodeOptions {
  /// What people see; any text of at most 256 bytes. Default: empty.
  std::string name = {};
  /// Put before the names of its topics and services, with a '/'; a topic name itself. Default: none.
  std::string name_space = {};
  /// The world to live in. Default: one of its own.
  std::shared_ptr<Context> context = nullptr;
};

class Node final {
 public:
  /// A node; needs nothing. Errors: those of Context::create; invalid_argument (the name, the namespace).
  static Result<Node> create(NodeOptions options = {});

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  [[nodiscard]] const std::string& name_space() const noexcept { return options_.name_space; }
  [[nodiscard]] const std::shared_ptr<Context>& context() const noexcept { return options_.context; }

  /// A publisher of the topic, without a peer yet. Errors: invalid_argument (Qos; a name that is too long with the
  /// namespace), resource_exhausted.
  template <Message T>
  Result<Publisher<T>> publisher(const Topic<T>& topic) const {
    WEFT_TRY(auto name, full_name(topic.name()));
    node::Contract contract{std::move(name), std::string(schema_text<T>()), {}, Reads::nothing};
    WEFT_TRY(auto port, node::PublisherPort::create(maker_, std::move(contract), topic.qos()));
    return Publisher<T>(std::move(port));
  }

  /// A subscriber of the topic, without a peer yet. Errors: as publisher().
  template <Message T>
  Result<Subscriber<T>> subscriber(const Topic<T>& topic) const {
    WEFT_TRY(auto name, full_name(topic.name()));
    node::Contract contract{std::move(name), std::string(schema_text<T>()), {}, Reads::schema};
    WEFT_TRY(auto port, node::SubscriberPort::create(maker_, std::move(contract), topic.qos()));
    return Subscriber<T>(std::move(port));
  }

  /// A server of the service; `handler` takes a const Q&, and a Request& if it likes, and answers an R or a Result<R>.
  /// Errors: as publisher().
  template <Message Q, Message R, class Handler>
    requires(run::HandlerOf<Handler, R, const Q&> || run::HandlerOf<Handler, R, const Q&, Request&>)
  Result<Server<Q, R>> serve(const Service<Q, R>& service, Handler handler) const {
    WEFT_TRY(auto contract, contract_of(service, Reads::schema));
    WEFT_TRY(auto port, node::ServerPort::create(maker_, std::move(contract), service.qos()));
    if constexpr (run::HandlerOf<Handler, R, const Q&, Request&>) {
      return Server<Q, R>(std::move(port), std::move(handler));
    } else {
      auto without_request = [handler = std::move(handler)](const Q& query, Request&) mutable -> Result<R> {
        return handler(query);
      };
      return Server<Q, R>(std::move(port), std::move(without_request));
    }
  }

  /// A client of the service, without a server yet. Errors: as publisher().
  template <Message Q, Message R>
  Result<Client<Q, R>> client(const Service<Q, R>& service) const {
    WEFT_TRY(auto contract, contract_of(service, Reads::response));
    WEFT_TRY(auto port, node::ClientPort::create(maker_, std::move(contract), service.qos()));
    return Client<Q, R>(std::move(port));
  }

  /// A producer of the queue's items, without a worker yet. Errors: as publisher().
  template <Message T>
  Result<Producer<T>> producer(const Queue<T>& queue) const {
    WEFT_TRY(auto name, full_name(queue.name()));
    node::Contract contract{std::move(name), std::string(schema_text<T>()), {}, Reads::nothing};
    WEFT_TRY(auto port, node::ProducerPort::create(maker_, std::move(contract), queue.qos()));
    return Producer<T>(std::move(port));
  }

  /// A worker of the queue, without a producer yet. Errors: as publisher().
  template <Message T>
  Result<Worker<T>> worker(const Queue<T>& queue) const {
    WEFT_TRY(auto name, full_name(queue.name()));
    node::Contract contract{std::move(name), std::string(schema_text<T>()), {}, Reads::schema};
    WEFT_TRY(auto port, node::WorkerPort::create(maker_, std::move(contract), queue.qos()));
    return Worker<T>(std::move(port));
  }

 private:
  using Reads = node::Contract::Reads;
  Node(NodeOptions options, node::Maker maker) noexcept
      : options_(std::move(options)), maker_(std::move(maker)) {}
  /// A topic's or service's name, with the namespace. Errors: invalid_argument (too long).
  [[nodiscard]] Result<std::string> full_name(std::string_view name) const;

  template <Message Q, Message R>
  Result<node::Contract> contract_of(const Service<Q, R>& service, Reads reads) const {
    WEFT_TRY(auto name, full_name(service.name()));
    return node::Contract{std::move(name), std::string(schema_text<Q>()), std::string(schema_text<R>()),
                          reads};
  }

  NodeOptions options_;
  node::Maker maker_;
};

}  // namespace weft
