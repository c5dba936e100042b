#include "stage/roles.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "stage/receiving.hpp"
#include "stage/sending.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

constexpr double settled = 1;  // seconds in which nothing came: nothing more does

/// For how long something has been waited for in vain.
class Vain final {
 public:
  explicit Vain(double seconds) noexcept : most_ns_(std::int64_t(seconds * 1e9)) {}

  void again() noexcept {
    const auto now_ns = monotonic_ns();
    if (since_ns_ == 0) since_ns_ = now_ns;
    over_ = now_ns - since_ns_ >= most_ns_;
  }
  void no_more() noexcept { since_ns_ = 0; }
  [[nodiscard]] bool over() const noexcept { return over_; }

 private:
  const std::int64_t most_ns_;
  std::int64_t since_ns_ = 0;
  bool over_ = false;
};

/// The calls that wait for their replies.
class Calls final {
 public:
  explicit Calls(std::size_t most) { under_way_.reserve(most); }

  [[nodiscard]] std::size_t count() const noexcept { return under_way_.size(); }
  void made(std::uint64_t sequence) { under_way_.push_back(sequence); }
  void answered(std::uint64_t sequence) {
    const auto found = std::ranges::find(under_way_, sequence);
    if (found == under_way_.end()) throw std::runtime_error("a reply came that no call waits for");
    *found = under_way_.back();
    under_way_.pop_back();
  }

 private:
  std::vector<std::uint64_t> under_way_;
};

class Part final {
 public:
  Part(const Task& task, std::size_t index, Peer& peer, Stage& stage)
      : task_(task), index_(index), peer_(peer), stage_(stage) {}

  void play() {
    switch (task_.role) {
      case Role::publish:
        return write(open(peer_.publisher(task_.channel)));
      case Role::push:
        return write(open_as_guest(&Peer::producer));
      case Role::subscribe:
        return read(open_as_guest(&Peer::subscriber));
      case Role::pull:
        return read(open(peer_.worker(task_.channel)));
      case Role::ping:
        return ping();
      case Role::echo:
        return echo();
      case Role::call:
        return call();
      case Role::serve:
        return serve();
    }
  }

 private:
  // ---- ends -------------------------------------------------------------------------------------------------------

  template <class End>
  std::unique_ptr<End> existing(std::unique_ptr<End> end) const {
    if (!end) throw std::runtime_error(fmt::format("it cannot {}", json(task_.role).get<std::string>()));
    return end;
  }
  /// An end that others go to.
  template <class End>
  std::unique_ptr<End> open(std::unique_ptr<End> end, std::string_view channel = {}) {
    auto owner = existing(std::move(end));
    stage_.say({{"at", {channel.empty() ? task_.channel.name : channel, owner->endpoint()}}});
    return owner;
  }
  template <class End>
  std::unique_ptr<End> open_as_guest(std::unique_ptr<End> (Peer::*make)(const Channel&)) {
    auto channel = task_.channel;
    channel.endpoints = stage_.endpoints_of(channel.name);
    return existing((peer_.*make)(channel));
  }
  [[nodiscard]] Channel back() const {
    auto channel = task_.channel;
    channel.name = way_back;
    return channel;
  }

  // ---- roles ------------------------------------------------------------------------------------------------------

  void get_ready() {
    stage_.say({{"ready", index_}});
    stage_.wait_for_go();
  }

  /// Ends stay until the run is over.
  void finish(json result) {
    result["result"] = index_;
    result["role"] = task_.role;
    result["number"] = task_.number;
    stage_.say(result);
    stage_.wait_for_end();
  }

  Sent send_phase(Phase phase, const std::function<void(Mark mark)>& send) {
    return perf::send_phase(task_, phase, stage_, clock_, send);
  }

  void write(std::unique_ptr<Writer> writer) {
    const auto send = [&](Mark mark) {
      mark.sequence = ++sequence_;
      fill(writer->begin(sizeof mark + task_.bytes), mark);
      writer->send();
    };
    writer->wait_for(task_.others);
    get_ready();
    send_phase(Phase::warm_up, send);
    writer->finish();
    Usage usage;
    usage.begin();
    const auto sent = send_phase(Phase::measured, send);
    auto used = usage.until_now();
    used["processor"] = std::max(0.0, used["processor"].get<double>() - sent.waited);
    if (task_.role == Role::publish) send({.writer = task_.number, .phase = Phase::end});
    writer->finish();
    finish({{"sent", sequence_}, {"measured", sent.count}, {"seconds", sent.seconds}, {"usage", used}});
  }

