#include "kit/roles.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "kit/receiving.hpp"
#include "kit/sending.hpp"

namespace weft::perf {

namespace {

using nlohmann::json;

constexpr int patience = 10;  // receive()s in vain, a second: what has not come by then does not come

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
    used["processor"] = used["processor"].get<double>() - sent.waited;
    if (task_.role == Role::publish) send({.writer = task_.number, .phase = Phase::end});
    writer->finish();
    finish({{"sent", sequence_}, {"measured", sent.count}, {"seconds", sent.seconds}, {"usage", used}});
  }

  void read(std::unique_ptr<Reader> reader) {
    Received received(task_);
    for (int in_vain = 0; !received.ended() && in_vain < patience;) {
      if (const auto payload = reader->receive()) {
        received.take(*payload, *reader);
        in_vain = 0;
      } else if (stage_.stopped()) {
        ++in_vain;
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
    const auto once = [&](Mark mark) {
      mark.sequence = ++sequence_;
      fill(writer->begin(sizeof mark + task_.bytes), mark);
      writer->send();
      if (!await(*reader, mark)) throw std::runtime_error("a message did not come back");
      if (mark.phase == Phase::measured) round_trip.record(std::uint64_t(monotonic_ns() - mark.stamp_ns));
    };
    send_phase(Phase::warm_up, once);
    const auto sent = send_phase(Phase::measured, once);
    finish({{"measured", sent.count}, {"seconds", sent.seconds}, {"round_trip", round_trip.to_json()}});
  }

  /// Until that one has come back; false if it does not.
  static bool await(Reader& reader, const Mark& mark) {
    for (int in_vain = 0; in_vain < 100 * patience;) {
      const auto payload = reader.receive();
      if (!payload) {
        ++in_vain;
        continue;
      }
      const auto came = mark_of(*payload);
      if (came.sequence == mark.sequence) return true;
    }
    return false;
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
    std::uint32_t under_way = 0;
    std::uint64_t answered = 0;
    Histogram round_trip;
    const auto take_reply = [&] {
      const auto reply = caller->receive();
      if (!reply) return false;
      --under_way;
      const auto mark = mark_of(*reply);
      if (mark.phase != Phase::measured) return true;
      ++answered;
      round_trip.record(std::uint64_t(monotonic_ns() - mark.stamp_ns));
      return true;
    };
    const auto drain = [&] {
      for (int in_vain = 0; under_way != 0 && in_vain < 100 * patience;)
        in_vain = take_reply() ? 0 : in_vain + 1;
    };
    const auto once = [&](Mark mark) {
      mark.sequence = ++sequence_;
      fill(caller->begin(sizeof mark + task_.bytes), mark);
      caller->send();
      ++under_way;
      while (under_way == task_.window && !stage_.stopped())
        take_reply();
    };
    caller->wait_for(task_.others);
    get_ready();
    send_phase(Phase::warm_up, once);
    drain();
    Usage usage;
    usage.begin();
    const auto sent = send_phase(Phase::measured, once);
    drain();
    finish({{"measured", sent.count},
            {"delivered", answered},
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
