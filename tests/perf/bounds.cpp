// Multiples of what the machine can do at best.
#include "report/bounds.hpp"

#include <catch2/catch.hpp>

#include "sample.hpp"

namespace weft::perf {

namespace {

using Key = nlohmann::ordered_json;

Report limits() {
  const auto ring = [](int readers, int bytes, const char* read, double delivered,
                       const char* cores = "two") {
    return sample::cell(Key{{"verb", "limits"},
                            {"what", "ring"},
                            {"readers", readers},
                            {"bytes", bytes},
                            {"read", read},
                            {"cores", cores}},
                        {sample::metric("delivered", "messages/s", {delivered})});
  };
  const auto hand_over = [](const char* what, const char* cores, double p50) {
    return sample::cell(Key{{"verb", "limits"}, {"what", what}, {"cores", cores}},
                        {sample::metric("p50", "ns", {p50})});
  };
  const auto copy = [](const char* memory, int bytes, double time) {
    return sample::cell(Key{{"verb", "limits"}, {"what", "memcpy"}, {"memory", memory}, {"bytes", bytes}},
                        {sample::metric("time", "ns", {time})});
  };
  return sample::report({hand_over("futex", "one", 1'000), hand_over("futex", "two", 24'000),
                         hand_over("cache-line", "two", 150), copy("warm", 64, 2), copy("warm", 1024, 1'000),
                         copy("cold", 64, 9'000), ring(1, 64, "all", 100e6), ring(4, 64, "all", 90e6),
                         ring(1, 65'536, "header", 1e6), ring(1, 65'536, "all", 10'000),
                         ring(1, 64, "all", 7e6, "one")});
}

double multiple(Key key, const char* metric, double value) {
  auto report = sample::report({sample::cell(std::move(key), {sample::metric(metric, "ns", {value})})});
  add_multiples(report, limits()).value();
  return report.cells[0].find(std::string(metric) + " / limit")->values.at(0);
}

}  // namespace

TEST_CASE("a latency is a multiple of a hand-over and a copy of the next size") {
  CHECK(multiple({{"verb", "latency"}, {"bytes", 64}, {"waits", "sleeping"}, {"cores", "two"}}, "p50",
                 48'004) == Approx(2));
  CHECK(multiple({{"verb", "latency"}, {"bytes", 65}, {"waits", "sleeping"}, {"cores", "two"}}, "p50",
                 25'000) == Approx(1));
  CHECK(multiple({{"verb", "latency"}, {"bytes", 0}, {"waits", "spinning"}, {"cores", "two"}}, "p50", 304) ==
        Approx(2));
  CHECK(multiple({{"verb", "latency"}, {"bytes", 64}, {"waits", "sleeping"}, {"cores", "two"}},
                 "round trip p50", 96'008) == Approx(2));
  CHECK(multiple({{"verb", "latency"}, {"bytes", 64}, {"waits", "sleeping"}, {"cores", "one"}}, "p50",
                 2'004) == Approx(2));
  CHECK(multiple({{"verb", "rpc"}, {"bytes", 64}, {"waits", "sleeping"}, {"cores", "two"}}, "p50", 48'004) ==
        Approx(1));
}

TEST_CASE("a rate is a part of the bare ring's of as many readers or the next more, every byte read") {
  const auto part = [](const char* verb, int bytes, int subscribers, const char* cores, double delivered) {
    return multiple({{"verb", verb}, {"bytes", bytes}, {"subscribers", subscribers}, {"cores", cores}},
                    "delivered", delivered);
  };
  CHECK(part("throughput", 64, 1, "two", 1e6) == Approx(0.01));
  CHECK(part("throughput", 64, 1, "one", 7e6) == Approx(1));
  CHECK(part("fanout", 64, 2, "two", 9e6) == Approx(0.1));
  CHECK(part("throughput", 1024, 1, "two", 5'000) == Approx(0.5));
}

TEST_CASE("where nothing is bounded that is said") {
  auto report = sample::report({sample::cell({{"verb", "codec"}}, {sample::metric("time", "ns", {1})})});
  CHECK(add_multiples(report, limits()).error().code == Errc::not_found);
  auto latency = sample::report(
      {sample::cell({{"verb", "latency"}, {"bytes", 1 << 20}, {"waits", "sleeping"}, {"cores", "two"}},
                    {sample::metric("p50", "ns", {1})})});
  CHECK(add_multiples(latency, limits()).error().code == Errc::not_found);
}

}  // namespace weft::perf
