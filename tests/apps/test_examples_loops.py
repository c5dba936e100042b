"""weft's ports in the loops of others: test_examples_loops.py WEFTD TICKER EPOLL ASIO ZMQ COROUTINE

After each burst there is silence: a message that was left lying would lie there for ever.
"""
import os
import signal
import sys
import unittest

import zmq

from tool import Beside

WEFTD, TICKER, EPOLL, ASIO, ZMQ, COROUTINE = sys.argv[1:]
os.environ.pop("WEFT_DISCOVERY", None)
BURSTS = 1, 2, 15, 16, 17, 32, 33, 1000, 1, 5000, 1


class Loops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end(signal.SIGTERM)

    def loop(self, *command, beside=lambda program: None):
        """It takes every burst whole, with something else beside; Ctrl-C ends it."""
        program = Beside(*command, says="Ctrl-C")
        ticker = Beside(TICKER)
        total = 0
        for burst in BURSTS:
            ticker.process.stdin.write(f"{burst}\n")
            ticker.process.stdin.flush()
            total += burst
            while program.line() != f"{total} ticks\n":
                pass
            self.assertEqual(ticker.line(), "sent\n")
            beside(program)
        program.end(signal.SIGINT)
        ticker.end()

    def test_epoll(self):
        self.loop(EPOLL)

    def test_asio(self):
        self.loop(ASIO)

    def test_a_coroutine_on_a_loop_of_the_programs_own(self):
        self.loop(COROUTINE)

    def test_zmq_poll_beside_a_raw_socket(self):
        endpoint = f"ipc://@weft-loops-{os.getpid()}"  # a name, not a file that would stay behind
        with zmq.Context() as context, context.socket(zmq.PUSH) as raw:
            raw.connect(endpoint)
            sent = 0

            def beside(program):
                nonlocal sent
                for _ in range(20):
                    raw.send(b"raw")
                sent += 20
                while program.line() != f"{sent} raw\n":
                    pass

            self.loop(ZMQ, endpoint, beside=beside)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
