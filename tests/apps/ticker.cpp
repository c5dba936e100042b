// Bursts of loops/ticks, for tests: ticker. Each line of its input says how many; it answers "sent" to each.
#include <iostream>

#include "examples/loops/ticks.hpp"

int main(int /*count*/, char** /*words*/, char** environment) {
  using namespace weft;
  auto context = Context::create(options_from(environment)).value();
  const auto node = Node::create({.name = "ticker", .context = std::move(context)}).value();
  auto publisher = node.publisher(loops::ticks).value();
  publisher.wait_matched(1, std::chrono::seconds(60)).value();
  std::cout << "ready" << std::endl;
  std::uint64_t number = 0;
  for (std::uint64_t burst = 0; std::cin >> burst;) {
    while (burst-- > 0)
      publisher.send({++number}, std::chrono::seconds(60)).value();
    std::cout << "sent" << std::endl;
  }
}
