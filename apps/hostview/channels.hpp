// Channels: a subscriber to every host topic, with statistics.
//
// Threads   One at a time.
// Lifetime  Keeps its Context alive.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fd.hpp"
#include "hostview/channel_stats.hpp"
#include "hostview/dashboard.hpp"
#include "node/node.hpp"
#include "topics/host.hpp"

namespace weft::hostview {

/// A row of the summary.
struct Row {
  std::string topic;
  std::string type;
  std::uint64_t messages = 0;
  double messages_per_second = 0;
  double bytes_per_second = 0;
  Duration p50{};
  Duration p99{};
  std::uint64_t lost = 0;
};

class Channels final {
 public:
  /// Subscribes to what weft-hostmon and weft-alerts publish, by hand at `hostmon` and `alerts` where these are not
  /// empty.
  static Result<Channels> connect(const Node& node, std::string_view hostmon, std::string_view alerts);

  /// Takes in what is there and shows it on `dashboard`.
  void take(Dashboard& dashboard);
  /// Readable while a message may be there.
  [[nodiscard]] int fd() const noexcept { return poll_.get(); }
  [[nodiscard]] std::uint64_t messages() const;
  [[nodiscard]] std::vector<Row> summary(Duration elapsed) const;

 private:
  template <class T>
  struct Channel {
    using Type = T;
    std::string name;
    Subscriber<T> subscriber;
    ChannelStats stats;
  };
  using All = std::tuple<Channel<topics::host::Cpu>, Channel<topics::host::Memory>,
                         Channel<topics::host::Load>, Channel<topics::host::Disks>,
                         Channel<topics::host::Network>, Channel<topics::host::Pressure>,
                         Channel<topics::host::TopProcesses>, Channel<topics::host::Alert>>;

  Channels(Fd poll, All all) : poll_(std::move(poll)), all_(std::move(all)) {}

  Fd poll_;  // epoll over the subscribers' own descriptors
  All all_;
};

}  // namespace weft::hostview
