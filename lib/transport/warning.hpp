// Warning: a line for the log, said once, since a peer could make us say it for ever.
//
// Threads   One at a time.
// Lifetime  The sink outlives it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"

namespace weft::transport {

class Warning final {
 public:
  Warning(LogSink& log, std::string subject) : log_(log), subject_(std::move(subject)) {}
  void say(std::string_view what) {
    if (std::exchange(said_, true) || !log_) return;
    log_(Severity::warning, fmt::format("{}: {}", subject_, what));
  }

 private:
  LogSink& log_;
  const std::string subject_;
  bool said_ = false;
};

}  // namespace weft::transport
