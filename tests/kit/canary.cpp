// A program with a race, in a process that also runs libzmq's threads: under the thread sanitizer, and with
// the suppressions that all tests run with, it must be reported (test_canary.py looks).
#include <cstdio>
#include <thread>

#include <zmq.h>

namespace {

int seeded = 0;

void race() {
  for (int i = 0; i < 1000; ++i)
    ++seeded;
}

/// Brings libzmq's own threads and locks into play.
bool pass_a_message() {
  void* context = zmq_ctx_new();
  void* left = zmq_socket(context, ZMQ_PAIR);
  void* right = zmq_socket(context, ZMQ_PAIR);
  char byte = 0;
  bool passed = zmq_bind(left, "inproc://canary") == 0 && zmq_connect(right, "inproc://canary") == 0 &&
                zmq_send(left, "x", 1, 0) == 1 && zmq_recv(right, &byte, 1, 0) == 1;
  zmq_close(left);
  zmq_close(right);
  zmq_ctx_term(context);
  return passed;
}

}  // namespace

int main() {
  if (!pass_a_message()) return 2;
  std::thread one(race);
  std::thread other(race);
  one.join();
  other.join();
  std::printf("%d\n", seeded);
  return 0;
}
