#include "report/units.hpp"

#include <limits>

#include <catch2/catch.hpp>

using weft::perf::measured;
using weft::perf::readable;

TEST_CASE("a number is told in the unit that fits its size") {
  CHECK(readable(10'000, "ns") == "10 µs");
  CHECK(readable(1e6, "ns") == "1 ms");
  CHECK(readable(1.25e10, "ns") == "12.5 s");
  CHECK(readable(2.5e6, "messages/s") == "2.5 M/s");
  CHECK(readable(299, "calls/s") == "299/s");
  CHECK(readable(3.4e9, "bytes/s") == "3.4 GB/s");
  CHECK(readable(64, "bytes") == "64 B");
  CHECK(readable(65'536, "bytes") == "64 KiB");
  CHECK(readable(16'777'216, "bytes") == "16 MiB");
  CHECK(readable(0.9531, "ratio") == "0.953");
  CHECK(readable(12, "%") == "12 %");
  CHECK(readable(1100, "ns/message") == "1.1 µs/message");
  CHECK(readable(12'000, "") == "12 k");
  CHECK(readable(12'000, "switches") == "12 k switches");
}

TEST_CASE("what three digits round up to the next unit is told in that") {
  CHECK(readable(999.4, "ns") == "999 ns");
  CHECK(readable(999.6, "ns") == "1 µs");
  CHECK(readable(999'960, "messages/s") == "1 M/s");
}

TEST_CASE("what was measured has all of its three digits, and a count is exact") {
  CHECK(measured(1200, "ns") == "1.20 µs");
  CHECK(measured(22'000, "ns") == "22.0 µs");
  CHECK(measured(0.85, "ratio") == "0.850");
  CHECK(measured(7, "") == "7");
  CHECK(measured(0, "bytes/s") == "0 B/s");
}

TEST_CASE("zero, negative, tiny, huge and what is no number are told, too") {
  CHECK(readable(0, "ns") == "0 ns");
  CHECK(readable(-1250, "ns") == "-1.25 µs");
  CHECK(readable(1e-5, "ratio") == "1e-05");
  CHECK(readable(1e300, "bytes") == "9.31e+290 GiB");
  CHECK(readable(std::numeric_limits<double>::infinity(), "ns") == "∞ ns");
  CHECK(readable(-std::numeric_limits<double>::infinity(), "") == "-∞");
  CHECK(readable(std::numeric_limits<double>::quiet_NaN(), "messages/s") == "?/s");
}
