// The pool of short messages: blocks that libzmq's thread gives back.
#include "transport/zmq/pool.hpp"

#include <atomic>
#include <deque>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

namespace weft::transport::zeromq {

namespace {

Message made(Pool& pool, std::size_t bytes) {
  Message message;
  pool.make(message, bytes);
  return message;
}

}  // namespace

TEST_CASE("a message of the pool has the bytes that were asked for") {
  Pool pool;
  for (const std::size_t bytes : {1UL, 33UL, 64UL, 65UL, Pool::longest, Pool::longest + 1, 100'000UL}) {
    auto message = made(pool, bytes);
    REQUIRE(message);
    CHECK(message.size() == bytes);
    std::memset(message.data(), 7, bytes);
  }
}

TEST_CASE("memory that has come back is used for the next message") {
  Pool pool;
  std::set<const std::byte*> seen;
  for (int i = 0; i < 1000; ++i) {
    auto one = made(pool, 100 + std::size_t(i % 20));
    auto other = made(pool, 100);
    seen.insert({one.data(), other.data()});
  }
  CHECK(seen.size() == 2);
}

TEST_CASE("memory that is far too long or too short for the next message is not used for it") {
  Pool pool;
  made(pool, 4000).drop();
  auto tiny = made(pool, 10);
  tiny.drop();
  auto large = made(pool, 4000);
  CHECK(large.size() == 4000);
  std::memset(large.data(), 7, 4000);
}

TEST_CASE("messages outlive their pool") {
  std::deque<Message> kept;
  {
    Pool pool;
    for (int i = 0; i < 10; ++i)
      kept.push_back(made(pool, 100));
    kept.pop_front();
    kept.pop_back();
  }
  for (auto& message : kept)
    std::memset(message.data(), 7, 100);
}

TEST_CASE("messages that end on another thread come back, also while their pool ends") {
  for (int round = 0; round < 50; ++round) {
    auto pool = std::make_unique<Pool>();
    constexpr std::size_t places = 8;
    std::array<std::atomic<Message*>, places> way{};
    std::thread other([&] {
      for (std::size_t i = 0; i < 400; ++i) {
        Message* message = nullptr;
        while ((message = way[i % places].exchange(nullptr, std::memory_order_acquire)) ==
               nullptr)               // pairs with
          std::this_thread::yield();  // the store
        delete message;
      }
    });
    for (std::size_t i = 0; i < 400; ++i) {
      auto message = std::make_unique<Message>(made(*pool, 64));
      std::memset(message->data(), 7, 64);
      auto& place = way[i % places];
      while (place.load(std::memory_order_relaxed) != nullptr)  // pairs with nothing: only looked at
        std::this_thread::yield();
      place.store(message.release(), std::memory_order_release);  // pairs with the exchange
    }
    pool.reset();
    other.join();
  }
}

}  // namespace weft::transport::zeromq
