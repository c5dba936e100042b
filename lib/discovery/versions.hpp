// The versions of weft that a daemon's sessions speak: each is read by the schemas of its Hello.
//
// Threads   One at a time.
// Bounds    Sessions of one version share a reader; there are at most `most_others` beside our own, each in proportion to
//           max_packet_bytes.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "discovery/packet.hpp"

namespace weft::discovery {

class Versions final {
 public:
  static constexpr std::size_t most_others = 16;
  using Reader = std::shared_ptr<const PacketReader<ContextWord>>;

  Versions();
  /// Errors: as PacketReader::create(); resource_exhausted: so many other versions are there already.
  Result<Reader> reader_of(const std::vector<std::string>& schemas);

 private:
  const std::vector<std::string> our_schemas_;
  const Reader ours_;
  std::map<std::vector<std::string>, std::weak_ptr<const PacketReader<ContextWord>>> others_;
};

}  // namespace weft::discovery
