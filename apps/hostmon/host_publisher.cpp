#include "hostmon/host_publisher.hpp"

#include <utility>

#include <fmt/core.h>

#include "hostmon/endpoints.hpp"

namespace weft::hostmon {

namespace host = topics::host;

Result<HostPublisher::Topics> HostPublisher::make_topics(const Node& node) {
  WEFT_TRY(auto cpu, node.publisher(host::cpu));
  WEFT_TRY(auto memory, node.publisher(host::memory));
  WEFT_TRY(auto load, node.publisher(host::load));
  WEFT_TRY(auto disks, node.publisher(host::disks));
  WEFT_TRY(auto network, node.publisher(host::network));
  WEFT_TRY(auto pressure, node.publisher(host::pressure));
  WEFT_TRY(auto top, node.publisher(host::top));
  return Topics{std::move(cpu),     std::move(memory),   std::move(load), std::move(disks),
                std::move(network), std::move(pressure), std::move(top)};
}

Result<HostPublisher> HostPublisher::create(const Node& node, SamplerOptions options, Tell tell) {
  WEFT_TRY(auto opened, Sampler::open(std::move(options)));
  auto sampler = std::make_unique<Sampler>(std::move(opened));
  WEFT_TRY(auto topics, make_topics(node));
  auto answer = [&source = *sampler](const host::ProcessRequest& request) {
    return source.process(request.pid, Moment::now());
  };
  WEFT_TRY(auto server, node.serve(host::process, answer));
  return HostPublisher(std::move(sampler), std::move(topics), std::move(server), std::move(tell));
}

HostPublisher::HostPublisher(std::unique_ptr<Sampler> sampler, Topics topics, Server server, Tell tell)
    : sampler_(std::move(sampler)),
      topics_(std::move(topics)),
      server_(std::make_unique<Server>(std::move(server))),
      tell_(std::move(tell)) {}

Result<std::vector<std::string>> HostPublisher::bind(std::string_view base) {
  std::vector<std::string> lines;
  const auto bind_next = [&](auto& port) -> Result<void> {
    const auto index = lines.size();
    WEFT_TRY(const auto endpoint, endpoint_of(base, index));
    WEFT_TRY(const auto bound, port.bind(endpoint));
    lines.push_back(fmt::format("{} {}", channels[index], bound));
    return {};
  };
  // In the order of `channels`.
  auto& [cpu, memory, load, disks, network, pressure, top] = topics_;
  WEFT_CHECK(bind_next(cpu));
  WEFT_CHECK(bind_next(memory));
  WEFT_CHECK(bind_next(load));
  WEFT_CHECK(bind_next(disks));
  WEFT_CHECK(bind_next(network));
  WEFT_CHECK(bind_next(pressure));
  WEFT_CHECK(bind_next(top));
  WEFT_CHECK(bind_next(*server_));
  return lines;
}

void HostPublisher::publish(Moment now) {
  publish("cpu", topics_.cpu, sampler_->cpu(now));
  publish("memory", topics_.memory, sampler_->memory(now));
  publish("load", topics_.load, sampler_->load(now));
  publish("disks", topics_.disks, sampler_->disks(now));
  publish("network", topics_.network, sampler_->network(now));
  publish("pressure", topics_.pressure, sampler_->pressure(now));
  publish("top", topics_.top, sampler_->top(now));
}

template <class T>
void HostPublisher::publish(std::string_view source, Publisher<T>& publisher, Result<T> message) {
  if (!message) return note(source, &message.error());
  const auto sent = publisher.send(*message, Deadline::passed());
  note(source, sent ? nullptr : &sent.error());
}

template <class T>
void HostPublisher::publish(std::string_view source, Publisher<T>& publisher,
                            Result<std::optional<T>> message) {
  if (!message) return note(source, &message.error());
  if (*message) publish(source, publisher, Result<T>(**std::move(message)));
}

void HostPublisher::note(std::string_view source, const Error* error) {
  if (const auto line = notices_.note(source, error)) tell_(*line);
}

void HostPublisher::serve() {
  constexpr int at_most = 100;  // Then the topics have their turn again.
  for (int served = 0; served < at_most && server_->try_serve(); ++served) {
  }
}

}  // namespace weft::hostmon
