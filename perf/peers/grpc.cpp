// gRPC's part in weft-perf: calls, as its guides recommend for many of them (https://grpc.io/docs/guides/performance and
// doc/cpp/perf_notes.md): one stream in both directions for all calls of a client, and the asynchronous interface, at each end
// with one completion queue and the one thread that looks after it.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <stdexcept>

#include <echo.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include "stage/play.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weft::perf;
using weft::BytesView;

constexpr int a_while_ms = 100;
constexpr auto patience = 20s;

/// What follows an operation; its tag in the completion queue.
using Step = std::function<void(bool ok)>;

/// Does the next step that is due; false, if there is none within a while.
bool step(grpc::CompletionQueue& queue, bool spins) {
  const auto end = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(a_while_ms, GPR_TIMESPAN));
  const auto limit = spins ? gpr_inf_past(GPR_CLOCK_MONOTONIC) : end;
  void* next = nullptr;
  bool ok = false;
  for (;;) {
    const auto status = queue.AsyncNext(&next, &ok, limit);
    if (status == grpc::CompletionQueue::GOT_EVENT) break;
    if (!spins || gpr_time_cmp(gpr_now(GPR_CLOCK_MONOTONIC), end) > 0) return false;
  }
  (*static_cast<Step*>(next))(ok);
  return true;
}

/// All operations end, and nothing follows from them.
void close(grpc::CompletionQueue& queue) {
  queue.Shutdown();
  void* step = nullptr;
  for (bool ok = false; queue.Next(&step, &ok);) {
  }
}

class GrpcCaller final : public Caller {
 public:
  explicit GrpcCaller(const Channel& channel) : spins_(channel.spins) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stub_ = perf::Echo::NewStub(
        grpc::CreateCustomChannel(channel.endpoints.at(0), grpc::InsecureChannelCredentials(), arguments));
    context_.set_wait_for_ready(true);
    stream_ = stub_->AsyncExchange(&context_, &queue_, &started_);
  }
  ~GrpcCaller() override {
    context_.TryCancel();
    close(queue_);
  }
  void wait_for(std::uint32_t /*servers*/) override {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (writing_)
      if (!step(queue_, spins_) && std::chrono::steady_clock::now() > end)
        throw std::runtime_error("no server");
  }
  std::span<std::byte> begin(std::size_t bytes) override {
    next_.mutable_data()->resize(bytes);
    return std::as_writable_bytes(std::span(*next_.mutable_data()));
  }
  void send() override {
    while (writing_)
      step(queue_, spins_);
    writing_ = true;
    stream_->Write(next_, &written_);
  }
  std::optional<BytesView> receive() override {
    while (replies_.empty())
      if (!step(queue_, spins_)) return {};
    used_.splice(used_.begin(), replies_, replies_.begin());
    return std::as_bytes(std::span(used_.front().data()));
  }

 private:
  void read() {
    if (used_.size() < 2) used_.emplace_back();
    reading_.splice(reading_.begin(), used_, std::prev(used_.end()));
    stream_->Read(&reading_.front(), &read_);
  }
  static void require(bool ok) {
    if (!ok) throw std::runtime_error("the stream has ended");
  }

  const bool spins_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<perf::Echo::Stub> stub_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<perf::Block, perf::Block>> stream_;
  perf::Block next_;
  bool writing_ = true;  // or starting
  // Replies with their memory: one is being read, some have come, others can be used again, but for the first of them, which
  // receive() has given.
  std::list<perf::Block> reading_;
  std::list<perf::Block> replies_;
  std::list<perf::Block> used_;
  Step started_ = [this](bool ok) {
    require(ok);
    writing_ = false;
    read();
  };
  Step written_ = [this](bool ok) {
    require(ok);
    writing_ = false;
  };
  Step read_ = [this](bool ok) {
    require(ok);
    replies_.splice(replies_.end(), reading_);
    read();
  };
};

/// A client's stream at the server: it reads the next while it writes the last back.
class Exchange final {
 public:
  Exchange(perf::Echo::AsyncService& service, grpc::ServerCompletionQueue& queue, const Step& come)
      : come_(come) {
    service.RequestExchange(&context_, &stream_, &queue, &queue, &started_);
  }

 private:
  void read() { stream_.Read(&request_, &read_); }
  void answer() {
    if (writing_ || !has_request_) return;
    std::swap(request_, reply_);
    has_request_ = false;
    writing_ = true;
    stream_.Write(reply_, &written_);
    read();
  }

  const Step& come_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<perf::Block, perf::Block> stream_{&context_};
  perf::Block request_;
  perf::Block reply_;
  bool has_request_ = false;
  bool writing_ = false;
  Step started_ = [this](bool ok) {
    come_(ok);
    if (ok) read();
  };
  Step read_ = [this](bool ok) {
    has_request_ = ok;
    answer();
  };
  Step written_ = [this](bool /*ok*/) {
    writing_ = false;
    answer();
  };
};

class GrpcAnswerer final : public Answerer {
 public:
  explicit GrpcAnswerer(const Channel& channel) : spins_(channel.spins) {
    auto name = channel.name;
    std::ranges::replace(name, '/', '-');
    endpoint_ = channel.transport == "tcp" ? "127.0.0.1:" : "unix:" + channel.directory + "/" + name;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(endpoint_ + (channel.transport == "tcp" ? "0" : ""),
                             grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&service_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    if (!server_) throw std::runtime_error("no server at " + endpoint_);
    if (channel.transport == "tcp") endpoint_ += std::to_string(port);
    expect_(true);
  }
  ~GrpcAnswerer() override {
    server_->Shutdown(std::chrono::system_clock::now());
    close(*queue_);
  }
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }
  void serve() override { step(*queue_, spins_); }

 private:
  const bool spins_;
  std::string endpoint_;
  perf::Echo::AsyncService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  Step expect_ = [this](bool ok) {  // the next client
    if (ok) exchanges_.emplace_back(service_, *queue_, expect_);
  };
  std::list<Exchange> exchanges_;
};

class GrpcPeer final : public Peer {
 public:
  [[nodiscard]] std::string version() const override { return grpc::Version(); }
  [[nodiscard]] std::vector<std::string> transports() const override { return {"ipc", "tcp"}; }
  [[nodiscard]] bool crosses(const std::string& /*transport*/) const override { return true; }
  [[nodiscard]] std::set<Pair> pairs() const override { return {Pair::service}; }
  std::unique_ptr<Caller> client(const Channel& channel) override {
    return std::make_unique<GrpcCaller>(channel);
  }
  std::unique_ptr<Answerer> server(const Channel& channel) override {
    return std::make_unique<GrpcAnswerer>(channel);
  }
};

}  // namespace

int main(int argc, char** argv) {
  return play(argc, argv, [](const std::string& /*directory*/) { return std::make_unique<GrpcPeer>(); });
}
