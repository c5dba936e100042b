// What a later version of weft says: the same names with other fields, in another order, and one word more.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "discovery/packets.hpp"

namespace weft::discovery::test::later {

enum class PortKind : std::uint8_t { publisher, subscriber, server, client, worker, producer, recorder };
WEFT_ENUM(PortKind, "weft/PortKind", publisher, subscriber, server, client, worker, producer, recorder)
struct Port {
  std::vector<std::string> partitions;
  PortKind kind = PortKind::publisher;
  std::string name;
  PortKey key;
  std::vector<Medium> media;
  std::vector<std::string> endpoints;
  std::uint16_t depth = 0;
  std::map<std::string, double> rates;
  WEFT_MESSAGE("weft/Port", partitions, kind, name, key, media, endpoints, depth, rates)
};
struct PortUp {
  std::uint64_t lease = 0;
  Port port;
  WEFT_MESSAGE("weft/PortUp", lease, port)
};
struct Moved {
  PortKey key;
  WEFT_MESSAGE("weft/Moved", key)
};
struct Hello {
  std::uint32_t major = protocol_major;
  std::string version;
  std::uint64_t context = 0;
  std::string program;
  bool watches = false;
  std::vector<std::string> schemas;
  std::map<std::string, std::string> labels;
  WEFT_MESSAGE("weft/Hello", major, version, context, program, watches, schemas, labels)
};

}  // namespace weft::discovery::test::later
