#include "examples/signup/tally.hpp"

#include "examples/signup/person.hpp"

namespace weft::signup {

namespace {

Tally::Minute minute_of(Time time) {
  return std::chrono::floor<std::chrono::minutes>(time);
}

}  // namespace

void Tally::count(Time when, const std::string& domain) {
  auto& domains = minutes_[minute_of(when)];
  const std::string name = is_domain(domain) ? lower(domain) : "(none)";
  ++domains[domains.contains(name) || domains.size() < most_domains ? name : "(others)"];
}

std::vector<Tally::Row> Tally::take(Time now) {
  std::vector<Row> rows;
  while (!minutes_.empty() && minutes_.begin()->first < minute_of(now)) {
    const auto over = minutes_.extract(minutes_.begin());
    for (const auto& [domain, sign_ups] : over.mapped())
      rows.push_back({over.key(), domain, sign_ups});
  }
  return rows;
}

}  // namespace weft::signup
