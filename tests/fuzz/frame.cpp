// Any bytes as a frame: parse_frame is total, and what it accepts it has understood to the last header bit; the frames of a
// bundle lie one behind the other in it.
#include <algorithm>

#include "require.hpp"
#include "wire/bundle.hpp"
#include "wire/header.hpp"

using namespace weft;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::bytes_of(data, size);
  const auto view = wire::parse_frame(bytes);
  if (!view) return 0;
  const auto header_size = wire::header_size(view->header);
  require(header_size + view->payload.size() == size, "header and payload are the frame");
  Bytes header(header_size);
  wire::write_header(view->header, header);
  require(std::ranges::equal(header, bytes.first(header_size)), "the header is written as it was read");
  const auto peek = wire::peek(bytes);
  require(peek.kind == view->header.kind && peek.source == view->header.source &&
              peek.sequence == view->header.sequence,
          "peek sees what parse_frame sees");
  auto rest = view->payload;
  for (auto before = rest; const auto frame = wire::take_frame(rest); before = rest) {
    require(frame->size() >= wire::header_bytes, "a frame has a header");
    require(frame->data() == before.data() + 4 && rest.data() == frame->data() + frame->size() &&
                rest.data() + rest.size() == before.data() + before.size(),
            "nothing is between the frames of a bundle");
  }
  return 0;
}
