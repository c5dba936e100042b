// Outlet: all that a publisher sends, in one order.
//
// What      Frames of the topic, which may wait for others (gathering.hpp), and what is for a few or of the publisher
//           itself, before which goes whatever waits.
// Threads   lend() by the publisher's thread; gather() and send() of loans by it, with the publisher's lock; all else by
//           whoever holds that.
// Lifetime  The socket outlives it.
#pragma once

#include <string_view>

#include "transport/zmq/framing.hpp"
#include "transport/zmq/gathering.hpp"
#include "transport/zmq/parts.hpp"

namespace weft::transport::zeromq {

class Outlet final {
 public:
  Outlet(Socket& socket, std::string_view name)
      : socket_(socket), data_prefix_(data_prefix(name)), bundle_prefix_(bundle_prefix(name)) {}

  /// Room for a frame to everybody.
  Result<void> lend(Loan& loan, std::size_t bytes) {
    if (gathering_.lend(loan, bytes)) return {};
    return zeromq::lend(loan, data_prefix_, bytes, &pool_);
  }

  /// A frame to everybody that may wait for others; false: it is too long for that.
  bool gather(Loan& loan) {
    if (!gathering_.takes(loan)) flush();
    const bool takes = gathering_.takes(loan);
    if (takes) gathering_.add(loan);
    gathering_.expect(takes);
    return takes;
  }
  /// One that goes now.
  void send(Loan& loan) {
    flush();
    gathering_.expect(false);
    if (auto* message = loan.keeper.get<Message>()) [[likely]] {
      socket_.send(*message);
    } else {
      socket_.send(data_prefix_, loan.bytes);
    }
  }
  /// Anything else.
  void send(BytesView prefix, BytesView rest) noexcept {
    flush();
    socket_.send(prefix, rest);
  }
  /// What waits goes. Where there is no memory for it, it is lost, as its receivers see.
  void flush() noexcept {
    if (gathering_.empty()) [[likely]]
      return;
    auto message = gathering_.take(gathering_.is_alone() ? data_prefix_ : bundle_prefix_);
    if (message) socket_.send(message);
  }
  [[nodiscard]] bool empty() const noexcept { return gathering_.empty(); }

 private:
  Socket& socket_;
  Pool pool_;
  const Bytes data_prefix_;
  const Bytes bundle_prefix_;
  Gathering gathering_;
};

}  // namespace weft::transport::zeromq
