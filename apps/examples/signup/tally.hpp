// Tally: how many signed up in each minute, by domain.
//
// Threads   Values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace weft::signup {

class Tally final {
 public:
  using Minute = std::chrono::sys_time<std::chrono::minutes>;
  static constexpr std::size_t most_domains = 10'000;  ///< In a minute; all others are "(others)".

  struct Row {
    Minute minute;
    std::string domain;
    std::uint64_t sign_ups = 0;
    friend bool operator==(const Row&, const Row&) = default;
  };

  /// One more. A domain that is none is "(none)".
  void count(Time when, const std::string& domain);
  /// Takes out all minutes that were over at `now`, in their order.
  std::vector<Row> take(Time now);

 private:
  std::map<Minute, std::map<std::string, std::uint64_t>> minutes_;
};

}  // namespace weft::signup
