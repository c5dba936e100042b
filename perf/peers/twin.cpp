// weft's twin in weft-perf: libzmq by hand with weft's very bytes (perf/twin). What weft costs beyond is what it does for types,
// discovery, peers that die, and counters.
#include <algorithm>
#include <stdexcept>

#include "peers/block.hpp"
#include "stage/play.hpp"
#include "twin/calls.hpp"
#include "twin/queue.hpp"
#include "twin/topic.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weft;
using namespace weft::perf;

constexpr Duration patience = 20s;

/// What the twin does not do is no cell of its.
const Channel& fit(const Channel& channel) {
  if (channel.spins) throw Unsupported("the twin waits asleep");
  return channel;
}
const Channel& fit_for_topic(const Channel& channel) {
  if (!channel.reliable) throw Unsupported("the twin's topics are reliable");
  return fit(channel);
}

std::string bindable(const Channel& channel) {
  if (channel.transport == "tcp") return "tcp://127.0.0.1:*";
  auto name = channel.name;
  std::ranges::replace(name, '/', '-');
  return "ipc://" + channel.directory + "/" + name + std::to_string(channel.number);
}

const std::string& only_endpoint(const Channel& channel) {
  if (channel.endpoints.size() != 1) throw Unsupported("the twin has one end on each side");
  return channel.endpoints.front();
}

std::optional<BytesView> data_of(const std::optional<Block>& block) {
  return block ? std::optional(block->data) : std::nullopt;
}

/// What is kept is copied: the ends keep one message.
std::shared_ptr<const void> copy_of(const std::optional<BytesView>& bytes) {
  return std::make_shared<Bytes>(bytes->begin(), bytes->end());
}

class TwinPublisher final : public Writer {
 public:
  explicit TwinPublisher(const Channel& channel)
      : publisher_(channel.depth),
        endpoint_(publisher_.bind(bindable(channel))),
        memory_(channel.most_bytes) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void wait_for(std::uint32_t readers) override {
    if (readers != 1) throw Unsupported("the twin has one end on each side");
    publisher_.wait_for_subscriber();
  }
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { publisher_.send(memory_.block()); }

 private:
  RawPublisher publisher_;
  std::string endpoint_;
  BlockMemory memory_;
};

class TwinSubscriber final : public Reader {
 public:
  explicit TwinSubscriber(const Channel& channel) : subscriber_(channel.depth, only_endpoint(channel)) {}
  std::optional<BytesView> receive() override { return last_ = data_of(subscriber_.receive()); }
  std::shared_ptr<const void> keep() override { return copy_of(last_); }

 private:
  RawSubscriber subscriber_;
  std::optional<BytesView> last_;
};

class TwinProducer final : public Writer {
 public:
  explicit TwinProducer(const Channel& channel)
      : producer_(channel.depth, only_endpoint(channel)), memory_(channel.most_bytes) {}
  void wait_for(std::uint32_t /*readers*/) override {}
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { producer_.push(memory_.block()); }

 private:
  RawProducer producer_;
  BlockMemory memory_;
};

class TwinWorker final : public Reader {
 public:
  explicit TwinWorker(const Channel& channel)
      : worker_(channel.depth), endpoint_(worker_.bind(bindable(channel))) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  std::optional<BytesView> receive() override { return last_ = data_of(worker_.receive()); }
  std::shared_ptr<const void> keep() override { return copy_of(last_); }

 private:
  RawWorker worker_;
  std::string endpoint_;
  std::optional<BytesView> last_;
};

class TwinClient final : public Caller {
 public:
  explicit TwinClient(const Channel& channel)
      : client_(only_endpoint(channel)), memory_(channel.most_bytes) {}
  void wait_for(std::uint32_t /*servers*/) override {}
  std::span<std::byte> begin(std::size_t bytes) override { return memory_.begin(bytes); }
  void send() override { client_.send(memory_.block(), patience); }
  std::optional<BytesView> receive() override { return data_of(client_.receive()); }

 private:
  RawClient client_;
  BlockMemory memory_;
};

class TwinServer final : public Answerer {
 public:
  explicit TwinServer(const Channel& channel) : endpoint_(server_.bind(bindable(channel))) {}
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void serve() override { server_.serve_one(); }

 private:
  RawServer server_;
  std::string endpoint_;
};

class Twin final : public Peer {
 public:
  [[nodiscard]] std::string version() const override { return "libzmq by hand, with weft's bytes"; }
  [[nodiscard]] std::vector<std::string> transports() const override { return {"ipc", "tcp"}; }
  [[nodiscard]] bool crosses(const std::string& /*transport*/) const override { return true; }
  std::unique_ptr<Writer> publisher(const Channel& channel) override {
    return std::make_unique<TwinPublisher>(fit_for_topic(channel));
  }
  std::unique_ptr<Reader> subscriber(const Channel& channel) override {
    return std::make_unique<TwinSubscriber>(fit_for_topic(channel));
  }
  std::unique_ptr<Writer> producer(const Channel& channel) override {
    return std::make_unique<TwinProducer>(fit(channel));
  }
  std::unique_ptr<Reader> worker(const Channel& channel) override {
    return std::make_unique<TwinWorker>(fit(channel));
  }
  std::unique_ptr<Caller> client(const Channel& channel) override {
    return std::make_unique<TwinClient>(fit(channel));
  }
  std::unique_ptr<Answerer> server(const Channel& channel) override {
    return std::make_unique<TwinServer>(fit(channel));
  }
};

}  // namespace

int main(int argc, char** argv) {
  return play(argc, argv, [](const std::string& /*directory*/) { return std::make_unique<Twin>(); });
}
