// Going into the background: the program goes on in a child, and its parent ends when it is known how that began.
//
// Threads   None may run yet.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace weft::daemon {

class Background final {
 public:
  /// Closes the inherited descriptors above standard error, and forks. In the child: a Background, in a session of its
  /// own and in the root directory. In the parent, once the child has told: nothing, if it began well. Errors: the
  /// child's; those of the kernel.
  static Result<std::optional<Background>> enter();

  /// How it began: the parent ends with that. Lets go of standard input, output and error, too.
  void tell(const Result<void>& beginning);

 private:
  explicit Background(Fd report) noexcept : report_(std::move(report)) {}
  Fd report_;
};

}  // namespace weft::daemon
