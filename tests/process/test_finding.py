"""Separate processes that find each other through the daemon, with nothing configured: counted.

usage: test_finding.py PEER WEFTD full|small

WEFT_TEST_SEED chooses when the daemon is killed; the seed is printed.

A port that is matched over ipc takes seven descriptors: a thousand take more than many a soft limit.
"""
import os
import random
import re
import resource
import sys
import unittest

import kills
from peers import Daemon, Peers
from ways import PEER, RUNTIME, SEED, SIZE, WEFTD

FIRSTS, TOPICS, OUTAGES = (1000, 1000, 20) if SIZE == "full" else (100, 200, 5)
MOST_DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


class Finding(unittest.TestCase):
    def tearDown(self):
        self.assertEqual(os.listdir(RUNTIME), [], "left in the runtime directory")

    def first_messages(self, lots, topics):
        """How many came: two processes have a side each of so many topics at once, and of others in the next lot. Both
        wait until they are matched; now the one, now the other is told to first."""
        with Peers(PEER) as peers, Daemon(WEFTD):
            sides = [peers.start("exchange", side=side, topics=topics, endpoint="found", reliable=1)
                     for side in ("publisher", "subscriber")]
            counts = {"sent": 0, "received": 0}
            for lot in range(lots):
                for side in sides:
                    side.say("exchange", lot)
                for side in sides:
                    for name, count in side.expect("exchanged").items():
                        if name in counts:
                            counts[name] += count
                sides.reverse()
            for side in sides:
                side.close()
        print(f"first messages, {topics} at once: {counts}", flush=True)
        return counts

    def costs(self, topics):
        """What each side of so many idle matched topics takes: KiB, descriptors."""
        with Peers(PEER) as peers, Daemon(WEFTD):
            sides = [peers.start("exchange", side=side, topics=topics, endpoint="found", reliable=1)
                     for side in ("publisher", "subscriber")]
            for side in sides:
                side.say("match", 0)
            for side in sides:
                side.expect("matched")
            costs = []
            for side in sides:
                place = f"/proc/{side.process.pid}"
                with open(f"{place}/smaps_rollup", encoding="ascii") as file:
                    costs.append(int(re.search(r"^Pss: +(\d+) kB", file.read(), re.M).group(1)))
                costs.append(len(os.listdir(f"{place}/fd")))
            for side in sides:
                side.close()
        return costs

    def test_an_idle_matched_topic_takes_little_memory_and_few_descriptors(self):
        few, many = self.costs(10), self.costs(TOPICS)
        each = [(more - less) / (TOPICS - 10) for less, more in zip(few, many)]
        print("an idle matched topic: publisher {:.1f} KiB, {:.2f} descriptors; subscriber {:.1f} KiB, {:.2f}".format(*each),
              flush=True)
        self.assertLess(each[1], 6.5)
        self.assertLess(each[3], 5.5)
        if SIZE == "full":  # sanitizers take memory of their own
            self.assertLess(each[0], 64)
            self.assertLess(each[2], 16)

    def test_the_first_message_after_both_have_waited_is_received_each_of_a_thousand_times(self):
        self.assertEqual(self.first_messages(FIRSTS, 1), {"sent": FIRSTS, "received": FIRSTS})

    def test_a_thousand_topics_are_announced_and_found_and_carry_their_first_messages(self):
        self.assertEqual(self.first_messages(1, TOPICS), {"sent": TOPICS, "received": TOPICS})

    def test_a_daemon_killed_under_traffic_costs_no_message_and_newcomers_come_to_life(self):
        with Peers(PEER) as peers, Daemon(WEFTD) as daemon:
            points = random.Random(f"{SEED} traffic")
            sent, received, late = kills.of_daemons_under_traffic(peers, points, daemon, OUTAGES)
        print(f"{OUTAGES} outages: {sum(sent.values())} messages of {len(sent)} publishers", flush=True)
        self.assertEqual(kills.POINTS["daemon"], OUTAGES)
        for counters in received:
            self.assertEqual(counters["runs"], sent)
        for counters in received + late:
            self.assertEqual((counters["missing"], counters["disorder"]), (0, 0))
            self.assertEqual(counters["total"]["dropped_total"], 0)
        for run, counters in enumerate(late, 101):
            self.assertEqual(counters["runs"][str(run)], kills.LAST)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, MOST_DESCRIPTORS))
    print(f"seed {SEED}", flush=True)
    unittest.main(argv=sys.argv[:1], verbosity=2)
