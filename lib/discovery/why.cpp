#include "discovery/why.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "transport/endpoint.hpp"
#include "type/traits.hpp"

namespace weft::discovery {
namespace {

constexpr std::size_t most_shown = 200;
constexpr std::size_t most_strangers = 3;
constexpr std::size_t most_reason = 20 * most_shown;

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts)
    out += (out.empty() ? "" : ", ") + shown(part, most_shown);
  return out;
}

std::string remedy_for(Obstacle obstacle, Sides sides) {
  switch (obstacle) {
    case Obstacle::type:
      return "build both with one definition of the message; fields may be added, and integers widened";
    case Obstacle::reliability:
      if (!is_writer(sides.owner)) std::swap(sides.owner, sides.guest);
      return fmt::format("let the {} offer reliable, or the {} ask for best_effort",
                         enumerator_name(sides.owner), enumerator_name(sides.guest));
    case Obstacle::medium:
      return "give both a transport in common";
    default:
      return "look at the owner's log; mend what it could not bind";
  }
}

Cause cause_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::type:
      return Cause::type;
    case Obstacle::reliability:
      return Cause::reliability;
    case Obstacle::medium:
      return Cause::medium;
    default:
      return Cause::hosting;
  }
}

/// Where it is bound or connected by hand, and where it is reachable for those who were found.
std::vector<transport::Endpoint> places(const Port& port) {
  std::vector<transport::Endpoint> out;
  for (const auto* uris : {&port.by_hand, &port.endpoints}) {
    for (const auto& uri : *uris) {
      if (auto endpoint = transport::Endpoint::parse(uri)) out.push_back(*std::move(endpoint));
    }
  }
  return out;
}

bool may_meet_by_hand(const Port& owner, const Port& guest) {
  if (owner.by_hand.empty() && guest.by_hand.empty()) return false;
  const auto one = places(owner);
  const auto other = places(guest);
  return std::find_first_of(one.begin(), one.end(), other.begin(), other.end(), transport::may_be_one) !=
         one.end();
}

/// Explains one name of one sort.
class Explaining {
 public:
  Explaining(std::string_view name, const Graph& graph, Sort sort)
      : name_(name),
        graph_(graph),
        sort_(sort),
        sides_(sides_of(sort)),
        channels_(discovery::channels(graph, sort)) {}

  [[nodiscard]] bool has_any() const { return channels_.contains(name_); }
  /// Whether it may be what those meant who found nobody: of a topic or service somebody is to offer it.
  [[nodiscard]] bool is_there() const {
    return has_any() && (sort_ == Sort::queue || !channels_.find(name_)->second.owners.empty());
  }
  [[nodiscard]] const Channels& channels() const noexcept { return channels_; }

  void pairs(Explanation& out) const {
    const auto& channel = channels_.find(name_)->second;
    for (const auto* owner : channel.owners) {
      for (const auto* guest : channel.guests)
        pair(*owner, *guest, out);
    }
  }

  /// One side is missing: is it of another sort, or who has nearly that name at that side?
  void lonely(std::span<const Explaining> all, std::span<const Elsewhere> elsewhere, Explanation& out) const {
    const auto& channel = channels_.find(name_)->second;
    if (!channel.owners.empty() && !channel.guests.empty()) return;
    const bool owners_miss = channel.owners.empty();
    const auto missing = owners_miss ? sides_.owner : sides_.guest;
    const auto other = std::ranges::find_if(
        all, [this](const Explaining& each) { return each.sort_ != sort_ && each.is_there(); });
    for (const auto* port : owners_miss ? channel.guests : channel.owners) {
      Finding finding;
      finding.sort = sort_;
      (owners_miss ? finding.guest : finding.owner) = describe(graph_, *port);
      finding.reason = fmt::format("nobody {} {}", deed_of(missing), name_);
      finding.remedy = fmt::format("start a {}", enumerator_name(missing));
      if (other != all.end()) {
        other->takes(finding);
      } else {
        suggest(with_side(owners_miss), finding);
        look_elsewhere(owners_miss, elsewhere, finding);
      }
      out.findings.push_back(std::move(finding));
    }
  }

