// A shop: a program with types that the weft tool was not compiled with, for tests of that tool.
//
//     shop orders          publishes shop/orders, numbered from 1, a thousand a second, until its input ends
//     shop burst N RATE    publishes N shop/orders at RATE a second, best effort, once there is a subscriber; then prints what became
//                          of them as JSON, and stays until its input ends
//     shop notes           prints the shop/notes that come as JSON, until its input ends
//     shop parcels         works at shop/parcels: prints each as JSON, but refuses what has the number 13; until its input ends
//     shop letters N       pushes N shop/letters, numbered from 1; prints what became of them as JSON once all are done, and
//                          stays until its input ends
//     shop prices          serves shop/price, and shop/hours, of which nothing can be asked, until its input ends
//
// It has no endpoint: whoever wants it finds it. Prints "ready" first.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "codec/dynamic.hpp"
#include "weft.hpp"

namespace {

using namespace weft;
using namespace std::chrono_literals;

constexpr Duration patience = 60s;

enum class State : std::uint8_t { idle, busy };
WEFT_ENUM(State, "shop/State", idle, busy)

struct Point {
  double x = 0;
  double y = 0;
  WEFT_MESSAGE("shop/Point", x, y)
};

struct Order {
  std::uint64_t number = 0;
  State state = State::idle;
  std::string item;
  std::vector<Point> route;
  std::map<std::string, double> limits;
  std::optional<Point> gift;
  Duration took{};
  std::vector<std::uint32_t> codes;
  WEFT_MESSAGE("shop/Order", number, state, item, route, limits, gift, took, codes)
};

struct Note {
  std::uint64_t number = 7;
  std::string text = "none";
  State state = State::busy;
  std::vector<Point> route;
  WEFT_MESSAGE("shop/Note", number, text, state, route)
};

struct Question {
  std::string item;
  std::uint32_t pieces = 0;
  WEFT_MESSAGE("shop/Question", item, pieces)
};

struct Nothing {
  WEFT_MESSAGE("shop/Nothing")
};

struct Price {
  double total = 0;
  std::string item;
  WEFT_MESSAGE("shop/Price", total, item)
};

constexpr Qos reliable{.reliability = Reliability::reliable};
constexpr Topic<Order> orders{"shop/orders", reliable};
constexpr Topic<Order> hurried_orders{"shop/orders"};
constexpr Topic<Note> notes{"shop/notes", reliable};
constexpr Queue<Note> parcels{"shop/parcels"};
constexpr Queue<Note> letters{"shop/letters"};
constexpr Service<Question, Price> price{"shop/price"};
constexpr Service<Nothing, Price> hours{"shop/hours"};

Order order(std::uint64_t number) {
  Order out{
      .number = number, .state = number % 2 == 0 ? State::idle : State::busy, .item = "tea", .took = 1500ms};
  out.route = {{1, 2}, {3, double(number)}};
  out.limits = {{"left", -1}, {"right side", 1}};
  if (number % 2 == 0) out.gift = Point{5, 6};
  out.codes.resize(100, 42);
  return out;
}

/// Waits for that descriptor (-1: none), or for the end of our input: whether that has come.
bool input_ended(int fd, int milliseconds) {
  pollfd waited[] = {{STDIN_FILENO, POLLIN, 0}, {fd, POLLIN, 0}};
  ::poll(waited, 2, milliseconds);
  return waited[0].revents != 0;
}

void ready() {
  std::cout << "ready" << std::endl;
}

void publish(const Node& node) {
  auto publisher = node.publisher(orders).value();
  ready();
  for (std::uint64_t number = 1; !input_ended(-1, 1); ++number)
    publisher.send(order(number)).value();
}

void burst(const Node& node, std::uint64_t count, double rate) {
  auto publisher = node.publisher(hurried_orders).value();
  ready();
  publisher.wait_matched(1, patience).value();
  const auto begun = now();
  const auto elapsed = [&] { return std::chrono::duration<double>(now() - begun).count(); };
  Order each{.item = "tea"};
  for (each.number = 1; each.number <= count; ++each.number) {
    while (each.number % 100 == 0 && elapsed() * rate < double(each.number))
      input_ended(-1, 1);
    publisher.send(each).value();
  }
  const auto seconds = elapsed();
  std::cout << Json{{"sent", count}, {"seconds", seconds}} << std::endl;
  while (!input_ended(-1, -1)) {
  }
}

void print_notes(const Node& node) {
  auto subscriber = node.subscriber(notes).value();
  ready();
  const auto schema = Schema::of<Note>();
  while (!input_ended(subscriber.fd().value(), -1)) {
    while (const auto note = subscriber.try_receive())
      std::cout << to_json(schema, encode(**note)).value().dump() << std::endl;
  }
}

void work(const Node& node) {
  auto worker = node.worker(parcels).value();
  ready();
  const auto schema = Schema::of<Note>();
  const auto handle = [&](const Note& parcel) -> Result<void> {
    if (parcel.number == 13) return Error{Errc::internal, "13 is never sent"};
    std::cout << to_json(schema, encode(parcel)).value().dump() << std::endl;
    return {};
  };
  while (!input_ended(worker.fd().value(), -1)) {
    while (worker.try_work(handle)) {
    }
  }
}

void push(const Node& node, std::uint64_t count) {
  auto producer = node.producer(letters).value();
  ready();
  Note letter;
  for (letter.number = 1; letter.number <= count; ++letter.number) {
    while (!producer.push(letter, 10ms)) {
      if (input_ended(-1, 0)) return;
    }
  }
  while (!producer.flush(10ms)) {
    if (input_ended(-1, 0)) return;
  }
  const auto came = producer.counters();
  std::cout << Json{{"done", came.done}, {"dead", came.dead}, {"refused", came.refused}} << std::endl;
  while (!input_ended(-1, -1)) {
  }
}

void serve(const Node& node) {
  auto server = node.serve(price,
                           [](const Question& question) -> Result<Price> {
                             if (question.pieces == 13)
                               return Error{Errc::invalid_argument, "13 of it are never sold"};
                             return Price{2.5 * question.pieces, question.item};
                           })
                    .value();
  auto always = node.serve(hours, [](const Nothing&) { return Price{.total = 24}; }).value();
  ready();
  std::jthread serving([&](const std::stop_token& stop) { server.run(stop).value(); });
  std::jthread open([&](const std::stop_token& stop) { always.run(stop).value(); });
  while (!input_ended(-1, -1)) {
  }
}

}  // namespace

int main(int count, char** words, char** environment) {
  const std::string role = count > 1 ? words[1] : "";
  auto context = Context::create(options_from(environment)).value();
  const auto node = Node::create({.name = "shop_" + role, .context = std::move(context)}).value();
  if (role == "orders") {
    publish(node);
  } else if (role == "burst" && count == 4) {
    burst(node, std::strtoull(words[2], nullptr, 10), std::strtod(words[3], nullptr));
  } else if (role == "notes") {
    print_notes(node);
  } else if (role == "parcels") {
    work(node);
  } else if (role == "letters" && count == 3) {
    push(node, std::strtoull(words[2], nullptr, 10));
  } else if (role == "prices") {
    serve(node);
  } else {
    return 2;
  }
  return 0;
}
