// How a writer waits for those of its readers who must miss nothing.
#include "transport/shm/outflow.hpp"

#include <thread>

#include <catch2/catch.hpp>

namespace weft::transport::shm {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t depth = 4;
constexpr Duration for_ever = 1h;  // the sandbox's watchdog ends what waits so long

/// A writer, and two readers that gate it, whose pages are written by hand.
struct Bench {
  Bench() {
    for (auto* page : {&one, &other}) {
      auto reader = flow->prepare(page == &one ? 1 : 2, nullptr).value();
      reader->gates = true;
      reader->limit = depth;
      *page = reader->page;
      flow->admit(std::move(reader));
    }
  }
  void fill() {
    for (std::uint64_t sequence = 1; flow->has_room(wire::header_bytes); ++sequence) {
      Loan loan;
      flow->lend(loan, wire::header_bytes).value();
      wire::write_header({.source = {1, 1}, .sequence = sequence}, loan.bytes);
      REQUIRE(flow->send(loan));
    }
  }

  Budget budget{0};
  std::unique_ptr<Outflow> flow =
      Outflow::create({.id = {1, 1}, .depth = depth, .reliable = true, .stall = 10s}, budget).value();
  Page* one = nullptr;
  Page* other = nullptr;
};

}  // namespace

TEST_CASE("a writer has room for as many as the slowest of its readers") {
  Bench bench;
  bench.fill();
  bench.one->taken = 3;
  CHECK_FALSE(bench.flow->has_room(wire::header_bytes));
  bench.other->taken = 1;
  CHECK(bench.flow->has_room(wire::header_bytes));
  bench.fill();
  CHECK(bench.flow->slowest() == bench.flow->find(2));
}

TEST_CASE("a writer does not sleep on a reader that holds it up no more, though another does") {
  Bench bench;
  bench.fill();
  auto* slowest = bench.flow->slowest();
  slowest->page->taken = depth;
  bench.flow->wait_for(*slowest, for_ever);
  CHECK_FALSE(bench.flow->has_room(wire::header_bytes));
}

TEST_CASE("a writer that sleeps is woken through the page of whom it waits for") {
  Bench bench;
  bench.fill();
  auto* slowest = bench.flow->slowest();
  std::jthread waker([&] {
    auto& page = *slowest->page;
    while (page.writer_sleeps == std::uint32_t(Sleep::awake))
      std::this_thread::yield();
    page.taken = depth;
    Outflow::wake(page);
  });
  bench.flow->wait_for(*slowest, for_ever);
  CHECK(slowest->page->taken == depth);
}

}  // namespace weft::transport::shm
