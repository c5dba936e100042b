// What two ends say to each other over the socket that joins them, by which descriptors travel, too.
//
//   guest (subscriber, sender)          owner (publisher, inbox)
//     hello: who I am, whom I want  ──▶
//                                   ◀──  welcome: who I am; or refused: why
//     region: memory of mine (a sender's), at any time ──▶
//                                   ◀──  region: memory of mine, at any time
//     bye: I close                  ◀─▶  bye: I close; stalled: you have held me up for too long
//
// What      A packet of a socket of SOCK_SEQPACKET: a Greeting and behind it text. A longer text than one packet takes goes
//           ahead in packets of its own (more). The end of the connection is the end of the link.
// Threads   A Connection's send() from any; receive() by one at a time.
// Lifetime  A Connection lives as long as anything that came by it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "transport/shm/layout.hpp"

namespace weft::transport::shm {

/// The fixed part of a packet. Plain memory: both ends are of one machine and, by `version`, one layout.
struct Greeting {
  enum class Kind : std::uint32_t { more = 1, hello, welcome, refused, region, bye, stalled };
  /// What a region of a writer's is for.
  enum class Use : std::uint32_t { ring = 1, slots = 2 };

  std::uint64_t magic = shm::magic;
  std::uint32_t version = shm::version;
  Kind kind = Kind::more;
  // hello and welcome: who it is. Descriptors: the socket by which it is woken.
  std::uint64_t context = 0;
  std::uint32_t port = 0;
  std::uint32_t role = 0;
  std::uint32_t depth = 0;
  std::uint32_t reliable = 0;
  std::uint32_t address_bytes = 0;  ///< Of a hello's text: whom it wants. The rest is the announcement.
  std::uint32_t fits = 1;           ///< Of a welcome: the owner takes to the guest.
  // hello of a sender, welcome: what the other is to read. Descriptors: the page and region 0, behind the socket.
  std::uint64_t link = 0;      ///< Of the page's offset.
  std::uint64_t position = 0;  ///< Where reading begins.
  std::uint64_t last = 0;      ///< Frames up to this sequence are from before the link.
  // region: one descriptor.
  Use use = Use::ring;
  std::uint32_t number = 0;
  std::uint64_t bytes = 0;
  std::uint64_t begins = 0;  ///< Of a ring: its first position.
};
static_assert(sizeof(Greeting) == 96 && std::is_trivially_copyable_v<Greeting>);

/// What came.
struct Packet {
  Greeting greeting;
  std::string text;
  std::vector<Fd> fds;
};

class Connection final {
 public:
  /// Takes over a connected socket, which does not block.
  explicit Connection(Fd socket) noexcept : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  /// The socket that the other sleeps on. Before anybody else has the Connection.
  void set_wake(Fd wake) noexcept { wake_ = std::move(wake); }
  /// Wakes the other, if it sleeps on that.
  void ring() noexcept;
  /// The other has gone: nothing is sent any more.
  void close() noexcept;
  /// Sends a packet after all before it. What the socket does not take yet waits for flush(); answers whether anything
  /// waits. The descriptors are duplicated.
  bool send(const Greeting& greeting, std::string_view text = {}, const std::vector<int>& fds = {});
  /// Sends what waits; whether anything still does.
  bool flush();

  /// A packet; nothing where there is none yet. Errors: unavailable, the other has gone; malformed, it is no weft program, or
  /// one of another version.
  Result<std::optional<Packet>> receive();

 private:
  struct Waiting {
    Greeting greeting;
    std::string text;
    std::vector<Fd> fds;
  };
  bool send_now(const Greeting& greeting, std::string_view text, const std::vector<int>& fds);
  bool flush_locked();

  std::mutex mutex_;  // guards the next; the socket is closed under it, when nobody reads from it any more
  Fd socket_;
  Fd wake_;
  std::deque<Waiting> waiting_;
  std::string text_;  // the beginning of the next packet's
};

}  // namespace weft::transport::shm
