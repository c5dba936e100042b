// Trees in which every file is damaged in one way: each source answers with an error that names its file.
#include <random>

#include "hostmon/parse.hpp"
#include "hostmon/parse_process.hpp"
#include "hostmon/tree.hpp"

namespace weft::hostmon {

namespace {

template <class T>
void check_error(const Result<T>& result, const char* file) {
  INFO(file);
  REQUIRE_FALSE(result);
  INFO(result.error().message);
  CHECK(result.error().code == Errc::malformed);
  CHECK(result.error().message.find(file) != std::string::npos);
  CHECK(result.error().message.size() < 400);
  CHECK(result.error().message.find('\n') == std::string::npos);
}

// All parsers on one text; whether they accept it does not matter, that they return does.
void parse_all(std::string_view text) {
  (void)parse_stat(text).has_value();
  (void)parse_meminfo(text).has_value();
  (void)parse_loadavg(text).has_value();
  (void)parse_uptime(text).has_value();
  (void)parse_diskstats(text).has_value();
  (void)parse_net_dev(text).has_value();
  (void)parse_pressure(text).has_value();
  (void)parse_pid_stat(text).has_value();
  (void)parse_pid_status(text).has_value();
  (void)parse_cmdline(text);
}

}  // namespace

TEST_CASE("every source of a damaged tree is an error that names the file, and the line where there is one") {
  const auto* kind = GENERATE("truncated", "garbage", "negative", "huge", "empty", "binary");
  INFO(kind);
  const Tree tree(std::string("proc-damaged-") + kind);
  auto sampler = tree.sampler();
  check_error(sampler.cpu(at(0)), "/stat: ");
  check_error(sampler.memory(at(0)), "/meminfo: line ");
  check_error(sampler.load(at(0)), "/loadavg: line ");
  check_error(sampler.network(at(0)), "/net/dev: line ");
  check_error(sampler.pressure(at(0)), "/pressure/cpu: line ");
  check_error(sampler.process(1, at(0)), "/1/stat: line ");
  if (std::string_view(kind) != "empty") check_error(sampler.disks(at(0)), "/diskstats: line ");
  CHECK(sampler.top(at(0)));
  CHECK(sampler.top(at(1000)).value().value().processes.empty());
}

TEST_CASE("parsers survive any cut and any flipped bit of a captured file") {
  std::mt19937 random(20'240'601);
  for (const auto* file : {"stat", "meminfo", "loadavg", "uptime", "diskstats", "net/dev", "pressure/io",
                           "1/stat", "1/status"}) {
    const auto text = captured("proc-small", std::string("proc/") + file);
    for (int round = 0; round < 300; ++round) {
      auto damaged = text.substr(0, random() % (text.size() + 1));
      for (unsigned flips = random() % 4; flips > 0 && !damaged.empty(); --flips) {
        damaged[random() % damaged.size()] ^= static_cast<char>(1U << (random() % 8));
      }
      parse_all(damaged);
    }
  }
}

TEST_CASE("parsers survive noise") {
  std::mt19937 random(7);
  using namespace std::literals;
  constexpr auto alphabet = "0123456789 \n\t:=/().-cpuMemTotalsomeavg10kB\0\xff"sv;
  for (int round = 0; round < 2000; ++round) {
    std::string noise(random() % 200, ' ');
    for (auto& c : noise)
      c = alphabet[random() % alphabet.size()];
    parse_all(noise);
  }
}

}  // namespace weft::hostmon
