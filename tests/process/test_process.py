"""Separate processes: nothing lost, everything counted, and kill -9 survived.

usage: test_process.py PEER WEFTD full|small PEER_WITHOUT_RECOVERY

WEFT_TEST_SEED chooses the points of the kills; the seed is printed.
"""
import os
import random
import select
import sys
import unittest

import kills
from peers import Daemon, Lost, Peers
from ways import CROSSING, PEER, RUNTIME, SEED, SIZE, TRANSPORTS, WEFTD, each_transport, each_way, endpoint, found

WITHOUT_RECOVERY = sys.argv[4]
MESSAGES, ROUNDS = (100_000, 26) if SIZE == "full" else (10_000, 5)  # rounds for each role and transport
FAULTY_PATIENCE = 5


class Process(unittest.TestCase):
    def assert_whole(self, counters):
        """sent = delivered + Σ dropped, in total and on each link."""
        for link in [counters["total"], *counters["links"]]:
            self.assertEqual(link["sent"], link["delivered"] + link["dropped_total"], link)
        self.assertEqual(counters["total"]["delivered"], counters["received"])

    def assert_accounts_for(self, counters, sent):
        """What arrived and what was counted as dropped are what the publisher itself says that it sent."""
        self.assert_whole(counters)
        self.assertEqual(counters["received"] + counters["total"]["dropped_total"], sent)

    def assert_all_arrived(self, counters, count):
        self.assert_accounts_for(counters, count)
        self.assertEqual((counters["received"], counters["missing"], counters["disorder"]), (count, 0, 0))


