"""Processes that die, or stand still, at each numbered step of what they do in shared memory (lib/transport/shm/step.hpp):
what the others get is whole, in order and complete, they go on, and nothing is left behind.

usage: test_steps.py PEER WEFTD full|small STEPS

STEPS is PEER, but it stops itself where WEFT_STOP_AT says. At the how manieth time is chosen by WEFT_TEST_SEED.
"""
import os
import random
import signal
import sys
import unittest

from peers import Peers
from ways import PEER, SEED, SIZE, left_behind

STEPS = sys.argv[4]
URI = "shm://steps"
LONG = {"size": 4096}
SLOWLY = {"pace_us": 100}

# What a publisher does so that it comes to a step, and how often it comes there for certain.
OF_WRITERS = {
    "reclaimed": ({}, 3), "record_copied": ({}, 50), "record_named": ({}, 50), "record_written": ({}, 50),
    "sleeper_forgiven": (SLOWLY, 3), "bell_changed": (SLOWLY, 3), "ring_shown": ({"depth": 1000}, 1),
    "ring_named": ({"depth": 1000}, 1), "slots_shown": (LONG, 1), "slot_claimed": (LONG, 5), "slot_sent": (LONG, 50),
    "writer_sleeps": ({}, 2), "welcomed": ({}, 1)}
# The same of subscribers, with what the publisher that they read from does.
OF_READERS = {
    "record_read": ({}, 50), "slot_held": (LONG, 50), "slot_read": (LONG, 50), "slot_dropped": (LONG, 50),
    "position_told": ({}, 20), "taken_told": ({}, 20), "writer_forgiven": ({}, 1), "reader_sleeps": (SLOWLY, 3),
    "reader_polls": (SLOWLY, 3), "greeted": ({}, 1), "attached": ({}, 1)}
RELIABLE = {"endpoint": URI, "reliable": 1, "stall_ms": 300, "sleeps": 1}


def stopped_at(peers, step, most, role, **options):
    """One that will stop there."""
    os.environ["WEFT_STOP_AT"] = f"{step}:{random.Random(f'{SEED} {step}').randint(1, most)}"
    try:
        return peers.start(role, program=STEPS, **options)
    finally:
        del os.environ["WEFT_STOP_AT"]


def wait_stopped(peer):
    """The sandbox's watchdog ends a wait in vain."""
    status = os.waitid(os.P_PID, peer.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    if status.si_code != os.CLD_STOPPED or status.si_status != signal.SIGSTOP:
        raise AssertionError(f"it did not stop, but ended: {status}")


class Steps(unittest.TestCase):
    def each(self, steps, test):
        for step, (options, most) in steps.items():
            with self.subTest(step=step):
                with Peers(PEER) as peers:
                    test(peers, step, most, {**RELIABLE, "depth": 16, **options})
                self.assertEqual(left_behind(), [], "left in the runtime directory")
            

    def assert_whole(self, counters):
        self.assertEqual((counters["torn"], counters["disorder"]), (0, 0), counters)

    def subscriber(self, peers, options, **more):
        return peers.start("subscriber", **{**options, **more, "pace_us": 0, "whole": 100})

    # ---- writers ------------------------------------------------------------------------------------------------------

    def writer(self, peers, step, most, options):
        """A publisher that has stopped there, while two read."""
        publisher = stopped_at(peers, step, most, "publisher", run=1, **options)
        publisher.expect("bound")
        # Who sleeps on a futex is woken by it, who polls by a datagram.
        readers = [self.subscriber(peers, options, waits=waits) for waits in (1, 0)]
        publisher.say("match", 2)
        if step != "welcomed":
            publisher.expect("matched")
        if "ring" in step:  # it grows where readers lag
            for reader in readers:
                reader.pause()
        publisher.say("send", 10**9)
        wait_stopped(publisher)
        if "ring" in step:
            for reader in readers:
                reader.resume()
        return publisher, readers

    def killed_writer(self, peers, step, most, options):
        publisher, readers = self.writer(peers, step, most, options)
        publisher.kill()
        for reader in readers:
            reader.ask("live", 0)
        following = peers.start("publisher", run=2, **options)
        following.expect("bound")
        following.ask("match", 2, "matched")
        for reader in readers:
            reader.say("whole", 2)
        following.ask("send", 100, "sent")
        for reader in readers:
            reader.expect("whole")
            counters = reader.ask("counters")
            self.assert_whole(counters)
            self.assertEqual(counters["missing"], 0, "a reliable reader misses nothing of what there was")
            self.assertEqual(counters["runs"]["2"], 100)
            reader.close()
        following.close()

    def halted_writer(self, peers, step, most, options):
        publisher, readers = self.writer(peers, step, most, options)
        for reader in readers:
            self.assert_whole(reader.ask("counters"))  # they are there, and wait
        publisher.resume()
        if step == "welcomed":
            publisher.expect("matched")
        sent = publisher.ask("stop", event="sent")["number"]
        for reader in readers:
            reader.ask("known", sent)
            counters = reader.ask("counters")
            self.assert_whole(counters)
            reader.close()
        publisher.close()

    def test_a_writer_dies_at_each_step(self):
        self.each(OF_WRITERS, self.killed_writer)

    def test_a_writer_stands_still_at_each_step(self):
        self.each(OF_WRITERS, self.halted_writer)

    # ---- readers ------------------------------------------------------------------------------------------------------

    def reader(self, peers, step, most, options):
        """A publisher that sends, one that reads, and one that has stopped there."""
        publisher = peers.start("publisher", run=1, **options)
        publisher.expect("bound")
        other = self.subscriber(peers, options)
        publisher.ask("match", 1, "matched")
        publisher.say("send", 10**9)
        victim = stopped_at(peers, step, most, "subscriber",
                            **{**options, "pace_us": 0, "waits": 1 if step == "reader_sleeps" else 0})
        wait_stopped(victim)
        return publisher, other, victim

    def goes_on(self, publisher, other):
        """It does, with the other: what is sent from now on arrives."""
        other.ask("at", 500)
        sent = publisher.ask("stop", event="sent")["number"]
        other.ask("until", sent, "at")
        counters = other.ask("counters")
        self.assert_whole(counters)
        self.assertEqual((counters["received"], counters["missing"]), (sent, 0))

    def killed_reader(self, peers, step, most, options):
        publisher, other, victim = self.reader(peers, step, most, options)
        victim.kill()
        self.goes_on(publisher, other)
        for link in publisher.ask("counters")["links"]:
            if link["delivered"] is not None:
                self.assertLessEqual(link["delivered"] + link["dropped_total"], link["sent"], link)
        other.close()
        publisher.close()

    def halted_reader(self, peers, step, most, options):
        publisher, other, victim = self.reader(peers, step, most, options)
        self.goes_on(publisher, other)  # after `stall`
        victim.resume()
        publisher.ask("match", 2, "matched")
        victim.say("at", 100)
        victim.ask("live", 1)  # and so it has heard that
        publisher.ask("send", 100, "sent")
        victim.expect("at")
        counters = victim.ask("counters")
        self.assert_whole(counters)
        for peer in other, victim, publisher:
            peer.close()

    def test_a_reader_dies_at_each_step(self):
        self.each(OF_READERS, self.killed_reader)

    def test_a_reader_stands_still_at_each_step(self):
        self.each(OF_READERS, self.halted_reader)

    def test_each_step_is_there(self):
        names = set(OF_WRITERS) | set(OF_READERS)
        with Peers(STEPS) as peers:
            self.assertEqual(set(peers.start("steps").expect("steps")["list"]), names)


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    unittest.main(argv=sys.argv[:1], verbosity=2)
