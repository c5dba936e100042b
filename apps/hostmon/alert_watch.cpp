#include "hostmon/alert_watch.hpp"

#include <algorithm>
#include <utility>

#include <sys/epoll.h>

#include "base/sys.hpp"
#include "hostmon/endpoints.hpp"

namespace weft::hostmon {

namespace host = topics::host;

Result<AlertWatch::Topics> AlertWatch::make_topics(const Node& node) {
  WEFT_TRY(auto cpu, node.subscriber(host::cpu));
  WEFT_TRY(auto memory, node.subscriber(host::memory));
  WEFT_TRY(auto disks, node.subscriber(host::disks));
  WEFT_TRY(auto network, node.subscriber(host::network));
  WEFT_TRY(auto pressure, node.subscriber(host::pressure));
  return Topics{std::move(cpu), std::move(memory), std::move(disks), std::move(network), std::move(pressure)};
}

Result<AlertWatch> AlertWatch::create(const Node& node, AlertBook book, OnAlert on_alert) {
  WEFT_TRY(auto poll,
           sys::open("epoll_create1", "host topics", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
  WEFT_TRY(auto topics, make_topics(node));
  WEFT_TRY(auto alerts, node.publisher(host::alerts));
  AlertWatch watch(std::move(topics), std::move(alerts), std::move(book), std::move(on_alert),
                   std::move(poll));
  WEFT_CHECK(watch.poll_also(watch.topics_.cpu));
  WEFT_CHECK(watch.poll_also(watch.topics_.memory));
  WEFT_CHECK(watch.poll_also(watch.topics_.disks));
  WEFT_CHECK(watch.poll_also(watch.topics_.network));
  WEFT_CHECK(watch.poll_also(watch.topics_.pressure));
  return watch;
}

AlertWatch::AlertWatch(Topics topics, Publisher<host::Alert> alerts, AlertBook book, OnAlert on_alert,
                       Fd poll)
    : topics_(std::move(topics)),
      alerts_(std::move(alerts)),
      book_(std::move(book)),
      on_alert_(std::move(on_alert)),
      poll_(std::move(poll)) {}

template <class Port>
Result<void> AlertWatch::poll_also(Port& port) {
  WEFT_TRY(const int fd, port.fd());
  epoll_event event{EPOLLIN, {.fd = fd}};
  WEFT_CHECK(sys::call("epoll_ctl", "host topics",
                       [&] { return ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event); }));
  return {};
}

Result<void> AlertWatch::connect(std::string_view base) {
  const auto connect_to = [&](auto& subscriber, std::string_view name) -> Result<void> {
    const auto index = std::ranges::find(channels, name) - channels.begin();
    WEFT_TRY(const auto endpoint, endpoint_of(base, static_cast<std::size_t>(index)));
    return subscriber.connect(endpoint);
  };
  WEFT_CHECK(connect_to(topics_.cpu, host::cpu.name()));
  WEFT_CHECK(connect_to(topics_.memory, host::memory.name()));
  WEFT_CHECK(connect_to(topics_.disks, host::disks.name()));
  WEFT_CHECK(connect_to(topics_.network, host::network.name()));
  return connect_to(topics_.pressure, host::pressure.name());
}

template <class T>
void AlertWatch::take(Subscriber<T>& subscriber) {
  constexpr int at_most = 100;  // Then the other topics have their turn.
  for (int taken = 0; taken < at_most; ++taken) {
    const auto sample = subscriber.try_receive();
    if (!sample) return;
    has_measurements_ = true;
    measurements_.clear();
    measure(**sample, measurements_);
    const Moment at{(*sample)->stamp, now()};
    for (const auto& measurement : measurements_)
      book_.observe(measurement, at, pending_);
  }
}

Result<void> AlertWatch::step() {
  take(topics_.cpu);
  take(topics_.memory);
  take(topics_.disks);
  take(topics_.network);
  take(topics_.pressure);
  return publish();
}

Result<void> AlertWatch::sweep() {
  book_.sweep(Moment::now(), pending_);
  return publish();
}

Result<void> AlertWatch::publish() {
  auto alerts = std::exchange(pending_, {});
  const auto deadline = Deadline(std::chrono::seconds(1));
  for (const auto& alert : alerts) {
    WEFT_CHECK(alerts_.send(alert, deadline));
    on_alert_(alert);
  }
  return {};
}

}  // namespace weft::hostmon
