// A server among peers that send faster than it reads: what never ends to arrive keeps it from nothing.
#include <stop_token>
#include <thread>
#include <vector>

#include "kit.hpp"
#include "run/waker.hpp"
#include "wire/header.hpp"

namespace weft::test {

namespace {

using Made = std::vector<std::byte>;

Made frame_of(wire::Header header) {
  Made bytes(wire::header_size(header) + 2);
  wire::write_header(header, bytes);
  return bytes;
}
Made junk() {
  return Made(7);
}
Made cancel() {
  return frame_of({.kind = wire::Kind::cancel});
}
Made request() {
  return frame_of({.kind = wire::Kind::message, .remaining = 1h});
}

/// One at which the same arrives without end.
class FloodedEnd final : public transport::End {
 public:
  explicit FloodedEnd(Made bytes) : bytes_(std::move(bytes)) {}
  Result<transport::Endpoint> bind(const transport::Endpoint& endpoint) override { return endpoint; }
  Result<void> connect(const transport::Endpoint& /*endpoint*/) override { return {}; }
  Result<void> disconnect(const transport::Endpoint& /*endpoint*/) override { return {}; }
  Result<void> loan(transport::Loan& /*loan*/, std::size_t /*bytes*/, const transport::ReturnPath* /*to*/,
                    Deadline /*deadline*/) override {
    return Error{Errc::timeout, "the receiver takes nothing"};
  }
  bool send(transport::Loan& /*loan*/, transport::Haste /*haste*/) override { return false; }
  bool receive(transport::Frame& frame) override {
    frame = {};
    frame.bytes = bytes_;
    return true;
  }
  [[nodiscard]] int fd() noexcept override { return never_.fd(); }

 private:
  Made bytes_;
  run::Waker never_ = run::Waker::create().value();
};

class Flood final : public transport::Transport {
 public:
  explicit Flood(Made bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::string_view scheme() const noexcept override { return "flood"; }
  [[nodiscard]] transport::Traits traits() const noexcept override { return {.max_frame = 1 << 20}; }
  [[nodiscard]] transport::Endpoint own_endpoint(const PortId& /*id*/) const override {
    return transport::Endpoint::parse("flood://own").value();
  }
  Result<std::unique_ptr<transport::End>> open(transport::EndOptions /*options*/,
                                               transport::LinkObserver& /*observer*/) override {
    return std::unique_ptr<transport::End>(std::make_unique<FloodedEnd>(bytes_));
  }

 private:
  Made bytes_;
};

template <Made (*make)()>
Result<std::unique_ptr<transport::Transport>> make_flood(const transport::World& /*world*/) {
  return std::unique_ptr<transport::Transport>(std::make_unique<Flood>(make()));
}

/// A server at one end that is flooded and one that is not, and a client of the latter.
struct Flooded {
  Node node;
  Server<Question, Question> server = node.serve(echo, [](const Question& q) { return q; }).value();
  Client<Question, Question> client = node.client(echo).value();

  explicit Flooded(transport::Factory flood) : node(make_node(make_context(flood))) {
    client.connect(server.bind("inproc://flooded").value()).value();
    {
      const std::jthread serving([this](const std::stop_token& stop) { server.run(stop).value(); });
      client.wait_matched(1, patience).value();
    }
    server.bind("flood://here").value();
  }
  Flooded(const Flooded&) = delete;
  Flooded& operator=(const Flooded&) = delete;

  static std::shared_ptr<Context> make_context(transport::Factory flood) {
    ContextOptions options;
    options.transports = transports();
    options.transports.push_back({"flood", flood});
    options.discovery = false;
    options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");  // the sandbox's
    return Context::create(std::move(options)).value();
  }
};

}  // namespace

TEST_CASE("a server that is flooded with junk or cancels serves on, and ends when it is told") {
  Flooded flooded(GENERATE(&make_flood<junk>, &make_flood<cancel>));
  CHECK_FALSE(flooded.server.try_serve());
  CHECK(flooded.server.serve_one(Deadline::passed()).error().code == Errc::timeout);
  {
    const std::jthread serving([&](const std::stop_token& stop) { flooded.server.run(stop).value(); });
    CHECK(flooded.client.call({7}, patience).wait().value()->number == 7);
  }
  flooded.server.drain(patience).value();
}

TEST_CASE("a server that drains ends, though requests go on coming") {
  Flooded flooded(make_flood<request>);
  CHECK(flooded.server.try_serve());
  static_cast<void>(flooded.server.drain(100ms));
  const auto counters = flooded.server.counters();
  CHECK(counters.turned_away > 0);
  CHECK(counters.received == counters.answered + counters.late + counters.cancelled + counters.turned_away);
}

}  // namespace weft::test
