// Dashboard: the latest message of every host topic as text.
//
// Threads   One at a time; pure but for what show() keeps.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "topics/host.hpp"

namespace weft::hostview {

class Dashboard final {
 public:
  /// Keeps a message to be drawn.
  void show(const topics::host::Cpu& cpu) { cpu_ = cpu; }
  void show(const topics::host::Memory& memory) { memory_ = memory; }
  void show(const topics::host::Load& load) { load_ = load; }
  void show(const topics::host::Disks& disks) { disks_ = disks; }
  void show(const topics::host::Network& network) { network_ = network; }
  void show(const topics::host::Pressure& pressure) { pressure_ = pressure; }
  void show(const topics::host::TopProcesses& top) { top_ = top; }
  void show(const topics::host::Alert& alert);

  /// Several lines, each at most `width` columns.
  [[nodiscard]] std::string draw(std::size_t width) const;
  /// The essence on one line.
  [[nodiscard]] std::string line() const;

 private:
  std::optional<topics::host::Cpu> cpu_;
  std::optional<topics::host::Memory> memory_;
  std::optional<topics::host::Load> load_;
  std::optional<topics::host::Disks> disks_;
  std::optional<topics::host::Network> network_;
  std::optional<topics::host::Pressure> pressure_;
  std::optional<topics::host::TopProcesses> top_;
  std::deque<topics::host::Alert> alerts_;  // the last ones
};

}  // namespace weft::hostview
