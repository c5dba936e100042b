#include "base/thread.hpp"

#include <system_error>

#include <pthread.h>
#include <signal.h>

#include "base/sys.hpp"

namespace weft {

namespace {

/// Blocks every signal in this thread while it lives, so that a thread started meanwhile takes none.
class SignalsBlocked final {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

Result<std::thread> start_thread(const char* name, const char* whose, std::function<void()> body) {
  const SignalsBlocked blocked;
  try {
    std::thread thread(std::move(body));
    pthread_setname_np(thread.native_handle(), name);
    return thread;
  } catch (const std::system_error& error) {
    return sys_error(error.code().value(), "pthread_create", whose);
  }
}

}  // namespace weft
