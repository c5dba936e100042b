// Any bytes as a message of every field type, also of another version of it, and as one that borrows:
// decoding is total, and what was decoded goes the round.
#include "../codec/everything.hpp"
#include "other_version.hpp"
#include "require.hpp"

using namespace weft;
using fuzz::require;
using test::Everything;

namespace {

void check(const Everything& message) {
  const auto bytes = encode(message);
  Everything copy;
  require(decode(bytes, copy).has_value(), "what was encoded can be decoded");
  require(encode(copy) == bytes, "and is the same message");
}

void check_view(BytesView bytes) {
  fuzz::Borrowing message;
  if (!decode(bytes, message)) return;
  unsigned sum = 0;
  for (const auto byte : message.bytes)
    sum += std::to_integer<unsigned>(byte);
  require(sum <= 255 * bytes.size(), "a view lies within the bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto plan = make_plan(Schema::of<fuzz::OtherVersion>(), Schema::of<Everything>()).value();
  const auto bytes = fuzz::bytes_of(data, size);
  Everything message;
  if (decode(bytes, message)) check(message);
  if (decode(bytes, plan, message)) check(message);
  check_view(bytes);
  return 0;
}
