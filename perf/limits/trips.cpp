// How long a word is under way: half of a round trip, between two processes.
//
// Method    The first sends a word, reads the clock, and waits for the second to send it back; a trip lasts from one
//           reading to the next. So the clock is read while the word is under way, and costs little where the parties have
//           a core each. The first tenth of the time is warm-up. Quantiles are of one round, the curve is of all.
#include "limits/trips.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include <fmt/core.h>

#include "kit/histogram.hpp"
#include "limits/hand_over.hpp"
#include "limits/limits.hpp"
#include "limits/parties.hpp"
#include "limits/shared.hpp"

namespace weft::perf::limits {

namespace {

constexpr Word farewell = std::numeric_limits<Word>::max();

/// Answers 0, or errno.
int one_trip(HandOver& hand_over, Word word, Instant& sent) {
  Word back = 0;
  if (!hand_over.send(Side::first, word)) return errno;
  sent = now();
  if (!hand_over.receive(Side::first, back)) return errno;
  return back == word ? 0 : EBADMSG;
}

/// In nanoseconds, half of what the histogram has counted.
double one_way(const Histogram& trips, double part) {
  return double(trips.quantile(part)) / 2;
}

Curve curve_of(const Histogram& trips) {
  Curve curve{"one way", "ns", {}};
  for (const double part : {0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1.0}) {
    // Beyond which fewer than a hundred trips lie, the greatest alone is told.
    if (part == 1.0 || (1 - part) * double(trips.count()) >= 100)
      curve.points.emplace_back(part, one_way(trips, part));
  }
  return curve;
}

Result<void> take(const Kind& kind, Cores cores, Histogram& all, const Round& round, Cell& cell) {
  WEFT_TRY(const auto hand_over, kind.make(cores));
  WEFT_TRY(const auto trips, Shared<Trips>::create(1));
  WEFT_TRY(const auto pins, pins_of(cores));
  WEFT_CHECK(run_together(round.interrupt,
                          {{[&] { return begin_trips(*hand_over, round.time, trips[0]); }, pins.first},
                           {[&] { return answer_trips(*hand_over); }, pins.second}},
                          kind.name));
  Histogram of_round;
  for (const auto trip : trips[0].all())
    of_round.record(trip);
  all.add(of_round);
  add_value(cell, {"p50", "ns", Better::less, {}}, one_way(of_round, 0.5));
  add_value(cell, {"p99", "ns", Better::less, {}}, one_way(of_round, 0.99));
  cell.curves = {curve_of(all)};
  if (pins.first) cell.details["processors"] = {*pins.first, *pins.second};
  return {};
}

}  // namespace

int begin_trips(HandOver& hand_over, Duration time, Trips& trips) {
  const auto begin = now();
  const auto warm = begin + time / 10;
  const auto end = begin + time;
  Instant last = begin;
  for (Word word = 1; trips.count == 0 || (last < end && trips.count < trips.nanoseconds.size()); ++word) {
    Instant sent;
    if (const int failed = one_trip(hand_over, word, sent); failed != 0) return failed;
    if (word != 1 && last >= warm) trips.add(sent - last);
    last = sent;
  }
  return hand_over.send(Side::first, farewell) ? 0 : errno;
}

int answer_trips(HandOver& hand_over) {
  for (Word word = 0;;) {
    if (!hand_over.receive(Side::second, word)) return errno;
    if (word == farewell) return 0;
    if (!hand_over.send(Side::second, word)) return errno;
  }
}

void add_hand_overs(Plan& plan) {
  for (const auto& kind : kinds) {
    if (!plan.wants(kind.name)) continue;
    if (const auto made = kind.make(Cores::one); !made) {
      plan.skip(kind.name, made.error());
      continue;
    }
    for (const auto cores : {Cores::one, Cores::two, Cores::free}) {
      if (const auto pins = pins_of(cores); !pins) {
        plan.skip(fmt::format("{}, {}", kind.name, name_of(cores)), pins.error());
        continue;
      }
      auto all = std::make_shared<Histogram>();
      plan.add({{{"verb", "limits"}, {"what", kind.name}, {"cores", name_of(cores)}},
                [&kind, cores, all](const Round& round, Cell& cell) {
                  return take(kind, cores, *all, round, cell);
                }});
    }
  }
}

}  // namespace weft::perf::limits
