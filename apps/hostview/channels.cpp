#include "hostview/channels.hpp"

#include <sys/epoll.h>

#include "base/sys.hpp"
#include "hostmon/endpoints.hpp"

namespace weft::hostview {

namespace host = topics::host;

namespace {

Result<std::string> endpoint_of(std::string_view topic, std::string_view hostmon, std::string_view alerts) {
  if (topic == host::alerts.name()) return std::string(alerts);
  if (hostmon.empty()) return std::string();
  for (std::size_t i = 0; i < hostmon::channels.size(); ++i) {
    if (hostmon::channels[i] == topic) return hostmon::endpoint_of(hostmon, i);
  }
  return Error{Errc::not_found, std::string(topic)};
}

Result<void> poll_also(const Fd& poll, int fd) {
  epoll_event event{EPOLLIN, {.fd = fd}};
  WEFT_CHECK(sys::call("epoll_ctl", "subscriber",
                       [&] { return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &event); }));
  return {};
}

}  // namespace

Result<Channels> Channels::connect(const Node& node, std::string_view hostmon, std::string_view alerts) {
  WEFT_TRY(auto poll, sys::open("epoll_create1", "hostview", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  const auto subscribe = [&]<class T>(const Topic<T>& topic) -> Result<Channel<T>> {
    WEFT_TRY(auto subscriber, node.subscriber(topic));
    WEFT_TRY(const auto endpoint, endpoint_of(topic.name(), hostmon, alerts));
    if (!endpoint.empty()) WEFT_CHECK(subscriber.connect(endpoint));
    WEFT_TRY(const int fd, subscriber.fd());
    WEFT_CHECK(poll_also(poll, fd));
    return Channel<T>{std::string(topic.name()), std::move(subscriber), {}};
  };
  WEFT_TRY(auto cpu, subscribe(host::cpu));
  WEFT_TRY(auto memory, subscribe(host::memory));
  WEFT_TRY(auto load, subscribe(host::load));
  WEFT_TRY(auto disks, subscribe(host::disks));
  WEFT_TRY(auto network, subscribe(host::network));
  WEFT_TRY(auto pressure, subscribe(host::pressure));
  WEFT_TRY(auto top, subscribe(host::top));
  WEFT_TRY(auto raised, subscribe(host::alerts));
  return Channels(std::move(poll),
                  All(std::move(cpu), std::move(memory), std::move(load), std::move(disks),
                      std::move(network), std::move(pressure), std::move(top), std::move(raised)));
}

void Channels::take(Dashboard& dashboard) {
  const auto take_one = [&](auto& channel) {
    while (auto sample = channel.subscriber.try_receive()) {
      channel.stats.add(encoded_size(**sample), sample->header().stamp, wall_now());
      dashboard.show(**sample);
    }
  };
  std::apply([&](auto&... channel) { (take_one(channel), ...); }, all_);
}

std::uint64_t Channels::messages() const {
  return std::apply([](const auto&... channel) { return (channel.stats.messages() + ...); }, all_);
}

std::vector<Row> Channels::summary(Duration elapsed) const {
  std::vector<Row> rows;
  const auto add = [&]<class T>(const Channel<T>& channel) {
    rows.push_back({channel.name, std::string(type_name<T>()), channel.stats.messages(),
                    channel.stats.messages_per_second(elapsed), channel.stats.bytes_per_second(elapsed),
                    channel.stats.latency(0.5), channel.stats.latency(0.99),
                    channel.subscriber.counters().total.dropped_total()});
  };
  std::apply([&](const auto&... channel) { (add(channel), ...); }, all_);
  return rows;
}

}  // namespace weft::hostview
