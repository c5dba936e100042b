"""Servers under load that are replaced one after the other: in order, by SIGTERM, and by kill -9.

usage: test_replacing.py PEER WEFTD full|small [unittest arguments]

WEFT_TEST_SEED chooses the points of the kills; the seed is printed.
"""
import collections
import signal
import sys
import unittest

from ways import SEED, SIZE, found

ROUNDS = 30 if SIZE == "full" else 8


class Replacing(unittest.TestCase):
    def replaced(self, peers, points, end):
        """Clients' tallies, the careful ones' and the idempotent ones', after servers were ended by `end`."""
        clients = [peers.start("client", endpoint="found", idempotent=idempotent) for idempotent in (0, 0, 1, 1)]
        server = peers.start("server", endpoint="found")
        server.expect("bound")
        for client in clients:
            client.say("call", 10**9)
        for _ in range(ROUNDS):
            successor = peers.start("server", endpoint="found")
            successor.expect("bound")
            successor.ask("at", points.randint(1, 400))  # it is called already
            end(server)
            server = successor
            for client in clients:
                client.ask("at", 20)
        tallies = [client.ask("stop", event="called") for client in clients]
        for client in clients:
            client.close()
        end(server)
        codes = [collections.Counter(event["code"] for event in client.seen if event["event"] == "ended")
                 for client in clients]
        for tally, failed in zip(tallies, codes):
            self.assertEqual(tally["number"], tally["answered"] + sum(failed.values()))
        for failed in codes[2:]:
            self.assertEqual(failed, {}, "calls of an idempotent service that failed")
        for failed in codes:
            self.assertLessEqual(set(failed), {"unavailable"})
        print(f"{ROUNDS} servers replaced: {sum(tally['number'] for tally in tallies)} calls, of which failed "
              f"{[sum(failed.values()) for failed in codes]}", flush=True)
        return tallies

    @found
    def test_servers_that_drain_answer_every_call_that_they_began(self, peers, _, points):
        served = []

        def drain(server):
            server.process.send_signal(signal.SIGTERM)
            served.append(server.expect("drained")["number"])
            server.close()

        tallies = self.replaced(peers, points, drain)
        self.assertEqual(sum(served), sum(tally["answered"] for tally in tallies), "nothing is done for nothing")

    @found
    def test_a_call_whose_server_is_killed_fails_as_unavailable_or_is_done_by_another(self, peers, _, points):
        self.replaced(peers, points, lambda server: server.kill())


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
