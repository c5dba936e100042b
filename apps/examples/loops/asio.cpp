// weft-loop-asio: a port in Boost.Asio. async_wait() tells once; what is left is told by the next.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "examples/loops/ticks.hpp"

namespace {

using namespace weft;
using boost::asio::posix::stream_descriptor;

/// A descriptor that stays its owner's: Asio would close it.
class Borrowed final {
 public:
  Borrowed(boost::asio::io_context& io, int fd) : descriptor_(io, fd) {}
  ~Borrowed() { descriptor_.release(); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  template <class F>
  void on_readable(F handler) {
    descriptor_.async_wait(stream_descriptor::wait_read,
                           [handler](const boost::system::error_code& failed) mutable {
                             if (!failed) handler();
                           });
  }

 private:
  stream_descriptor descriptor_;
};

Result<void> loop(loops::Program program) {
  WEFT_TRY(const int fd, program.counter.fd());
  boost::asio::io_context io(1);
  Borrowed port(io, fd);
  Borrowed signals(io, program.interrupt.fd());
  Result<void> done;
  const std::function<void()> take = [&] {
    done = program.counter.take_some();
    done ? port.on_readable(take) : io.stop();
  };
  port.on_readable(take);
  signals.on_readable([&] { io.stop(); });
  io.run();
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  return loops::run({"weft-loop-asio", "counts messages in Boost.Asio"}, loop, argc, argv);
}