  /// Somebody meant this sort by that name.
  void takes(Finding& finding) const {
    finding.cause = Cause::other_sort;
    finding.reason += "; " + told_as(sort_, name_);
    finding.remedy = fmt::format("use it as the {} that it is, or give one of the two another name",
                                 enumerator_name(sort_));
  }

  /// What somebody may have meant by a name that nobody has. False: nothing.
  bool suggest(const Channels& channels, Finding& finding) const {
    const auto names = alike(name_, channels);
    if (names.empty()) return false;
    const auto last = [](std::string_view name) { return name.substr(name.rfind('/') + 1); };
    const bool spaces = last(names.front()) == last(name_);
    finding.cause = spaces ? Cause::other_space : Cause::near_name;
    finding.reason += fmt::format("; there is {}", joined(names));
    finding.remedy =
        spaces ? "put both into one namespace, or say the whole name" : "say the same name on both sides";
    return true;
  }

  /// False: no other domain has it.
  bool look_elsewhere(std::optional<bool> owners, std::span<const Elsewhere> elsewhere,
                      Finding& finding) const {
    for (const auto& other : elsewhere) {
      const auto there = discovery::channels(*other.graph, sort_);
      const auto found = there.find(name_);
      if (found == there.end()) continue;
      const auto& [channel_owners, channel_guests, unused] = found->second;
      const bool fits = !owners || !(*owners ? channel_owners : channel_guests).empty();
      if (!fits) continue;
      const auto* port =
          channel_owners.empty() || owners == false ? channel_guests.front() : channel_owners.front();
      finding.cause = Cause::other_domain;
      finding.reason += fmt::format("; domain \"{}\" has a {}", other.domain, describe(*other.graph, *port));
      finding.remedy = fmt::format(
          "run both in one domain: with WEFT_DOMAIN={0}, and ContextOptions::domain \"{0}\" in a program "
          "that does not take its options_from(environ)",
          other.domain);
      return true;
    }
    return false;
  }

 private:
  void pair(const Port& owner, const Port& guest, Explanation& out) const {
    const auto known = graph_.pairs.find({owner.key, guest.key});
    if (known != graph_.pairs.end() &&
        (known->second.state == PairState::joined || known->second.state == PairState::local)) {
      ++out.told;
      return;
    }
    if (known == graph_.pairs.end() && may_meet_by_hand(owner, guest)) {
      ++out.by_hand;
      return;
    }
    Finding finding;
    finding.sort = sort_;
    finding.owner = describe(graph_, owner);
    finding.guest = describe(graph_, guest);
    if (known == graph_.pairs.end()) {
      apart(owner, guest, finding);
    } else if (known->second.state == PairState::refused) {
      finding.cause = cause_of(known->second.obstacle);
      finding.reason = shown(known->second.reason, most_reason);
      finding.remedy = remedy_for(known->second.obstacle, sides_);
    } else {
      starting(finding);
    }
    out.findings.push_back(std::move(finding));
  }

  static void starting(Finding& finding) {
    finding.cause = Cause::starting;
    finding.reason = "the two are about to meet";
    finding.remedy = "ask again";
  }

  /// Two that the directory does not pair.
  static void apart(const Port& owner, const Port& guest, Finding& finding) {
    if (!owner.media.empty() && !guest.media.empty()) return starting(finding);
    const auto& hermit = owner.media.empty() ? owner : guest;
    finding.cause = Cause::by_hand;
    finding.reason = fmt::format("the {} keeps to its endpoints by hand ({})", enumerator_name(hermit.kind),
                                 hermit.by_hand.empty() ? "none" : joined(hermit.by_hand));
    finding.remedy = "give the other the same endpoint, or leave endpoints out on both sides";
  }

  /// The channels that have somebody at that side.
  [[nodiscard]] Channels with_side(bool owners) const {
    Channels out;
    for (const auto& [name, channel] : channels_) {
      if (!(owners ? channel.owners : channel.guests).empty()) out.emplace(name, channel);
    }
    return out;
  }

  std::string_view name_;
  const Graph& graph_;
  Sort sort_;
  Sides sides_;
  Channels channels_;
};