  void read(std::unique_ptr<Reader> reader) {
    Received received(task_);
    const bool all_done = task_.role == Role::pull && peer_.acknowledges();  // by then
    Vain vain(all_done ? 0 : settled);
    const auto take = [&](const BytesView& payload) { received.take(payload, *reader); };
    const auto receive = [&] {
      if (task_.reading != Reading::hold) return reader->receive_each(take);
      const auto payload = reader->receive();
      if (payload) take(*payload);
      return payload.has_value();
    };
    while (!received.ended() && !vain.over()) {
      if (receive()) {
        vain.no_more();
      } else if (stage_.stopped()) {
        received.settle();
        vain.again();
      }
    }
    finish(received.result(*reader));
  }

  void ping() {
    const auto writer = open(peer_.publisher(task_.channel));
    auto returns = back();
    returns.endpoints = stage_.endpoints_of(returns.name);
    const auto reader = existing(peer_.subscriber(returns));
    writer->wait_for(1);
    get_ready();
    Histogram round_trip;
    std::uint64_t broken = 0;
    const auto once = [&](Mark mark) {
      mark.sequence = ++sequence_;
      fill(writer->begin(sizeof mark + task_.bytes), mark);
      writer->send();
      const auto payload = await(*reader, mark);
      if (mark.phase == Phase::measured) round_trip.record(std::uint64_t(monotonic_ns() - mark.stamp_ns));
      if (!is_sound(payload)) ++broken;
    };
    send_phase(Phase::warm_up, once);
    const auto sent = send_phase(Phase::measured, once);
    finish({{"measured", sent.count},
            {"seconds", sent.seconds},
            {"broken", broken},
            {"round_trip", round_trip.to_json()}});
  }

  /// That one, once it has come back.
  [[nodiscard]] BytesView await(Reader& reader, const Mark& mark) const {
    for (Vain vain(task_.patience); !vain.over();) {
      const auto payload = reader.receive();
      if (!payload) {
        vain.again();
      } else if (mark_of(*payload).sequence == mark.sequence) {
        return *payload;
      }
    }
    throw std::runtime_error(fmt::format("a message did not come back within {:g} s", task_.patience));
  }
  [[nodiscard]] bool is_sound(BytesView payload) const noexcept {
    return payload.size() == sizeof(Mark) + task_.bytes && is_whole(payload, mark_of(payload));
  }

  void echo() {
    const auto writer = open(peer_.publisher(back()), way_back);
    const auto reader = open_as_guest(&Peer::subscriber);
    Received received(task_);
    writer->wait_for(1);
    while (!stage_.stopped()) {
      const auto payload = reader->receive();
      if (!payload) continue;
      received.take(*payload, *reader);
      std::ranges::copy(*payload, writer->begin(payload->size()).begin());
      writer->send();
    }
    finish(received.result(*reader));
  }

  void call() {
    const auto caller = open_as_guest(&Peer::client);
    Calls calls(task_.window);
    std::uint64_t answered = 0;
    std::uint64_t broken = 0;
    Histogram round_trip;
    const auto take_reply = [&] {
      const auto reply = caller->receive();
      if (!reply) return false;
      const auto mark = mark_of(*reply);
      if (mark.phase == Phase::measured) {
        ++answered;
        round_trip.record(std::uint64_t(monotonic_ns() - mark.stamp_ns));
      }
      calls.answered(mark.sequence);
      if (!is_sound(*reply)) ++broken;
      return true;
    };
    /// Until no more than so many are under way.
    const auto take_replies = [&](std::size_t most) {
      for (Vain vain(task_.patience); calls.count() > most;) {
        if (take_reply()) {
          vain.no_more();
        } else if (vain.again(); vain.over()) {
          throw std::runtime_error(
              fmt::format("{} calls were not answered within {:g} s", calls.count(), task_.patience));
        }
      }
    };
    const auto once = [&](Mark mark) {
      mark.sequence = ++sequence_;
      fill(caller->begin(sizeof mark + task_.bytes), mark);
      caller->send();
      calls.made(mark.sequence);
      take_replies(task_.window - 1);
    };
    caller->wait_for(task_.others);
    get_ready();
    send_phase(Phase::warm_up, once);
    take_replies(0);
    Usage usage;
    usage.begin();
    const auto sent = send_phase(Phase::measured, once);
    take_replies(0);
    finish({{"measured", sent.count},
            {"delivered", answered},
            {"broken", broken},
            {"calls", sequence_},
            {"seconds", sent.seconds},
            {"round_trip", round_trip.to_json()},
            {"usage", usage.until_now()}});
  }

  void serve() {
    const auto server = open(peer_.server(task_.channel));
    Usage usage;
    usage.begin();
    while (!stage_.stopped())
      server->serve();
    finish({{"usage", usage.until_now()}});
  }

  const Task& task_;
  const std::size_t index_;
  Peer& peer_;
  Stage& stage_;
  HostClock clock_;
  std::uint64_t sequence_ = 0;  // of the message sent last
};

}  // namespace

void perform(const Task& task, std::size_t part, Peer& peer, Stage& stage) {
  Part(task, part, peer, stage).play();
}

}  // namespace weft::perf
