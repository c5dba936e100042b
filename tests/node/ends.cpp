// The ends of a port: what is left of those that failed, or that were given up.
#include "node/ends.hpp"

#include <functional>
#include <future>

#include "kit.hpp"

namespace weft::test {

namespace {

using node::Ends;
using node::Links;

/// An End that carries nothing, and says when it is closed.
class Quiet final : public transport::End {
 public:
  explicit Quiet(const std::function<void()>& closing) : closing_(closing) {}
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() override { closing_(); }
  Result<transport::Endpoint> bind(const transport::Endpoint& endpoint) override { return endpoint; }
  Result<void> connect(const transport::Endpoint& /*endpoint*/) override { return {}; }
  Result<void> disconnect(const transport::Endpoint& /*endpoint*/) override { return {}; }
  Result<void> loan(transport::Loan& /*loan*/, std::size_t /*bytes*/, const transport::ReturnPath* /*to*/,
                    Deadline /*deadline*/) override {
    return Error{Errc::unavailable, "quiet"};
  }
  bool send(transport::Loan& /*loan*/, transport::Haste /*haste*/) override { return false; }
  bool receive(transport::Frame& /*frame*/) override { return false; }
  [[nodiscard]] int fd() noexcept override { return -1; }

 private:
  const std::function<void()>& closing_;
};

std::function<void()> when_closing = [] {};

class QuietRoad final : public transport::Transport {
 public:
  [[nodiscard]] std::string_view scheme() const noexcept override { return "quiet"; }
  [[nodiscard]] transport::Traits traits() const noexcept override { return {}; }
  [[nodiscard]] transport::Endpoint own_endpoint(const PortId& /*id*/) const override {
    return {"quiet", "x"};
  }
  Result<std::unique_ptr<transport::End>> open(transport::EndOptions /*options*/,
                                               transport::LinkObserver& /*observer*/) override {
    return std::unique_ptr<transport::End>(std::make_unique<Quiet>(when_closing));
  }
};

Result<std::unique_ptr<transport::Transport>> make_quiet(const transport::World& /*world*/) {
  return std::unique_ptr<transport::Transport>(std::make_unique<QuietRoad>());
}

std::unique_ptr<Ends> make_ends() {
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");
  options.discovery = false;
  options.transports = transports();
  options.transports.push_back({"quiet", make_quiet});
  transport::EndOptions end;
  end.role = transport::Role::subscriber;
  end.name = "test/notes";
  return Ends::create(Context::create(std::move(options)).value(), std::move(end),
                      [](BytesView) { return node::Verdict{}; })
      .value();
}

/// Gives up an End over which one message was delivered.
void carry_one_and_part(Ends& ends) {
  auto* links = ends.find_or_make("quiet").value().links;
  REQUIRE(links->matched({1, 1}, {}, 0));
  links->find({1, 1})->arrived(1);
  links->delivered({1, 1});
  ends.close_found();
}

}  // namespace

TEST_CASE("an endpoint by hand that fails leaves no end behind") {
  auto ends = make_ends();
  REQUIRE_FALSE(ends->bind("ipc:///no/such/directory/x"));
  CHECK(ends->slots().empty());
  CHECK(ends->find_or_make("ipc").value().number != 0);  // one that close_found() closes
  ends->close_found();
  CHECK(ends->slots().empty());
}

TEST_CASE("an end by hand is used again for the next endpoint of its transport") {
  auto ends = make_ends();
  ends->connect("inproc://ends-one").value();
  ends->connect("inproc://ends-two").value();
  CHECK(ends->slots().size() == 1);
}

TEST_CASE("counters can be asked while ends that were found are closed") {
  auto ends = make_ends();
  ends->find_or_make("quiet").value();
  std::future<Counters> counted;
  when_closing = [&] {
    counted = std::async(std::launch::async, [&] { return ends->counters(); });
    CHECK(counted.wait_for(patience) == std::future_status::ready);
  };
  ends->close_found();
  when_closing = [] {};
  CHECK(counted.valid());
}

TEST_CASE("of ends that were given up the sum is kept, and the links only while messages point to them") {
  auto ends = make_ends();
  for (std::uint64_t round = 1; round <= 3; ++round) {
    carry_one_and_part(*ends);
    ends->fold_parted([](const Links&) { return true; });
    CHECK(ends->counters().links.size() == 1);
    ends->fold_parted([](const Links&) { return false; });
    CHECK(ends->counters().links.empty());
    CHECK(ends->counters().total.sent == round);
    CHECK(ends->counters().total.delivered == round);
  }
}

}  // namespace weft::test
