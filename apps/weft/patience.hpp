// Says once, on standard error, what a subscriber waits for to whom nothing came for a second.
#pragma once

#include <string>

#include "node/dynamic.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

class Patience final {
 public:
  Patience(std::string topic, const Peers& peers, Tool& tool);
  /// When there will be something to say; never, once it was said.
  [[nodiscard]] Deadline deadline() const noexcept { return said_ ? Deadline::none() : deadline_; }
  /// Says it, if the time has come. REQUIRES that no message has come yet.
  void look(DynamicSubscriber& subscriber);

 private:
  [[nodiscard]] std::string reason(DynamicSubscriber& subscriber) const;
  [[nodiscard]] std::string by_directory() const;

  std::string topic_;
  const Peers& peers_;
  Tool& tool_;
  Deadline deadline_;
  bool said_ = false;
};

}  // namespace weft::tool
