// weft's part in weft-perf: topics, queues and services of borrowed bytes, without discovery.
#include <algorithm>
#include <deque>
#include <stdexcept>

#include "peers/block.hpp"
#include "stage/play.hpp"
#include "transport/registry.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weft;
using perf::Block;
using perf::BlockBatch;
using perf::BlockMemory;
using perf::Channel;

constexpr Duration a_while = 100ms;
constexpr Duration patience = 20s;

/// What Result<T>::value() answers; an Error is thrown.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

Qos qos_of(const Channel& channel) {
  return {.reliability = channel.reliable ? Reliability::reliable : Reliability::best_effort,
          .depth = channel.depth};
}

/// Where an owner waits. In inproc and ipc by its channel's name and its number.
std::string bindable(const Channel& channel) {
  if (channel.transport == "tcp") return "tcp://127.0.0.1:0";
  auto name = channel.name;
  std::ranges::replace(name, '/', '-');
  return channel.transport + "://" + name + std::to_string(channel.number);
}

/// An end that others go to, or that goes to others.
template <class Port>
std::string bind(Port& port, const Channel& channel) {
  return must(port.bind(bindable(channel)));
}
template <class Port>
void connect(Port& port, const Channel& channel) {
  for (const auto& uri : channel.endpoints)
    must(port.connect(uri));
}

/// Tries for a while.
template <class Try>
auto spin(Try try_once) {
  auto tried = try_once();
  for (const Deadline deadline = a_while; !tried && !deadline.has_passed(now());)
    tried = try_once();
  return tried;
}

/// The next thing that `receive` gives by a deadline, or tries to.
template <class Receive, class Try>
auto next(const Channel& channel, Receive receive, Try try_once) {
  if (!channel.spins) {
    if (auto tried = try_once()) return tried;  // a deadline that is not needed costs a look at the clock
    auto received = receive(Deadline(a_while));
    using Value = std::decay_t<decltype(*received)>;
    if (!received && received.error().code != Errc::timeout)
      throw std::runtime_error(received.error().message);
    return received ? std::optional<Value>(*std::move(received)) : std::nullopt;
  }
  return spin(try_once);
}

class TopicWriter final : public perf::Writer {
 public:
  TopicWriter(const Node& node, const Channel& channel)
      : publisher_(must(node.publisher(must(Topic<Block>::make(channel.name, qos_of(channel)))))),
        endpoint_(bind(publisher_, channel)),
        memory_(channel.most_bytes) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void wait_for(std::uint32_t readers) override { must(publisher_.wait_matched(readers, patience)); }
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { must(publisher_.send(memory_.block())); }

 private:
  Publisher<Block> publisher_;
  std::string endpoint_;
  BlockMemory memory_;
};

/// The same in bursts: what comes without a pause travels together.
class TopicBurster final : public perf::Writer {
 public:
  TopicBurster(const Node& node, const Channel& channel)
      : publisher_(must(node.publisher(must(Topic<Block>::make(channel.name, qos_of(channel)))))),
        endpoint_(bind(publisher_, channel)),
        batch_(channel.most_bytes) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void wait_for(std::uint32_t readers) override { must(publisher_.wait_matched(readers, patience)); }
  std::span<std::byte> begin(std::size_t bytes) override {
    if (!batch_.takes(bytes)) finish();
    return batch_.begin(bytes);
  }
  void send() override {}
  void finish() override {
    for (auto blocks = batch_.blocks(); !blocks.empty();)
      blocks = blocks.subspan(must(publisher_.send_batch(blocks)));
    batch_.clear();
  }

 private:
  Publisher<Block> publisher_;
  std::string endpoint_;
  BlockBatch batch_;
};

class TopicReader final : public perf::Reader {
 public:
  TopicReader(const Node& node, const Channel& channel)
      : channel_(channel),
        subscriber_(must(node.subscriber(must(Topic<Block>::make(channel.name, qos_of(channel)))))) {
    connect(subscriber_, channel);
  }
  std::optional<BytesView> receive() override {
    sample_ = next(
        channel_, [&](Deadline deadline) { return subscriber_.receive(deadline); },
        [&] { return subscriber_.try_receive(); });
    return sample_ ? std::optional((*sample_)->data) : std::nullopt;
  }
  bool receive_each(const std::function<void(const BytesView&)>& take) override {
    const auto each = [&](const Sample<Block>& sample) { take(sample->data); };
    return subscriber_.receive_each(each, 1000) != 0 || Reader::receive_each(take);
  }
  std::shared_ptr<const void> keep() override { return std::make_shared<Sample<Block>>(*std::move(sample_)); }
  [[nodiscard]] std::optional<perf::Drops> drops() const override {
    perf::Drops drops;
    const auto counters = subscriber_.counters();
    for (std::size_t cause = 0; cause < drop_causes; ++cause) {
      if (const auto lost = counters.total.dropped[cause])
        drops[std::string(to_string(DropCause(cause)))] = lost;
    }
    return drops;
  }

 private:
  const Channel channel_;
  Subscriber<Block> subscriber_;
  std::optional<Sample<Block>> sample_;
};

