// The names of operating-system objects: the only place that makes and parses them.
//
//   directory   given, else /run/user/UID/weft, else /tmp/weft-UID (0700)
//   socket      DIRECTORY/NAME, or an absolute path             of ipc://NAME, ipc:///PATH
//   shared      DIRECTORY/+NAME; of own names DIRECTORY/+CONTEXT, where all of a Context's ends are
//   daemon      DIRECTORY/weftd-DOMAIN                          the discovery daemon's socket
//   own name    CONTEXT-PORT in hexadecimal                     where an End binds by itself
//   lock        SOCKET.lock, held by the socket's owner: a socket whose lock nobody holds is a dead program's
//
// Threads   Any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "wire/header.hpp"

namespace weft::transport {

/// The longest path that the kernel takes for a socket, in bytes.
inline constexpr std::size_t max_socket_path = 107;

/// The directory for names without one: `given`, where it is not empty, made (0700) if it is not there; else
/// /run/user/UID/weft; else /tmp/weft-UID, made if need be. The result is the user's own directory and no symbolic
/// link, and but for `given` nobody else may enter it. Errors: permission_denied with a remedy; invalid_argument;
/// too_big, there is no room behind it for a socket with an own_name(): then none is made.
Result<std::string> runtime_directory(std::string_view given = {});

/// The socket's path for an ipc address: an absolute path as it is, a bare name [A-Za-z0-9._-]+ inside
/// `runtime_directory`; one that a daemon could have is not given to others. Errors: invalid_argument, too_big
/// (max_socket_path) with the count.
Result<std::string> socket_path(std::string_view address, std::string_view runtime_directory);

/// The socket by which ends that share memory meet who have this address, a name [A-Za-z0-9._-]+. Errors: invalid_argument,
/// too_big.
Result<std::string> shared_socket_path(std::string_view address, std::string_view runtime_directory);

/// The socket of the discovery daemon of a domain. Errors: invalid_argument (a domain is [a-z0-9_-]{1,32}), too_big.
Result<std::string> daemon_socket(std::string_view domain, std::string_view runtime_directory);

/// The name, free of any directory, that only the End of this id has.
std::string own_name(const wire::PortId& id);

/// The domains whose daemons have a socket in that directory, sorted; whether they live is another question. A
/// directory that cannot be read has none.
std::vector<std::string> daemon_domains(const std::string& runtime_directory);

/// A socket of a runtime directory that a live process holds.
struct HeldSocket {
  std::string name;  ///< Within the directory.
  int pid = 0;
};
/// All of them but the daemons', by name. A directory that cannot be read has none.
std::vector<HeldSocket> held_sockets(const std::string& runtime_directory);

/// The lock that goes with a socket.
std::string lock_path(std::string_view socket_path);

/// Removes from a runtime directory the sockets and locks of programs that were killed. Safe beside programs
/// that are just starting or ending, and answers how many: a socket counts with its lock. What cannot be read or removed
/// is left. Errors: as of opening the directory.
Result<std::size_t> sweep(const std::string& runtime_directory);

}  // namespace weft::transport
