// What codecs are measured by: messages that are encoded and decoded by weft and by others, again and again.
//
// Messages   sensor   a time, three doubles, a text of 16 characters, and nine doubles
//            blob     a name and a MiB of bytes, which the message owns
//            view     the same, which the message borrows: weft's alone
// Libraries  weft; msgpack-c as it packs structs, by arrays, and by maps, whose names weft's evolution needs once in a schema;
//            memcpy of as many bytes as weft's encoding has, which nobody can beat.
// Method     Each encodes into memory, and decodes into a message, that are used again.
// Threads    One at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weft::perf {

struct Workload {
  std::string message;
  std::string library;
  std::string operation;                    ///< "encode", "decode", "copy".
  std::uint64_t bytes = 0;                  ///< Of the encoded message.
  std::function<void(std::uint64_t)> work;  ///< So many times.
};

std::vector<Workload> codec_workloads();

}  // namespace weft::perf
