#include "hostview/dashboard.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/foreign_text.hpp"

namespace weft::hostview {

using namespace topics::host;

namespace {

constexpr std::size_t most_alerts = 4;

std::string bar(double share, std::size_t width) {
  const auto full =
      static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(width)));
  std::string text;
  for (std::size_t i = 0; i < width; ++i)
    text += i < full ? "█" : "░";
  return text;
}

/// 1536 as "1.5 KiB".
std::string size(double bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit)
    bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string draw(const Cpu& cpu) {
  auto text = fmt::format("cpu      {} {:5.1f} %   {:.0f} switches/s\n", bar(cpu.busy, 30), 100 * cpu.busy,
                          cpu.context_switches);
  constexpr std::size_t most_cores = 8;
  for (std::size_t i = 0; i < std::min(cpu.cores.size(), most_cores); ++i) {
    const auto& core = cpu.cores[i];
    const double busy = 1 - core.shares.idle - core.shares.iowait;
    text += fmt::format("  core {:<2}{} {:5.1f} %\n", core.id, bar(busy, 30), 100 * busy);
  }
  return text;
}

std::string draw(const Memory& memory) {
  const auto total = static_cast<double>(memory.total);
  return fmt::format("memory   {} {:5.1f} %   {} of {}\n", bar(memory.used, 30), 100 * memory.used,
                     size(memory.used * total), size(total));
}

std::string draw(const Load& load) {
  return fmt::format("load     {:.2f} {:.2f} {:.2f}   {} of {} threads running\n", load.one, load.five,
                     load.fifteen, load.running, load.threads);
}

std::string draw(const Pressure& pressure) {
  return fmt::format("pressure cpu {:.1f} %   memory {:.1f} %   io {:.1f} %   of the last 10 s\n",
                     100 * pressure.cpu.some.avg10, 100 * pressure.memory.some.avg10,
                     100 * pressure.io.some.avg10);
}

std::string draw(const Disks& disks) {
  std::string text;
  for (const auto& disk : disks.disks) {
    text += fmt::format("disk     {:<8} read {:>10}/s   written {:>10}/s   busy {:3.0f} %\n",
                        shown(disk.name), size(disk.read_bytes), size(disk.written_bytes), 100 * disk.busy);
  }
  return text;
}

std::string draw(const Network& network) {
  std::string text;
  for (const auto& interface : network.interfaces) {
    if (!interface.up && interface.received.total_bytes + interface.sent.total_bytes == 0) continue;
    text += fmt::format("network  {:<8} in   {:>10}/s   out     {:>10}/s\n", shown(interface.name),
                        size(interface.received.bytes), size(interface.sent.bytes));
  }
  return text;
}

std::string draw(const TopProcesses& top) {
  std::string text;
  constexpr std::size_t most_processes = 5;
  for (std::size_t i = 0; i < std::min(top.processes.size(), most_processes); ++i) {
    const auto& process = top.processes[i];
    text += fmt::format("process  {:>7} {:<16} {:6.1f} %   {:>10}\n", process.pid, shown(process.name),
                        100 * process.cpu, size(static_cast<double>(process.resident)));
  }
  return text;
}

std::string draw(const Alert& alert) {
  const auto* change = alert.change == AlertChange::raised ? "RAISED " : "cleared";
  return fmt::format("alert    {} {}\n", change, shown(alert.text));
}

/// At most `width` columns of every line; counts UTF-8 characters.
std::string clipped(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
    if (c == '\n') column = 0;
    if (c != '\n' && !continues) ++column;
    if (column <= width || c == '\n') out += c;
  }
  return out;
}

}  // namespace

void Dashboard::show(const Alert& alert) {
  alerts_.push_back(alert);
  if (alerts_.size() > most_alerts) alerts_.pop_front();
}

std::string Dashboard::draw(std::size_t width) const {
  std::string text;
  const auto add = [&](const auto& message) {
    if (message) text += hostview::draw(*message);
  };
  add(cpu_);
  add(memory_);
  add(load_);
  add(pressure_);
  add(disks_);
  add(network_);
  add(top_);
  for (const auto& alert : alerts_)
    text += hostview::draw(alert);
  return clipped(text, width);
}

std::string Dashboard::line() const {
  std::string text;
  if (cpu_) text += fmt::format("cpu {:.1f} %  ", 100 * cpu_->busy);
  if (memory_) text += fmt::format("memory {:.1f} %  ", 100 * memory_->used);
  if (load_) text += fmt::format("load {:.2f}  ", load_->one);
  if (top_ && !top_->processes.empty()) {
    text += fmt::format("top {} {:.1f} %  ", shown(top_->processes.front().name),
                        100 * top_->processes.front().cpu);
  }
  if (!alerts_.empty()) {
    const auto& last = alerts_.back();
    text += fmt::format("alert {} {}", last.change == AlertChange::raised ? "raised" : "cleared",
                        shown(last.rule));
  }
  return text;
}

}  // namespace weft::hostview
