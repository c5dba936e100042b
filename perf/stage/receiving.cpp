#include "stage/receiving.hpp"

#include <algorithm>

#include <time.h>

namespace weft::perf {

namespace {

constexpr std::size_t most_held = 8;

}  // namespace

void Received::take(BytesView payload, Reader& reader) {
  const auto mark = mark_of(payload);
  const bool sound = payload.size() == sizeof mark + task_.bytes &&
                     (task_.reading == Reading::mark || is_whole(payload, mark));
  if (!sound) ++broken_;
  if (task_.reading == Reading::hold) hold(reader);
  const bool times = mark.phase == Phase::end && task_.stamped != 1 && delivered_ != 0;
  if (mark.phase == Phase::measured || times) measure(mark);
  if (mark.writer < tallies_.size()) tallies_[mark.writer].take(mark);
  if (task_.slow_ns != 0) rest();
}

// The last message is timed by the end that follows it.
void Received::measure(const Mark& mark) {
  if (!used_.is_null()) used_ = nullptr;
  const bool untimed = mark.stamp_ns == 0 && delivered_ != 0;
  if (untimed && mark.phase == Phase::measured) {
    ++delivered_;
    return;
  }
  last_ns_ = monotonic_ns();
  if (mark.phase == Phase::end) return;
  if (delivered_++ == 0) {
    first_ns_ = last_ns_;
    usage_.begin();
  }
  if (mark.stamp_ns == 0) return;
  one_way_.record(std::uint64_t(std::max<std::int64_t>(0, last_ns_ - mark.stamp_ns)));
}

void Received::hold(Reader& reader) {
  held_.push_back(reader.keep());
  if (held_.size() > most_held) held_.pop_front();
}

void Received::rest() const {
  const timespec time{task_.slow_ns / 1'000'000'000, task_.slow_ns % 1'000'000'000};
  ::nanosleep(&time, nullptr);
}

bool Received::ended() const noexcept {
  return !tallies_.empty() && std::ranges::all_of(tallies_, &Tally::ended);
}

void Received::settle() {
  if (!used_.is_null()) return;
  if (delivered_ == 0) usage_.begin();
  used_ = usage_.until_now();
}

nlohmann::json Received::result(const Reader& reader) {
  settle();
  nlohmann::json out{{"delivered", delivered_},
                     {"broken", broken_},
                     {"one_way", one_way_.to_json()},
                     {"seconds", double(last_ns_ - first_ns_) * 1e-9},
                     {"usage", used_},
                     {"writers", nlohmann::json::array()}};
  for (const auto& tally : tallies_) {
    out["writers"].push_back({{"delivered", tally.delivered()},
                              {"last", tally.last()},
                              {"gaps", tally.gaps()},
                              {"late", tally.late()},
                              {"twice", tally.twice()}});
  }
  if (const auto drops = reader.drops()) out["drops"] = *drops;
  return out;
}

}  // namespace weft::perf
