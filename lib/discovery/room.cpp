#include "discovery/room.hpp"

#include <string_view>

#include <fmt/format.h>

#include "discovery/records.hpp"

namespace weft::discovery {

namespace {

constexpr std::size_t map_node = 64;  // what a map adds to each of its elements, and the heap to that

static_assert(sizeof(PairRecord) + 2 * (map_node + sizeof(PortKey) + sizeof(std::shared_ptr<PairRecord>)) <=
              pair_footprint);

std::size_t text(const std::vector<std::string>& all) noexcept {
  std::size_t bytes = 0;
  for (const auto& each : all)
    bytes += sizeof(std::string) + each.size();
  return bytes;
}

}  // namespace

Result<void> Room::take(Share& share, std::size_t bytes) {
  const auto full = [](std::string_view whose, std::size_t most, std::string_view remedy) {
    return Error{Errc::resource_exhausted,
                 fmt::format("{} the directory, {} MiB, {}", whose, most >> 20, remedy)};
  };
  if (bytes > Directory::most_session_bytes - share) {
    return full("this context's part of", Directory::most_session_bytes,
                "is taken: drop nodes and ports that are not needed, or use several contexts");
  }
  if (bytes > Directory::most_bytes - taken_) {
    return full(
        "all of", Directory::most_bytes,
        "is taken: end programs that announce what nobody needs (weft node list), or use several domains");
  }
  share += bytes;
  taken_ += bytes;
  return {};
}

void Room::give_back(Share& share, std::size_t bytes) noexcept {
  share -= bytes;
  taken_ -= bytes;
}

std::size_t footprint(const Node& node) noexcept {
  return map_node + sizeof node + node.name.size() + node.name_space.size();
}

std::size_t footprint(const Port& port) noexcept {
  auto bytes = 2 * map_node + sizeof(PortRecord) + sizeof(Meeting) + 2 * port.name.size();
  bytes += port.schema.size() + port.response.size() + text(port.endpoints) + text(port.by_hand);
  for (const auto& medium : port.media)
    bytes += sizeof medium + sizeof(Reach) + medium.scheme.size();
  return bytes;
}

}  // namespace weft::discovery
