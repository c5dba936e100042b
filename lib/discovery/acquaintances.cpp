#include "discovery/acquaintances.hpp"

#include <algorithm>
#include <set>

namespace weft::discovery {

namespace {

bool is_news(const Join& before, const Join& now) {
  return before.endpoint != now.endpoint;
}

bool is_news(const Refused& before, const Refused& now) {
  return before.obstacle != now.obstacle || before.reason != now.reason;
}

}  // namespace

void Acquaintances::hear(const Word& word, std::vector<Word>& news) {
  if (const auto* join = std::get_if<Join>(&word)) hear(*join, news);
  if (const auto* refused = std::get_if<Refused>(&word)) hear(*refused, news);
  if (const auto* leave = std::get_if<Leave>(&word)) hear(*leave, news);
  if (std::holds_alternative<Anew>(word)) change(Belief::sure, Belief::outdated);
  if (std::holds_alternative<Synced>(word)) leave_outdated(news);
}

void Acquaintances::hear(const Join& word, std::vector<Word>& news) {
  learn(word, news);
}

void Acquaintances::hear(const Refused& word, std::vector<Word>& news) {
  learn(word, news);
}

void Acquaintances::hear(const Leave& word, std::vector<Word>& news) {
  if (all_.erase({word.port, word.peer}) != 0) news.emplace_back(word);
}

template <class Told>
void Acquaintances::learn(const Told& word, std::vector<Word>& news) {
  const auto [place, is_new] = all_.try_emplace({word.port, word.peer.key}, Acquaintance{word});
  auto& known = place->second;
  const auto* same = std::get_if<Told>(&known.told);
  if (same == nullptr) news.emplace_back(Leave{word.port, word.peer.key, Departure::left});
  if (is_new || same == nullptr || is_news(*same, word)) news.emplace_back(word);
  known = {word, Belief::sure};
}

void Acquaintances::lose_daemon() {
  for (auto& [key, known] : all_)
    known.belief = Belief::doubted;
}

bool Acquaintances::doubts() const noexcept {
  return std::ranges::any_of(all_, [](const auto& each) { return each.second.belief == Belief::doubted; });
}

void Acquaintances::give_up(std::vector<Word>& news) {
  std::set<std::uint64_t> back;
  for (const auto& [key, known] : all_) {
    if (known.belief == Belief::sure) back.insert(key.second.context);
  }
  std::erase_if(all_, [&](const auto& each) {
    const auto& [port, peer] = each.first;
    if (each.second.belief != Belief::doubted) return false;
    news.emplace_back(Leave{port, peer, back.contains(peer.context) ? Departure::left : Departure::died});
    return true;
  });
}

void Acquaintances::leave_outdated(std::vector<Word>& news) {
  std::erase_if(all_, [&](const auto& each) {
    if (each.second.belief != Belief::outdated) return false;
    news.emplace_back(Leave{each.first.first, each.first.second, Departure::left});
    return true;
  });
}

void Acquaintances::change(Belief from, Belief to) noexcept {
  for (auto& [key, known] : all_) {
    if (known.belief == from) known.belief = to;
  }
}

void Acquaintances::forget(std::uint32_t port) {
  const auto first = all_.lower_bound({port, PortKey{}});
  auto last = first;
  while (last != all_.end() && last->first.first == port)
    ++last;
  all_.erase(first, last);
}

}  // namespace weft::discovery
