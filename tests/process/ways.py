"""The ways in which peers come together, as decorators of tests: on each transport by hand, and found by the daemon.

A test that imports this is called with PEER WEFTD full|small. WEFT_TEST_SEED chooses the points of its kills.
"""
import functools
import os
import random
import socket
import sys

from peers import Daemon, Peers

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kit"))
import sandbox  # pylint: disable=wrong-import-position

PEER, WEFTD, SIZE = sys.argv[1:4]
RUNTIME = os.environ["WEFT_RUNTIME_DIR"]
SEED = int(os.environ.get("WEFT_TEST_SEED", random.SystemRandom().randrange(10**6)))


def transports():
    with Peers(PEER) as peers:
        return peers.start("transports").expect("transports")["list"]


TRANSPORTS = transports()
CROSSING = [each["scheme"] for each in TRANSPORTS if each["crosses"]]


def free_port():
    """Below the ports that the kernel gives out by itself, so that nobody gets it while its owner is dead."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def endpoint(scheme, number=0):
    return f"tcp://127.0.0.1:{free_port()}" if scheme == "tcp" else f"{scheme}://process-{number}"


def left_behind():
    return [name for name in os.listdir(RUNTIME) if not sandbox.is_foreign(os.path.join(RUNTIME, name))]


def on(test, schemes):
    @functools.wraps(test)
    def tests(self):
        for scheme in schemes:
            with self.subTest(transport=scheme):
                with Peers(PEER) as peers:
                    test(self, peers, endpoint(scheme), random.Random(f"{SEED} {test.__name__} {scheme}"))
                self.assertEqual(left_behind(), [], "left in the runtime directory")
    return tests


def each_transport(test):
    """Runs the test on each transport that joins processes: test(self, peers, endpoint, points of the kills)."""
    return on(test, CROSSING)


def each_zmq_transport(test):
    """On those that any program with libzmq speaks."""
    return on(test, [scheme for scheme in CROSSING if scheme in ("ipc", "tcp")])


def found(test):
    """Runs the test with a daemon, by which ends find each other: test(self, peers, "found", points of the kills)."""
    @functools.wraps(test)
    def tests(self):
        with Peers(PEER) as peers, Daemon(WEFTD):
            peers.directory = peers.start("directory")
            test(self, peers, "found", random.Random(f"{SEED} {test.__name__}"))
            peers.__exit__()
            peers.start("directory").ask("empty")
        self.assertEqual(left_behind(), [], "left in the runtime directory")
    return tests


def each_way(test):
    """Both: on each transport, and found by the daemon."""
    by_hand, by_daemon = each_transport(test), found(test)

    @functools.wraps(test)
    def tests(self):
        by_hand(self)
        with self.subTest(transport="found"):
            by_daemon(self)
    return tests
