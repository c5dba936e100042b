#include "discovery/packet.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "base/planted_bug.hpp"

namespace weft::discovery {

namespace {

using detail::fingerprint_bytes;

/// What a first packet of any version begins with.
struct Greeting {
  std::uint32_t major = 0;
  std::string version;
  WEFT_MESSAGE("weft/Greeting", major, version)
};

Result<std::uint64_t> read_fingerprint(BytesView packet) {
  if (packet.size() > max_packet_bytes) {
    return Error{Errc::too_big, fmt::format("a packet of {} bytes, at most {} are allowed", packet.size(),
                                            max_packet_bytes)};
  }
  if (packet.size() < fingerprint_bytes && !planted_bug) {
    return Error{Errc::malformed, fmt::format("a packet of {} bytes is too short", packet.size())};
  }
  std::uint64_t fingerprint = 0;
  for (std::size_t i = 0; i < fingerprint_bytes; ++i)
    fingerprint |= std::to_integer<std::uint64_t>(packet[i]) << (8 * i);
  return fingerprint;
}

/// Hello and Welcome grow, and so does their fingerprint: it is not looked at.
template <Message T>
Result<T> read_first(BytesView packet) {
  WEFT_CHECK(read_fingerprint(packet));
  const auto bytes = packet.subspan(fingerprint_bytes);
  Greeting greeting;
  WEFT_CHECK(decode_growing(bytes, greeting));
  if (greeting.major != protocol_major) {
    constexpr std::size_t most_shown = 60;
    return Error{
        Errc::incompatible,
        fmt::format("discovery's protocol is {} at the other side (weft \"{}\") and {} here: use one version "
                    "of weft for both",
                    greeting.major, shown(greeting.version, most_shown), protocol_major)};
  }
  T message;
  WEFT_CHECK(decode_growing(bytes, message));
  return message;
}

/// Alternative I of Words.
template <class Words, std::size_t I>
Result<Words> read_as(BytesView bytes, const Plan* plan) {
  Words words(std::in_place_index<I>);
  auto& message = *std::get_if<I>(&words);
  WEFT_CHECK(plan == nullptr ? decode(bytes, message) : decode(bytes, *plan, message));
  return words;
}

/// What is to be known of one alternative.
template <class Words>
struct Alternative {
  std::string_view schema;
  std::string_view name;
  Result<Words> (*read)(BytesView, const Plan*);
};

template <class Words, std::size_t... I>
constexpr auto list_alternatives(std::index_sequence<I...> /*alternatives*/) {
  return std::array<Alternative<Words>, sizeof...(I)>{
      Alternative<Words>{schema_text<std::variant_alternative_t<I, Words>>(),
                         type_name<std::variant_alternative_t<I, Words>>(), &read_as<Words, I>}...};
}

template <class Words>
inline constexpr auto alternatives =
    list_alternatives<Words>(std::make_index_sequence<std::variant_size_v<Words>>{});

}  // namespace

void detail::write_fingerprint(std::uint64_t fingerprint, Bytes& packet) noexcept {
  for (std::size_t i = 0; i < fingerprint_bytes; ++i)
    packet[i] = static_cast<std::byte>(fingerprint >> (8 * i));
}

Result<Hello> read_hello(BytesView packet) {
  return read_first<Hello>(packet);
}

Result<Welcome> read_welcome(BytesView packet) {
  return read_first<Welcome>(packet);
}

template <class Words>
std::vector<std::string> schemas_of() {
  std::vector<std::string> schemas;
  for (const auto& each : alternatives<Words>)
    schemas.emplace_back(each.schema);
  return schemas;
}

template <class Words>
PacketReader<Words>::PacketReader() {
  for (std::size_t i = 0; i < alternatives<Words>.size(); ++i)
    forms_.emplace(fingerprint_of(alternatives<Words>[i].schema), Form{i, {}});
}

template <class Words>
Result<PacketReader<Words>> PacketReader<Words>::create(std::span<const std::string> schemas) {
  if (schemas.size() > max_packet_schemas) {
    return Error{Errc::too_big, fmt::format("{} schemas of packets, at most {} are allowed", schemas.size(),
                                            max_packet_schemas)};
  }
  PacketReader reader;
  for (const auto& schema : schemas)
    WEFT_CHECK(reader.learn(schema));
  return reader;
}

/// How the other side's message is read here, if one of its name is known.
template <class Words>
Result<void> PacketReader<Words>::learn(const std::string& schema) {
  if (forms_.contains(fingerprint_of(schema))) return {};
  WEFT_TRY(const auto theirs, Schema::parse(schema));
  for (std::size_t i = 0; i < alternatives<Words>.size(); ++i) {
    if (theirs.name() != alternatives<Words>[i].name) continue;
    WEFT_TRY(const auto ours, Schema::parse(alternatives<Words>[i].schema));
    WEFT_TRY(auto plan, make_plan(theirs, ours));
    forms_.emplace(theirs.fingerprint(), Form{i, std::move(plan)});
  }
  return {};
}

template <class Words>
Result<std::optional<Words>> PacketReader<Words>::read(BytesView packet) const {
  WEFT_TRY(const auto fingerprint, read_fingerprint(packet));
  const auto form = forms_.find(fingerprint);
  if (form == forms_.end()) return std::optional<Words>();
  const auto& [alternative, plan] = form->second;
  auto word =
      alternatives<Words>[alternative].read(packet.subspan(fingerprint_bytes), plan ? &*plan : nullptr);
  if (word) return std::optional<Words>(*std::move(word));
  if (word.error().code == Errc::incompatible) return std::optional<Words>();
  return std::move(word).error();
}

template std::vector<std::string> schemas_of<ContextWord>();
template std::vector<std::string> schemas_of<Word>();
template class PacketReader<ContextWord>;
template class PacketReader<Word>;

}  // namespace weft::discovery
