// HostPublisher: samples the machine, publishes each source on its topic, answers host/process.
//
// Threads   One at a time.
// Lifetime  Keeps its node's Context alive.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "hostmon/notices.hpp"
#include "hostmon/sampler.hpp"
#include "node/node.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

class HostPublisher final {
 public:
  /// Receives one line for people at a time, about sources that fail.
  using Tell = std::function<void(std::string_view line)>;

  /// Errors: those of Sampler::open and of making ports.
  static Result<HostPublisher> create(const Node& node, SamplerOptions options, Tell tell);

  /// Binds every topic and the service, each at its own endpoint made from `base` (endpoints.hpp). Answers
  /// one line a topic, "host/cpu ipc://hostmon-cpu". Errors: those of Publisher::bind.
  Result<std::vector<std::string>> bind(std::string_view base);

  /// Reads every source and publishes what it says. A source that fails is told of and left out. Never waits.
  void publish(Moment now);

  /// Answers the requests that are there.
  void serve();
  /// Readable while a request may be there.
  Result<int> service_fd() { return server_->fd(); }

 private:
  struct Topics {
    Publisher<topics::host::Cpu> cpu;
    Publisher<topics::host::Memory> memory;
    Publisher<topics::host::Load> load;
    Publisher<topics::host::Disks> disks;
    Publisher<topics::host::Network> network;
    Publisher<topics::host::Pressure> pressure;
    Publisher<topics::host::TopProcesses> top;
  };
  using Server = weft::Server<topics::host::ProcessRequest, topics::host::ProcessDetails>;

  HostPublisher(std::unique_ptr<Sampler> sampler, Topics topics, Server server, Tell tell);
  static Result<Topics> make_topics(const Node& node);

  template <class T>
  void publish(std::string_view source, Publisher<T>& publisher, Result<T> message);
  template <class T>
  void publish(std::string_view source, Publisher<T>& publisher, Result<std::optional<T>> message);
  void note(std::string_view source, const Error* error);

  std::unique_ptr<Sampler> sampler_;  // Stays where it is, since the server's handler refers to it.
  Topics topics_;
  std::unique_ptr<Server> server_;
  Tell tell_;
  Notices notices_;
};

}  // namespace weft::hostmon
