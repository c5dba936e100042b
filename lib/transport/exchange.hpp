// Exchange: what transports inside one address space have in common, which is nearly all.
//
// What      Ends that name the same address of one Exchange are linked, in whatever order they come. A sent
//           frame waits, shared, in the queue of each of its receivers; only how a receiver gets hold of it
//           differs. The owner of an address (publisher, inbox) binds, its guests (subscriber, sender)
//           connect.
// Threads   As transport.hpp says.
// Lifetime  As transport.hpp says. An address lives as long as its ends; nothing is left behind.
#pragma once

#include <memory>
#include <string_view>

#include "transport/transport.hpp"

namespace weft::transport {

/// A sent frame on its way; shared by all its receivers, nobody writes it.
struct Parcel {
  std::shared_ptr<const void> memory;  ///< Keeps `bytes`, which are 8-aligned.
  BytesView bytes;
  std::shared_ptr<const void> object;
};

/// What one such transport is.
struct Carriage {
  std::string_view scheme;  ///< Of static lifetime.
  Traits traits;
  /// Makes one receiver's frame, on the receiver's thread.
  Frame (*unpack)(Parcel parcel);
};

Result<std::unique_ptr<Transport>> make_exchange(const Carriage& carriage);

}  // namespace weft::transport
