// What encoding and decoding cost, beside msgpack-c in the same run.
//
// Workloads  sensor   a message of a time, three doubles, a 16-character string and array<double, 9>
//            view     a message of a name and a borrowed view of 1 MiB
// Method     msgpack-c packs into a cleared, reused sbuffer, and unpacks and converts into a struct of the same
//            shape that is used again; weft encodes into, and decodes from, a buffer that is used again. Five
//            repetitions in random interleaving; medians are compared. Allocations are counted by this
//            program's operator new. Ends with a line for each target: the ratio, the target, met or missed.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <msgpack.hpp>

#include "codec/msgpack.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};

struct Sensor {
  weft::Time stamp;
  double x = 0, y = 0, z = 0;
  std::string frame;
  std::array<double, 9> covariance{};
  WEFT_MESSAGE("bench/Sensor", stamp, x, y, z, frame, covariance)
};

struct PeerSensor {
  std::int64_t stamp = 0;
  double x = 0, y = 0, z = 0;
  std::string frame;
  std::array<double, 9> covariance{};
  MSGPACK_DEFINE(stamp, x, y, z, frame, covariance)
};

struct Picture {
  std::string name;
  weft::BytesView pixels;
  WEFT_MESSAGE("bench/Picture", name, pixels)
};

Sensor sensor() {
  Sensor message{
      weft::Time{weft::Duration{1'767'225'600'123'456'789}}, 0.25, -9.81, 3e-5, "imu_link_frame_0", {}};
  for (std::size_t i = 0; i < message.covariance.size(); ++i)
    message.covariance[i] = 1.0 / (1.0 + double(i));
  return message;
}

PeerSensor peer_sensor() {
  auto same = sensor();
  return {same.stamp.time_since_epoch().count(), same.x, same.y, same.z, same.frame, same.covariance};
}

/// Runs the body and reports the allocations of one iteration.
template <class Body>
void measure(benchmark::State& state, Body body) {
  body();
  auto before = allocations.load(std::memory_order_relaxed);
  for (auto _ : state)
    body();
  auto after = allocations.load(std::memory_order_relaxed);
  state.counters["allocs"] = double(after - before) / double(state.iterations());
}

void weft_encode(benchmark::State& state) {
  auto message = sensor();
  weft::Bytes out(weft::encoded_size(message));
  measure(state, [&] {
    benchmark::DoNotOptimize(message);
    auto size = weft::encoded_size(message);
    weft::encode(message, std::span(out).first(size));
    benchmark::ClobberMemory();
  });
}

void peer_encode(benchmark::State& state) {
  auto message = peer_sensor();
  msgpack::sbuffer out;
  measure(state, [&] {
    benchmark::DoNotOptimize(message);
    out.clear();
    msgpack::pack(out, message);
    benchmark::ClobberMemory();
  });
}

void weft_decode(benchmark::State& state) {
  auto bytes = weft::encode(sensor());
  Sensor message{};
  measure(state, [&] {
    weft::BytesView view(bytes);
    benchmark::DoNotOptimize(view);
    if (!weft::decode(view, message)) std::abort();
    benchmark::DoNotOptimize(message);
  });
}

void peer_decode(benchmark::State& state) {
  msgpack::sbuffer bytes;
  msgpack::pack(bytes, peer_sensor());
  PeerSensor message;
  measure(state, [&] {
    auto handle = msgpack::unpack(bytes.data(), bytes.size());
    handle->convert(message);
    benchmark::DoNotOptimize(message);
  });
}

void view_decode(benchmark::State& state) {
  std::vector<std::byte> pixels(1 << 20, std::byte{7});
  auto bytes = weft::encode(Picture{"front", pixels});
  Picture message{};
  measure(state, [&] {
    weft::BytesView view(bytes);
    benchmark::DoNotOptimize(view);
    if (!weft::decode(view, message)) std::abort();
    benchmark::DoNotOptimize(message);
  });
}

BENCHMARK(weft_encode);
BENCHMARK(peer_encode);
BENCHMARK(weft_decode);
BENCHMARK(peer_decode);
BENCHMARK(view_decode);

/// Shows the usual table and keeps the medians and the allocations.
class Medians final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      if (run.aggregate_name != "median") continue;
      medians_[run.run_name.function_name] = run.GetAdjustedCPUTime();
      allocs_[run.run_name.function_name] = run.counters.at("allocs").value;
    }
  }
  [[nodiscard]] double time(const char* name) const { return medians_.at(name); }
  [[nodiscard]] double allocs(const char* name) const { return allocs_.at(name); }

 private:
  std::map<std::string, double> medians_;
  std::map<std::string, double> allocs_;
};

bool report(const char* what, double value, double target, const char* unit) {
  bool met = value <= target;
  std::printf("%-34s %8.3f %-6s target <= %.3f  %s\n", what, value, unit, target, met ? "met" : "missed");
  return met;
}

bool report_all(const Medians& medians) {
  bool met =
      report("encode, weft / msgpack-c", medians.time("weft_encode") / medians.time("peer_encode"), 0.4, "");
  met &=
      report("decode, weft / msgpack-c", medians.time("weft_decode") / medians.time("peer_decode"), 0.25, "");
  met &= report("decode, a view of 1 MiB", medians.time("view_decode"), 100, "ns");
  for (const auto* name : {"weft_encode", "weft_decode", "view_decode"}) {
    met &= report((std::string("allocations, ") + name).c_str(), medians.allocs(name), 0, "");
  }
  return met;
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

int main(int argc, char** argv) {
  std::vector<char*> args(argv, argv + argc);
  std::string repetitions = "--benchmark_repetitions=5";
  std::string interleaving = "--benchmark_enable_random_interleaving=true";
  std::string aggregates = "--benchmark_report_aggregates_only=true";
  args.insert(args.begin() + 1, {repetitions.data(), interleaving.data(), aggregates.data()});
  int count = int(args.size());
  benchmark::Initialize(&count, args.data());
  if (benchmark::ReportUnrecognizedArguments(count, args.data())) return 2;
  Medians medians;
  benchmark::RunSpecifiedBenchmarks(&medians);
  return report_all(medians) ? 0 : 1;
}
