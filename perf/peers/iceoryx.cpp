// iceoryx's part in weft-perf: payloads that are written and read in place, in shared memory, as its iceperf does
// (https://iceoryx.io/v2.0.2/examples/iceperf).
//
// What      Reliable: a publisher waits for full queues. A reader blocks on a WaitSet, or takes again and again. RouDi, which
//           all processes of iceoryx need, is the run's daemon: with a pool of as many chunks as the run can have on
//           their way, and without monitoring, since a process that is only slow would be taken for dead.
// Caveats   A machine has one RouDi at most, and one that runs already is nobody's to end: then iceoryx is not measured.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>

#include <iceoryx_hoofs/posix_wrapper/file_lock.hpp>
#include <iceoryx_hoofs/posix_wrapper/posix_access_rights.hpp>
#include <iceoryx_posh/iceoryx_posh_config.hpp>
#include <iceoryx_posh/internal/roudi/roudi.hpp>
#include <iceoryx_posh/popo/untyped_client.hpp>
#include <iceoryx_posh/popo/untyped_publisher.hpp>
#include <iceoryx_posh/popo/untyped_server.hpp>
#include <iceoryx_posh/popo/untyped_subscriber.hpp>
#include <iceoryx_posh/roudi/iceoryx_roudi_components.hpp>
#include <iceoryx_posh/runtime/posh_runtime.hpp>
#include <iceoryx_posh/runtime/service_discovery.hpp>
#include <iceoryx_versions.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "stage/mark.hpp"
#include "stage/play.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weft::perf;
using namespace iox::popo;
using iox::capro::IdString_t;
using weft::BytesView;

constexpr auto a_while = 100ms;
constexpr auto patience = 20s;
constexpr std::uint32_t alignment = 8;

IdString_t id(const std::string& text) {
  return {iox::cxx::TruncateToCapacity, text};
}
iox::capro::ServiceDescription data_of(const Channel& channel) {
  return {"weft-perf", id(channel.name), "data"};
}

template <class Condition>
void wait_until(Condition condition, const char* what) {
  for (const auto end = std::chrono::steady_clock::now() + patience; !condition();) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error(std::string("no ") + what);
    std::this_thread::sleep_for(1ms);
  }
}

/// Memory of iceoryx; waits, while all of it is on its way.
template <class Loan>
std::span<std::byte> memory_from(Loan loan, std::size_t bytes) {
  for (;;) {
    if (auto loaned = loan(); !loaned.has_error()) return {static_cast<std::byte*>(loaned.value()), bytes};
    std::this_thread::yield();
  }
}

BytesView bytes_of(const void* payload) {
  return {static_cast<const std::byte*>(payload),
          iox::mepoo::ChunkHeader::fromUserPayload(payload)->userPayloadSize()};
}

/// Takes what comes to an end.
template <class End>
class Inbox final {
 public:
  template <class State>
  Inbox(End& end, State has_some, bool spins) : end_(end), spins_(spins) {
    if (spins) return;  // and its other side need wake nobody
    if (wait_set_.attachState(end, has_some).has_error()) throw std::runtime_error("it cannot wait");
  }
  /// Nothing, if nothing comes within a while.
  const void* take() {
    for (const auto end = monotonic_ns() + std::chrono::nanoseconds(a_while).count();;) {
      if (auto taken = end_.take(); !taken.has_error()) return taken.value();
      if (!spins_) wait_set_.timedWait(iox::units::Duration(a_while));
      if (monotonic_ns() > end) return nullptr;
    }
  }

 private:
  End& end_;
  const bool spins_;
  WaitSet<1> wait_set_;
};

/// Readers say that they are there, since a publisher does not know how many it has: each offers a service.
iox::capro::ServiceDescription reader_of(const Channel& channel) {
  return {"weft-perf readers", id(channel.name), id(std::to_string(channel.number))};
}
std::uint32_t readers_of(iox::runtime::ServiceDiscovery& discovery, const Channel& channel) {
  std::uint32_t count = 0;
  discovery.findService(
      id("weft-perf readers"), id(channel.name), iox::cxx::nullopt, [&](const auto&) { ++count; },
      MessagingPattern::PUB_SUB);
  return count;
}

class IceoryxWriter final : public Writer {
 public:
  explicit IceoryxWriter(const Channel& channel)
      : channel_(channel),
        publisher_(data_of(channel), {.subscriberTooSlowPolicy =
                                          channel.reliable ? ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER
                                                           : ConsumerTooSlowPolicy::DISCARD_OLDEST_DATA}) {}
  void wait_for(std::uint32_t readers) override {
    iox::runtime::ServiceDiscovery discovery;
    wait_until([&] { return readers_of(discovery, channel_) == readers; }, "readers");
  }
  std::span<std::byte> begin(std::size_t bytes) override {
    return next_ = memory_from([&] { return publisher_.loan(std::uint32_t(bytes)); }, bytes);
  }
  void send() override { publisher_.publish(next_.data()); }