std::string listed(std::span<const Stranger> strangers) {
  std::string out;
  for (const auto& stranger : strangers.first(std::min(strangers.size(), most_strangers))) {
    out += fmt::format("{}pid {} (socket {})", out.empty() ? "" : ", ", stranger.pid,
                       shown(stranger.socket, most_shown));
  }
  if (strangers.size() > most_strangers)
    out += fmt::format(" and {} more", strangers.size() - most_strangers);
  return out;
}

/// Names those whom no daemon knows, where nothing better explains that somebody is missing.
void look_at(std::span<const Stranger> strangers, Finding& finding) {
  if (strangers.empty() || finding.cause != Cause::nobody) return;
  finding.cause = Cause::daemon;
  finding.reason += fmt::format("; running here, but unknown to any daemon: {}", listed(strangers));
  finding.remedy =
      "start both sides; a program with WEFT_DISCOVERY=off meets only whom it is bound or connected to by "
      "hand";
}

Finding unknown(std::string_view name, std::span<const Explaining> all,
                std::span<const Elsewhere> elsewhere) {
  Finding finding;
  finding.reason = fmt::format("nobody has {}", name);
  finding.remedy = "start both sides";
  for (const auto& each : all) {
    if (each.look_elsewhere(std::nullopt, elsewhere, finding)) return finding;
  }
  for (const auto& each : all) {
    if (each.suggest(each.channels(), finding)) return finding;
  }
  return finding;
}

}  // namespace

Explanation why(std::string_view name, const Graph& graph, std::span<const Elsewhere> elsewhere,
                std::span<const Stranger> strangers) {
  const auto safe = shown(name, most_shown);
  std::vector<Explaining> all;
  for (const auto sort : all_sorts)
    all.emplace_back(safe, graph, sort);
  Explanation out;
  for (const auto& each : all) {
    if (!each.has_any()) continue;
    each.pairs(out);
    each.lonely(all, elsewhere, out);
  }
  if (std::ranges::none_of(all, &Explaining::has_any)) out.findings.push_back(unknown(safe, all, elsewhere));
  for (auto& finding : out.findings)
    look_at(strangers, finding);
  return out;
}

Finding unseen(const Error& error) {
  Finding out;
  out.cause = Cause::daemon;
  out.reason = shown(error.message, most_reason);
  switch (error.code) {
    case Errc::unavailable:
      out.remedy =
          "the next weft program that announces something starts it, if weftd is in PATH; links that are "
          "there go on without it";
      break;
    case Errc::in_use:
      out.remedy =
          "clear the way (move it away, end that process, make room, let your user write there): the next "
          "weft "
          "program starts the daemon then";
      break;
    case Errc::incompatible:
      out.remedy =
          "stop the daemon that runs; the next program starts one that fits, and links go on meanwhile";
      break;
    case Errc::timeout:
    case Errc::resource_exhausted:
      out.remedy =
          "kill the daemon if it stays so: links go on without it, and the next program starts another";
      break;
    case Errc::invalid_argument:
    case Errc::too_big:
      out.cause = Cause::permission;
      out.remedy = "mend WEFT_RUNTIME_DIR or the domain, for all programs that are to meet";
      break;
    case Errc::malformed:
      out.remedy = "see who listens there: it is no weftd";
      break;
    default:
      out.cause = Cause::permission;
      out.remedy =
          "let your user own the directory and its sockets, or set WEFT_RUNTIME_DIR, for all programs "
          "that are to meet, to a directory that he owns, and ContextOptions::runtime_directory in one that "
          "does not take its options_from(environ)";
  }
  return out;
}

Explanation why_unseen(std::string_view name, const Error& error, std::span<const Elsewhere> elsewhere,
                       std::span<const Stranger> strangers) {
  auto finding = unseen(error);
  finding.reason = fmt::format("the directory cannot be read: {}", finding.reason);
  const auto safe = shown(name, most_shown);
  const Graph nothing;
  Finding there;
  for (const auto sort : all_sorts)
    Explaining(safe, nothing, sort).look_elsewhere(std::nullopt, elsewhere, there);
  finding.reason += there.reason;
  if (!strangers.empty()) finding.reason += fmt::format("; weft programs seen here: {}", listed(strangers));
  return {.findings = {std::move(finding)}};
}

}  // namespace weft::discovery