class Streams(Process):
    @each_way
    def test_reliable_messages_all_arrive_in_order(self, peers, uri, _):
        publisher = peers.start("publisher", endpoint=uri, reliable=1)
        publisher.expect("bound")
        subscriber = peers.start("subscriber", endpoint=uri, reliable=1)
        publisher.ask("match", 1, "matched")
        publisher.say("send", MESSAGES)
        self.assertEqual(subscriber.ask("until", MESSAGES, "at")["missing"], 0)
        self.assert_all_arrived(subscriber.ask("counters"), MESSAGES)
        self.assertEqual(publisher.ask("counters")["total"]["sent"], MESSAGES)
        publisher.close()
        subscriber.close()

    @each_way
    def test_best_effort_counts_what_it_drops_to_the_last_message(self, peers, uri, _):
        publisher = peers.start("publisher", endpoint=uri, depth=100)
        publisher.expect("bound")
        flooded = peers.start("subscriber", endpoint=uri, depth=100)
        stopped = peers.start("subscriber", endpoint=uri, depth=100)
        publisher.ask("match", 2, "matched")
        for subscriber in flooded, stopped:
            subscriber.ask("live", 1)
        stopped.pause()
        publisher.ask("send", 2 * MESSAGES, "sent")
        stopped.resume()
        for subscriber in flooded, stopped:
            subscriber.ask("known", 2 * MESSAGES)
        sent = publisher.ask("counters")
        self.assertEqual([link["sent"] for link in sent["links"]], [2 * MESSAGES] * 2)
        publisher.close()
        for subscriber in flooded, stopped:
            subscriber.ask("live", 0)
            counters = subscriber.ask("counters")
            self.assert_accounts_for(counters, 2 * MESSAGES)
            self.assertEqual(counters["disorder"], 0)
            if subscriber is stopped:
                self.assertGreater(counters["total"]["dropped"]["full"], 0)
            subscriber.close()

    def test_in_one_process_messages_and_calls_all_arrive(self):
        for scheme in [each["scheme"] for each in TRANSPORTS if not each["crosses"]]:
            for reliable in 1, 0:
                with self.subTest(transport=scheme, reliable=reliable), Peers(PEER) as peers:
                    both = peers.start("together", endpoint=endpoint(scheme), reliable=reliable, count=MESSAGES)
                    counters = both.expect("counters")
                    if reliable:
                        self.assert_all_arrived(counters, MESSAGES)
                    self.assert_accounts_for(counters, MESSAGES)
                    self.assertEqual(counters["disorder"], 0)
                    self.assertEqual(both.expect("called")["answered"], MESSAGES)
                    both.close()

    @each_way
    def test_calls_are_all_answered(self, peers, uri, _):
        server = peers.start("server", endpoint=uri)
        server.expect("bound")
        clients = [peers.start("client", endpoint=uri) for _ in range(4)]
        for client in clients:
            client.say("call", MESSAGES // 4)
        for client in clients:
            self.assertEqual(client.expect("called")["answered"], MESSAGES // 4)
            client.close()
        server.close()


class Stalls(Process):
    @each_transport
    def test_a_stopped_best_effort_reader_costs_the_others_nothing(self, peers, uri, _):
        chunk, chunks = 50, 400  # a chunk fits into any link, all of them into none
        publisher = peers.start("publisher", endpoint=uri, depth=100, size=4096)
        publisher.expect("bound")
        other, stopped = (peers.start("subscriber", endpoint=uri, depth=100) for _ in range(2))
        publisher.ask("match", 2, "matched")
        for subscriber in other, stopped:
            subscriber.ask("live", 1)
        stopped.pause()
        for number in range(1, chunks + 1):
            publisher.ask("send", chunk, "sent")
            other.ask("until", number * chunk, "at")
        self.assert_all_arrived(other.ask("counters"), chunk * chunks)
        stopped.resume()
        stopped.ask("known", chunk * chunks)
        counters = stopped.ask("counters")
        self.assert_accounts_for(counters, chunk * chunks)
        self.assertGreater(counters["total"]["dropped"]["full"], 0)
        for peer in publisher, other, stopped:
            peer.close()

    @each_transport
    def test_a_stopped_reliable_reader_is_given_up_and_begins_anew(self, peers, uri, _):
        count, more = 5000, 100
        publisher = peers.start("publisher", endpoint=uri, reliable=1, depth=100, stall_ms=300)
        publisher.expect("bound")
        other, stopped = (peers.start("subscriber", endpoint=uri, reliable=1, depth=100) for _ in range(2))
        publisher.ask("match", 2, "matched")
        for subscriber in other, stopped:
            subscriber.ask("live", 1)
        stopped.pause()
        publisher.ask("send", count, "sent")
        other.ask("until", count, "at")
        given_up = [link for link in publisher.ask("counters")["links"] if not link["live"]]
        self.assertEqual(len(given_up), 1)
        self.assertGreater(given_up[0]["dropped"]["stalled"], 0)
        stopped.resume()
        publisher.ask("match", 2, "matched")
        for subscriber in other, stopped:
            subscriber.say("known", count + more)
        publisher.ask("send", more, "sent")
        other.expect("known")
        stopped.expect("known")
        self.assert_all_arrived(other.ask("counters"), count + more)
        counters = stopped.ask("counters")
        self.assert_accounts_for(counters, count + more)
        self.assertEqual(counters["links"][-1]["delivered"], more, "what came after it had begun anew")
        for peer in publisher, other, stopped:
            peer.close()


class Kills(Process):
    @classmethod
    def tearDownClass(cls):
        """None was left out: so many points each, or, where the test is small, each role."""
        print("killed:", dict(kills.POINTS), flush=True)
        assert set(kills.POINTS) == {"publisher", "subscriber", "server", "client", "daemon"}, kills.POINTS
        assert sum(kills.POINTS.values()) >= (200 if SIZE == "full" else 0), kills.POINTS

    @each_way
    def test_others_survive_the_kill_of_subscribers(self, peers, uri, points):
        for reliable in 1, 0:
            sent, counters, received = kills.of_subscribers(peers, points, uri, ROUNDS // 2, reliable)
            self.assert_accounts_for(received, sent)
            self.assertEqual(received["disorder"], 0)
            if reliable:
                self.assert_all_arrived(received, sent)
                for link in counters["links"]:
                    if not link["live"] and link["delivered"] is not None:
                        self.assertEqual(link["sent"], link["delivered"] + link["dropped_total"], link)

    @each_way
    def test_subscribers_find_the_next_publisher_after_a_kill(self, peers, uri, points):
        for reliable in 1, 0:
            subscribers, received = kills.of_publishers(peers, points, uri, ROUNDS // 2, reliable)
            for subscriber, counters in zip(subscribers, received):
                self.assertEqual(counters["links"][-1]["sent"], kills.LAST)
                self.assertEqual(counters["disorder"], 0)
                if reliable:
                    self.assert_all_arrived(counters, counters["numbered"])
                else:
                    self.assert_accounts_for(counters, counters["total"]["sent"])
                    self.assertGreaterEqual(counters["total"]["sent"], counters["numbered"])
                    firsts = [event["first"] for event in subscriber.seen if event["event"] == "run"]
                    missed = sum(firsts) - len(firsts)
                    self.assertLessEqual(missed, counters["total"]["dropped_total"], "each publisher waited for its readers")

    @each_way
    def test_others_survive_the_kill_of_clients(self, peers, uri, points):
        survivor = kills.of_clients(peers, points, uri, ROUNDS)
        self.assertEqual([event for event in survivor.seen if event["event"] == "ended"], [])

    @each_way
    def test_clients_find_the_next_server_after_a_kill(self, peers, uri, points):
        for client in kills.of_servers(peers, points, uri, ROUNDS):
            codes = {event["code"] for event in client.seen if event["event"] == "ended"}
            self.assertLessEqual(codes, {"unavailable"}, "how calls end; at no kill need one be under way")

    @each_way
    def test_a_call_in_flight_ends_as_unavailable_when_its_server_is_killed(self, peers, uri, _):
        server = peers.start("server", endpoint=uri)
        server.expect("bound")
        server.say("hold")
        client = peers.start("client", endpoint=uri)
        client.say("call", 1)
        server.expect("holding")
        server.kill()
        self.assertEqual(client.expect("ended")["code"], "unavailable")
        client.expect("called")
        server = peers.start("server", endpoint=uri)
        self.assertEqual(client.ask("call", 1, "called")["answered"], 1)
        client.close()
        server.close()

    def test_links_survive_the_kill_of_the_daemon_and_new_ones_come_to_life(self):
        with Peers(PEER) as peers, Daemon(WEFTD) as daemon:
            sent, received = kills.of_daemons(peers, random.Random(f"{SEED} daemons"), daemon, 2 * ROUNDS)
            self.assert_all_arrived(received, sent)
        self.assertEqual(os.listdir(RUNTIME), [], "left in the runtime directory")

    @found
    def test_what_the_killed_leave_behind_is_swept_at_once(self, peers, uri, _):
        before = sorted(os.listdir(RUNTIME))
        publisher, server = (peers.start(role, endpoint=uri) for role in ("publisher", "server"))
        subscriber, client = (peers.start(role, endpoint=uri) for role in ("subscriber", "client"))
        publisher.ask("match", 1, "matched")
        client.ask("call", 1, "called")
        self.assertNotEqual(sorted(os.listdir(RUNTIME)), before, "nothing to sweep: then this test proves nothing")
        for peer in publisher, server, subscriber, client:
            peer.kill()
        peers.directory.ask("empty")
        while sorted(os.listdir(RUNTIME)) != before:  # the daemon sweeps when the process has ended, not its link
            select.select([], [], [], 0.01)

    def test_what_the_killed_leave_behind_is_swept_by_the_next_context(self):
        left = []
        for scheme in CROSSING:
            with self.subTest(transport=scheme), Peers(PEER) as peers:
                for number, role in enumerate(("publisher", "server")):
                    peer = peers.start(role, endpoint=endpoint(scheme, number))
                    peer.expect("bound")
                    peer.kill()
                left += os.listdir(RUNTIME)
                peers.start("sweep").close()
                self.assertEqual(os.listdir(RUNTIME), [])
        self.assertNotEqual(left, [], "no transport left anything: then this test proves nothing")


class WithoutRecovery(Process):
    """The tests above see what they claim to see: without reconnecting they fail."""

    @each_transport
    def test_the_kill_of_publishers_is_not_survived(self, peers, uri, points):
        peers.patience = FAULTY_PATIENCE
        with self.assertRaises(Lost):
            kills.of_publishers(peers, points, uri, 10, 1, survivors=WITHOUT_RECOVERY)
        self.sweep(peers)

    @each_transport
    def test_the_kill_of_servers_is_not_survived(self, peers, uri, points):
        peers.patience = FAULTY_PATIENCE
        with self.assertRaises(Lost):
            kills.of_servers(peers, points, uri, 10, survivors=WITHOUT_RECOVERY)
        self.sweep(peers)

    @staticmethod
    def sweep(peers):
        """Ends what the scenario left running when it failed, and removes what that left."""
        peers.__exit__()
        peers.start("sweep").close()


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    unittest.main(argv=sys.argv[:1], verbosity=2)
