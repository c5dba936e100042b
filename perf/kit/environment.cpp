#include "kit/environment.hpp"

#include <fstream>
#include <string_view>
#include <thread>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>
#include <zmq.h>

#include "kit/revision.hpp"

namespace weft::perf {

namespace {

/// The value of a line "KEY : VALUE" of /proc/cpuinfo.
std::string cpuinfo(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    if (line.starts_with(key) && colon != std::string::npos && colon + 2 <= line.size())
      return line.substr(colon + 2);
  }
  return "unknown";
}

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? line : "unknown";
}

std::string kernel() {
  utsname name{};
  return ::uname(&name) == 0 ? fmt::format("{} {}", name.sysname, name.release) : "unknown";
}

std::string zmq_library() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  zmq_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> environment() {
  const bool virtual_machine = cpuinfo("flags").find("hypervisor") != std::string::npos;
  return {{"cpu", cpuinfo("model name")},
          {"cores", fmt::format("{}", std::thread::hardware_concurrency())},
          {"machine", virtual_machine ? "virtual" : "real"},
          {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
          {"kernel", kernel()},
          {"load", first_line("/proc/loadavg")},
          {"libzmq", zmq_library()},
          {"compiler", __VERSION__},
          {"build", build_type},
          {"revision", revision}};
}

nlohmann::ordered_json environment_json() {
  auto object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : environment())
    object[name] = value;
  return object;
}

Result<void> check_build() {
#ifndef NDEBUG
  const char* why = "assertions are on";
#elif !defined(__OPTIMIZE__)
  const char* why = "it is not optimised";
#else
  const char* why = std::string_view(SANITIZED) == "none" ? nullptr : "a sanitizer is in it";
#endif
  if (why == nullptr) return {};
  return Error{Errc::unsupported,
               fmt::format("this build is not fit to be measured: {}; measure a release build", why)};
}

}  // namespace weft::perf