 private:
  const Channel channel_;
  UntypedPublisher publisher_;
  std::span<std::byte> next_;
};

class IceoryxReader final : public Reader {
 public:
  explicit IceoryxReader(const Channel& channel)
      : subscriber_(
            data_of(channel),
            {.queueCapacity = std::min<std::uint64_t>(channel.depth, iox::MAX_SUBSCRIBER_QUEUE_CAPACITY),
             .queueFullPolicy =
                 channel.reliable ? QueueFullPolicy::BLOCK_PRODUCER : QueueFullPolicy::DISCARD_OLDEST_DATA}),
        inbox_(subscriber_, SubscriberState::HAS_DATA, channel.spins),
        here_(reader_of(channel)) {}
  ~IceoryxReader() override { release(); }
  std::optional<BytesView> receive() override {
    release();
    last_ = inbox_.take();
    return last_ == nullptr ? std::nullopt : std::optional(bytes_of(last_));
  }
  std::shared_ptr<const void> keep() override {
    return {std::exchange(last_, nullptr), [this](const void* payload) { subscriber_.release(payload); }};
  }

 private:
  void release() {
    if (last_ != nullptr) subscriber_.release(std::exchange(last_, nullptr));
  }

  UntypedSubscriber subscriber_;  // connected to all publishers that there are
  Inbox<UntypedSubscriber> inbox_;
  const UntypedPublisher here_;
  const void* last_ = nullptr;
};

class IceoryxCaller final : public Caller {
 public:
  explicit IceoryxCaller(const Channel& channel)
      : client_(data_of(channel), {.responseQueueFullPolicy = QueueFullPolicy::BLOCK_PRODUCER,
                                   .serverTooSlowPolicy = ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER}),
        inbox_(client_, ClientState::HAS_RESPONSE, channel.spins) {}
  ~IceoryxCaller() override { release(); }
  void wait_for(std::uint32_t /*servers*/) override {
    wait_until([&] { return client_.getConnectionState() == iox::ConnectionState::CONNECTED; }, "server");
  }
  std::span<std::byte> begin(std::size_t bytes) override {
    return next_ = memory_from([&] { return client_.loan(std::uint32_t(bytes), alignment); }, bytes);
  }
  void send() override {
    if (client_.send(next_.data()).has_error()) throw std::runtime_error("a request cannot be sent");
  }
  std::optional<BytesView> receive() override {
    release();
    last_ = inbox_.take();
    return last_ == nullptr ? std::nullopt : std::optional(bytes_of(last_));
  }

 private:
  void release() {
    if (last_ != nullptr) client_.releaseResponse(std::exchange(last_, nullptr));
  }

  UntypedClient client_;
  Inbox<UntypedClient> inbox_;
  std::span<std::byte> next_;
  const void* last_ = nullptr;
};

class IceoryxAnswerer final : public Answerer {
 public:
  explicit IceoryxAnswerer(const Channel& channel)
      : server_(data_of(channel), {.requestQueueFullPolicy = QueueFullPolicy::BLOCK_PRODUCER,
                                   .clientTooSlowPolicy = ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER}),
        inbox_(server_, ServerState::HAS_REQUEST, channel.spins) {}
  void serve() override {
    const void* request = inbox_.take();
    if (request == nullptr) return;
    const auto asked = bytes_of(request);
    const auto* header = RequestHeader::fromPayload(request);
    const auto answer = memory_from(
        [&] { return server_.loan(header, std::uint32_t(asked.size()), alignment); }, asked.size());
    std::memcpy(answer.data(), asked.data(), asked.size());
    server_.releaseRequest(request);
    if (server_.send(answer.data()).has_error()) throw std::runtime_error("a response cannot be sent");
  }

 private:
  UntypedServer server_;
  Inbox<UntypedServer> inbox_;
};

// ---- RouDi ----------------------------------------------------------------------------------------------------------

/// That a file of the machine says: this process is its RouDi. An error, if another one is.
auto become_roudi() {
  return iox::posix::FileLock::create(iox::roudi::ROUDI_LOCK_NAME);
}

/// There if the run has had a RouDi of its own.
std::filesystem::path note_in(const std::string& directory) {
  return std::filesystem::path(directory) / "roudi";
}

/// What the names of the run's processes begin with.
std::string prefix_of(const std::string& directory) {
  return std::filesystem::path(directory).filename().string() + "-";
}

/// Chunks that are on their way at the same time, or written or read.
std::uint32_t chunks_of(const Task& task) {
  const std::uint32_t held = task.reading == Reading::hold ? 8 : 0;
  return held + (task.role == Role::subscribe ? 1 : std::max(task.channel.depth, task.window) + 4);
}

