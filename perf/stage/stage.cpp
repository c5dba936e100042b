#include "stage/stage.hpp"

#include <cstdio>
#include <iostream>
#include <stdexcept>

namespace weft::perf {

void Stage::say(const nlohmann::json& line) {
  const std::lock_guard lock(mutex_);
  std::puts(line.dump().c_str());
  std::fflush(stdout);
}

std::vector<std::string> Stage::endpoints_of(const std::string& channel) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return known_ || ended_; });
  if (!known_) throw std::runtime_error("weft-perf ended before the run began");
  return endpoints_[channel];
}

void Stage::wait_for_go() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return gone_ || ended_; });
  if (!gone_) throw std::runtime_error("weft-perf ended before the run began");
}

void Stage::wait_for_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_; });
}

void Stage::listen() {
  for (std::string line; std::getline(std::cin, line);)
    take(nlohmann::json::parse(line));
  const std::lock_guard lock(mutex_);
  ended_ = true;
  stopped_ = true;
  changed_.notify_all();
}

void Stage::take(const nlohmann::json& line) {
  const std::lock_guard lock(mutex_);
  if (line == "go") gone_ = true;
  if (line == "stop") stopped_ = true;
  if (line.is_object() && line.contains("at")) {
    endpoints_ = line["at"].get<Endpoints>();
    known_ = true;
  }
  changed_.notify_all();
}

}  // namespace weft::perf
