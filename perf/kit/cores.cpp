#include "kit/cores.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <sched.h>

#include "base/sys.hpp"

namespace weft::perf {

namespace {

std::vector<int> allowed_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  std::vector<int> out;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &set)) out.push_back(processor);
  }
  return out;
}

/// The hardware threads of its core as the kernel writes them; without that file each is a core of its own.
std::string threads_of_core(int processor) {
  std::ifstream file(fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", processor));
  std::string line;
  return std::getline(file, line) ? line : std::to_string(processor);
}

}  // namespace

std::string_view name_of(Cores cores) noexcept {
  switch (cores) {
    case Cores::one:
      return "one";
    case Cores::two:
      return "two";
    case Cores::free:
      break;
  }
  return "free";
}

Cores cores_of(std::string_view name) noexcept {
  if (name == name_of(Cores::one)) return Cores::one;
  return name == name_of(Cores::two) ? Cores::two : Cores::free;
}

Result<Pins> pins_of(Cores cores) {
  if (cores == Cores::free) return Pins{};
  const auto processors = allowed_processors();
  if (processors.empty())
    return Error{Errc::unsupported, "the kernel does not tell which processors there are"};
  const int first = processors.front();
  if (cores == Cores::one) return Pins{first, first};
  for (const int second : processors) {
    if (threads_of_core(second) != threads_of_core(first)) return Pins{first, second};
  }
  return Error{Errc::unsupported, "there is one core only"};
}

Result<void> pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  WEFT_CHECK(sys::call("sched_setaffinity", std::to_string(processor),
                       [&] { return ::sched_setaffinity(0, sizeof set, &set); }));
  return {};
}

}  // namespace weft::perf