iox::RouDiConfig_t config_for(const std::vector<Task>& tasks) {
  std::uint32_t chunks = 0;
  for (const auto& task : tasks)
    chunks += chunks_of(task);
  const auto bytes =
      std::uint32_t(tasks.at(0).channel.most_bytes + 255) / 32 * 32;  // also for a service's header
  iox::mepoo::MePooConfig pool;
  pool.addMemPool({bytes, chunks});
  iox::RouDiConfig_t config;
  const auto group = iox::posix::PosixGroup::getGroupOfCurrentProcess().getName();
  config.m_sharedMemorySegments.push_back({group, group, pool});
  return config;
}

void refuse_another() {
  if (become_roudi().has_error()) throw std::runtime_error("iceoryx: another RouDi (iox-roudi) runs already");
}

class RouDi final : public Daemon {
 public:
  void start(const std::vector<Task>& tasks) override {
    using Parameters = iox::roudi::RouDi::RoudiStartupParameters;
    refuse_another();
    std::ofstream note(note_in(tasks.at(0).channel.directory));
    std::cout.rdbuf(nullptr);  // where it says that it is ready
    std::clog.rdbuf(nullptr);  // and what memory it takes
    components_ = std::make_unique<iox::roudi::IceOryxRouDiComponents>(config_for(tasks));
    roudi_ = std::make_unique<iox::roudi::RouDi>(components_->rouDiMemoryManager, components_->portManager,
                                                 Parameters(iox::roudi::MonitoringMode::OFF, false));
  }
  void sweep(const std::vector<Task>& tasks) override {
    const auto& directory = tasks.at(0).channel.directory;
    for (const auto& entry : std::filesystem::directory_iterator(place)) {
      if (entry.path().filename().string().starts_with(prefix_of(directory)))
        std::filesystem::remove(entry.path());
    }
    const auto lock = become_roudi();  // unless this process is it, or somebody else's is by now
    if (roudi_ || (!lock.has_error() && std::filesystem::exists(note_in(directory)))) sweep_own();
    std::filesystem::remove(note_in(directory));
  }

 private:
  void sweep_own() const {
    const auto file = [](const std::string& name) { std::filesystem::remove(place / name); };
    file(iox::roudi::IPC_CHANNEL_ROUDI_NAME);
    file(iox::roudi::IPC_CHANNEL_ROUDI_NAME + std::string(".lock"));
    ::shm_unlink(iox::roudi::SHM_NAME);
    ::shm_unlink(iox::posix::PosixGroup::getGroupOfCurrentProcess().getName().c_str());
    if (roudi_)
      file(iox::roudi::ROUDI_LOCK_NAME + std::string(".lock"));  // from here on there may be another
  }

  static inline const std::filesystem::path place = iox::platform::IOX_UDS_SOCKET_PATH_PREFIX;

  std::unique_ptr<iox::roudi::IceOryxRouDiComponents> components_;  // both are too large for a stack
  std::unique_ptr<iox::roudi::RouDi> roudi_;
};

// ---- the peer -------------------------------------------------------------------------------------------------------

class IceoryxPeer final : public Peer {
 public:
  explicit IceoryxPeer(const std::string& directory) {
    if (directory.empty()) {
      refuse_another();
    } else {
      iox::runtime::PoshRuntime::initRuntime(
          {iox::cxx::TruncateToCapacity, prefix_of(directory) + std::to_string(::getpid())});
    }
  }
  [[nodiscard]] std::string version() const override { return ICEORYX_LATEST_RELEASE_VERSION; }
  [[nodiscard]] std::vector<std::string> transports() const override { return {"shm"}; }
  [[nodiscard]] bool crosses(const std::string& /*transport*/) const override { return true; }
  [[nodiscard]] std::set<Pair> pairs() const override { return {Pair::topic, Pair::service}; }
  /// So that all that is on its way fits into the memory that can be shared, beside RouDi's own.
  [[nodiscard]] std::uint64_t most_bytes() const override {
    constexpr std::uint64_t on_their_way = 32;
    constexpr std::uint64_t own = 64 << 20;
    return (std::max(own, std::filesystem::space("/dev/shm").available) - own) / on_their_way;
  }
  std::unique_ptr<Writer> publisher(const Channel& channel) override {
    return std::make_unique<IceoryxWriter>(channel);
  }
  std::unique_ptr<Reader> subscriber(const Channel& channel) override {
    return std::make_unique<IceoryxReader>(channel);
  }
  std::unique_ptr<Caller> client(const Channel& channel) override {
    return std::make_unique<IceoryxCaller>(channel);
  }
  std::unique_ptr<Answerer> server(const Channel& channel) override {
    return std::make_unique<IceoryxAnswerer>(channel);
  }
};

}  // namespace

int main(int argc, char** argv) {
  iox::log::LogManager::GetLogManager().SetDefaultLogLevel(iox::log::LogLevel::kError,
                                                           iox::log::LogLevelOutput::kHideLogLevel);
  RouDi roudi;
  return play(
      argc, argv, [](const std::string& directory) { return std::make_unique<IceoryxPeer>(directory); },
      &roudi);
}