class QueueWriter final : public perf::Writer {
 public:
  QueueWriter(const Node& node, const Channel& channel)
      : producer_(must(node.producer(must(Queue<Block>::make(channel.name, qos_of(channel)))))),
        memory_(channel.most_bytes) {
    connect(producer_, channel);
  }
  void wait_for(std::uint32_t readers) override { must(producer_.wait_matched(readers, patience)); }
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { must(producer_.push(memory_.block())); }
  void finish() override { must(producer_.flush(patience)); }

 private:
  Producer<Block> producer_;
  BlockMemory memory_;
};

class QueueReader final : public perf::Reader {
 public:
  QueueReader(const Node& node, const Channel& channel)
      : channel_(channel),
        worker_(must(node.worker(must(Queue<Block>::make(channel.name, qos_of(channel)))))),
        endpoint_(bind(worker_, channel)) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  std::optional<BytesView> receive() override {
    if (item_) item_->done();
    item_.reset();
    item_ = next(
        channel_, [&](Deadline deadline) { return worker_.receive(deadline); },
        [&] { return worker_.try_receive(); });
    return item_ ? std::optional((*item_)->data) : std::nullopt;
  }
  std::shared_ptr<const void> keep() override { return std::make_shared<Item<Block>>(*std::move(item_)); }

 private:
  const Channel channel_;
  Worker<Block> worker_;
  std::string endpoint_;
  std::optional<Item<Block>> item_;
};

class ServiceCaller final : public perf::Caller {
 public:
  ServiceCaller(const Node& node, const Channel& channel)
      : channel_(channel),
        client_(must(node.client(must(Service<Block, Block>::make(channel.name, qos_of(channel)))))),
        memory_(channel.most_bytes) {
    connect(client_, channel);
  }
  void wait_for(std::uint32_t servers) override { must(client_.wait_matched(servers, patience)); }
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { calls_.push_back(client_.call(memory_.block(), patience)); }
  std::optional<BytesView> receive() override {
    if (calls_.empty()) return {};
    auto& call = calls_.front();
    auto reply = channel_.spins ? spin([&] { return call.try_take(); }) : std::optional(call.wait());
    if (!reply) return {};
    reply_ = must(*std::move(reply));
    calls_.pop_front();
    return (*reply_)->data;
  }

 private:
  const Channel channel_;
  Client<Block, Block> client_;
  BlockMemory memory_;
  std::deque<Call<Block>> calls_;
  std::optional<Sample<Block>> reply_;
};

class ServiceAnswerer final : public perf::Answerer {
 public:
  ServiceAnswerer(const Node& node, const Channel& channel)
      : channel_(channel),
        server_(must(node.serve(must(Service<Block, Block>::make(channel.name, qos_of(channel))),
                                [](const Block& request) { return request; }))),
        endpoint_(bind(server_, channel)) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void serve() override {
    if (channel_.spins) {
      spin([&] { return server_.try_serve(); });
    } else {
      static_cast<void>(server_.serve_one(a_while).has_value());
    }
  }

 private:
  const Channel channel_;
  Server<Block, Block> server_;
  std::string endpoint_;
};

class WeftPeer final : public perf::Peer {
 public:
  explicit WeftPeer(const std::string& directory)
      : node_(directory.empty() ? std::nullopt
                                : std::optional(must(Node::create(
                                      {.context = must(Context::create(
                                           {.runtime_directory = directory, .discovery = false}))})))) {}
  [[nodiscard]] std::string version() const override { return WEFT_VERSION; }
  [[nodiscard]] std::vector<std::string> transports() const override {
    std::vector<std::string> names;
    for (const auto& each : transport::transports())
      names.push_back(each.scheme);
    return names;
  }
  [[nodiscard]] bool acknowledges() const override { return true; }
  [[nodiscard]] bool crosses(const std::string& transport) const override { return transport != "inproc"; }
  std::unique_ptr<perf::Writer> publisher(const Channel& channel) override {
    constexpr std::uint64_t short_message = 4096;  // of which several travel together
    if (channel.bursts && channel.most_bytes <= short_message) return make<TopicBurster>(channel);
    return make<TopicWriter>(channel);
  }
  std::unique_ptr<perf::Reader> subscriber(const Channel& channel) override {
    return make<TopicReader>(channel);
  }
  std::unique_ptr<perf::Writer> producer(const Channel& channel) override {
    return make<QueueWriter>(channel);
  }
  std::unique_ptr<perf::Reader> worker(const Channel& channel) override { return make<QueueReader>(channel); }
  std::unique_ptr<perf::Caller> client(const Channel& channel) override {
    return make<ServiceCaller>(channel);
  }
  std::unique_ptr<perf::Answerer> server(const Channel& channel) override {
    return make<ServiceAnswerer>(channel);
  }

 private:
  template <class End>
  std::unique_ptr<End> make(const Channel& channel) {
    return std::make_unique<End>(*node_, channel);
  }

  std::optional<Node> node_;
};

}  // namespace

int main(int argc, char** argv) {
  return weft::perf::play(argc, argv,
                          [](const std::string& directory) { return std::make_unique<WeftPeer>(directory); });
}
