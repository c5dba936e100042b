#include "transport/inproc/inproc.hpp"

#include "transport/exchange.hpp"

namespace weft::transport {

namespace {

constexpr std::uint64_t max_frame = std::uint64_t{1} << 32;

Frame share(Parcel parcel) {
  return Frame{parcel.bytes, Keeper(std::move(parcel.memory)), std::move(parcel.object), {}};
}

}  // namespace

Result<std::unique_ptr<Transport>> make_inproc(const World&) {
  return make_exchange(
      {"inproc", {.objects = true, .aligned = true, .batches = true, .max_frame = max_frame}, share});
}

}  // namespace weft::transport
