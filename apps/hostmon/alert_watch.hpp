// AlertWatch: subscribes to the host's topics, feeds the AlertBook, publishes its alerts.
//
// Threads   One at a time.
// Lifetime  Keeps its node's Context alive.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "hostmon/alert_book.hpp"
#include "hostmon/notices.hpp"
#include "node/node.hpp"
#include "topics/host.hpp"

namespace weft::hostmon {

class AlertWatch final {
 public:
  /// Told of every alert, after it was published.
  using OnAlert = std::function<void(const topics::host::Alert& alert)>;

  /// Errors: those of making ports.
  static Result<AlertWatch> create(const Node& node, AlertBook book, OnAlert on_alert);

  /// Goes to the weft-hostmon that was given this base. Errors: invalid_argument, unsupported.
  Result<void> connect(std::string_view base);
  /// Publishes alerts at `endpoint`; answers with where they are. Errors: those of Publisher::bind.
  Result<std::string> bind(std::string_view endpoint) { return alerts_.bind(endpoint); }

  /// Takes in the measurements that are there and publishes what follows from them. Waits at most a second,
  /// for subscribers of alerts that are slow. Errors: those of Publisher::send; the alerts at hand are then
  /// lost.
  Result<void> step();
  /// Clears alerts of what fell silent. Errors: as step().
  Result<void> sweep();
  /// Whether any measurement has come yet.
  [[nodiscard]] bool has_measurements() const noexcept { return has_measurements_; }
  /// Readable while measurements may be there.
  [[nodiscard]] int fd() const noexcept { return poll_.get(); }

 private:
  struct Topics {
    Subscriber<topics::host::Cpu> cpu;
    Subscriber<topics::host::Memory> memory;
    Subscriber<topics::host::Disks> disks;
    Subscriber<topics::host::Network> network;
    Subscriber<topics::host::Pressure> pressure;
  };

  AlertWatch(Topics topics, Publisher<topics::host::Alert> alerts, AlertBook book, OnAlert on_alert, Fd poll);
  static Result<Topics> make_topics(const Node& node);
  template <class Port>
  Result<void> poll_also(Port& port);
  template <class T>
  void take(Subscriber<T>& subscriber);
  Result<void> publish();

  Topics topics_;
  Publisher<topics::host::Alert> alerts_;
  AlertBook book_;
  OnAlert on_alert_;
  Fd poll_;  // An epoll descriptor over the subscribers' own; made before they are, closed after.
  std::vector<Measurement> measurements_;
  std::vector<topics::host::Alert> pending_;
  bool has_measurements_ = false;
};

}  // namespace weft::hostmon
