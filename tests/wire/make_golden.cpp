// Writes the golden frames anew: `make_golden tests/golden/frame`. For a new kind of frame; a frame that
// changes is a new version of the format.
#include <iostream>

#include "golden_frames.hpp"
#include "kit/files.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: make_golden DIRECTORY\n";
    return 2;
  }
  for (const auto& golden : weft::test::golden_frames()) {
    const auto path = std::string(arguments[1]) + "/" + golden.name + ".bin";
    if (weft::test::write_bytes(path, weft::test::golden_bytes(golden))) continue;
    std::cerr << path << ": cannot be written\n";
    return 1;
  }
  return 0;
}
