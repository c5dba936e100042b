// Attachments: the endpoints that a socket connects to, and those that it is to connect to no more.
//
// What      libzmq connects again by itself for as long as it has an endpoint, and throws away what had arrived when
//           it is told to forget one. So an endpoint that is not wanted any more is forgotten only once its
//           connection has ended and everything was read; what connects there in between is no link of ours.
// Threads   One at a time.
#pragma once

#include <string>
#include <vector>

#include "transport/zmq/address.hpp"
#include "transport/zmq/monitor.hpp"

namespace weft::transport::zeromq {

class Attachments final {
 public:
  /// Connects `socket`; where it is attached already, that goes on. Errors: those of Bindings::connect().
  Result<void> attach(Socket& socket, const Bindings& bindings, const Endpoint& endpoint);

  /// The endpoint is not wanted any more. Errors: not_found.
  Result<void> unwant(const Bindings& bindings, const Endpoint& endpoint);

  /// To be told of everything that the socket's monitor says.
  void note(const Monitor::Event& event);

  /// Whether a connection came about after its endpoint had ceased to be wanted.
  [[nodiscard]] bool is_unwanted(int connection) const noexcept;
  /// Whether all that was attached to is still wanted.
  [[nodiscard]] bool all_wanted() const noexcept;

  /// Forgets what is not wanted any more as far as nothing is lost by that. `all_read`: nothing that had arrived is
  /// unread, and note() was told all there was before that was seen.
  void forget(Socket& socket, bool all_read) noexcept;

 private:
  struct Attachment {
    std::string uri;      // libzmq's
    int connection = -1;  // -1: there is none now
    bool opened = false;  // there ever was one
    bool wanted = true;
    bool unwanted_connection = false;
  };
  Attachment* find(std::string_view uri) noexcept;

  std::vector<Attachment> attachments_;
};

}  // namespace weft::transport::zeromq
