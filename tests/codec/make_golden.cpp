// Writes the golden fields anew: `make_golden_fields tests/golden/field`. For a new type of field; a field that
// changes is a new version of the format.
#include <iostream>

#include "golden_fields.hpp"
#include "kit/files.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: make_golden_fields DIRECTORY\n";
    return 2;
  }
  bool written = true;
  weft::test::each_golden_field([&](std::string_view name, const auto& message) {
    const auto path = weft::test::golden_field_path(arguments[1], name);
    if (weft::test::write_bytes(path, weft::encode(message))) return;
    std::cerr << path << ": cannot be written\n";
    written = false;
  });
  return written ? 0 : 1;
}
