"""Queues between separate processes: every item accounted for, one by one, whoever is killed meanwhile.

usage: test_queues.py PEER WEFTD full|small [unittest arguments]

WEFT_TEST_SEED chooses the points of the kills; the seed is printed.
"""
import collections
import os
import random
import re
import resource
import select
import struct
import sys
import unittest

import msgpack
import zmq

import kills
from peers import Daemon, Lost, Peers
from ways import PEER, RUNTIME, SEED, SIZE, WEFTD, each_way, each_zmq_transport, endpoint, found

ROUNDS, OUTAGES, POISONS, FLOODS, CROWD = (30, 10, 3, 20, 1000) if SIZE == "full" else (10, 4, 1, 5, 200)
DEPTH, ATTEMPTS = 64, 5
IN_ADVANCE = 2  # items, to a worker of which nothing is known
FOREVER = 10**9
# Bytes by which a process may grow for reasons of its own; a sanitizer keeps 256 MiB of what was freed.
SPARE = 32 << 20 if SIZE == "full" else 288 << 20
MOST_DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

Done = collections.namedtuple("Done", "run number key attempt")


class Journal:
    """What the workers have done, in its order: each appends a line before it acknowledges. A file without a name."""

    def __init__(self):
        self.file = os.memfd_create("journal")
        self.path = f"/proc/{os.getpid()}/fd/{self.file}"

    def entries(self):
        size = os.fstat(self.file).st_size
        lines = os.pread(self.file, size, 0).decode().splitlines()
        return [Done(int(run), int(number), key, int(attempt))
                for run, number, key, attempt in map(str.split, lines)]


def memory_of(peer):
    """In bytes."""
    with open(f"/proc/{peer.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s*(\d+) kB", file.read())[1]) * 1024


def descriptors_of(peer):
    return len(os.listdir(f"/proc/{peer.process.pid}/fd"))


def key_of(number, keys=4):
    return f"k{number % keys}" if keys and number % 3 == 0 else "-"


class Line:
    """Producers and workers of one queue; each worker has its place, where another follows it when it ends."""

    def __init__(self, peers, uri, random, producers=3, workers=4, refuse=0, depth=DEPTH, lives=200, **options):
        self.peers, self.random, self.refuse, self.depth, self.lives = peers, random, refuse, depth, lives
        scheme = uri.partition(":")[0]
        self.places = [uri if place == 0 or scheme == "found" else endpoint(scheme, place) for place in range(workers)]
        self.where = uri if scheme == "found" else ",".join(self.places)
        self.journal = Journal()
        self.workers = []
        for place in range(workers):
            self.workers.append(self.new_worker(place))
        self.runs, self.options = 0, options
        self.producers = [self.new_producer() for _ in range(producers)]
        self.ended = []

    def new_worker(self, place):
        worker = self.peers.start("worker", endpoint=self.places[place], journal=self.journal.path, depth=self.depth,
                                  refuse=self.refuse, seed=self.random.randrange(10**6))
        self.bound = worker.expect("bound")["endpoint"]
        return worker

    def new_producer(self):
        self.runs += 1
        return self.peers.start("producer", endpoint=self.where, run=self.runs, depth=self.depth, **self.options)

    def replace(self, place):
        self.workers[place] = self.new_worker(place)

    def renew(self):
        """New workers in all places. How many of the old had died: their producers may know it before we do."""
        died = 0
        for place, worker in enumerate(self.workers):
            worker.process.terminate()
            died += worker.process.wait(worker.patience) != 0
            worker.kill()
            self.replace(place)
        return died

    def one_at_work(self):
        """The place of a worker that has found somebody."""
        place = self.random.randrange(len(self.workers))
        self.work_for_a_while(place)
        return place

    def work_for_a_while(self, place):
        self.workers[place].ask("at", self.random.randint(1, self.lives))

    def lose_a_worker(self, place=None):
        """One of them, anywhere in its work or in its infancy, by SIGKILL or SIGTERM."""
        if place is None:
            place = self.random.randrange(len(self.workers))
        worker = self.workers[place]
        if self.random.random() < 0.2:
            self.work_for_a_while(place)
            worker.terminate()
        else:
            kills.at_a_random_point(self.peers, self.random, worker, lambda: self.work_for_a_while(place))
        self.replace(place)

    def lose_a_producer(self):
        """One more, that is killed."""
        producer = self.new_producer()

        def work():
            producer.ask("match", 1, "matched")
            producer.say("push", FOREVER)
            self.one_at_work()
        kills.at_a_random_point(self.peers, self.random, producer, work)

    def finish(self):
        """What each producer has pushed, and what its items came to."""
        pushed = {}
        for producer in self.producers:
            pushed[producer] = producer.ask("stop", event="pushed")["number"]
        counters = {producer: producer.ask("open", 0) for producer in self.producers}
        for worker in self.workers:
            worker.terminate()
        for producer in self.producers:
            producer.close()
        return pushed, counters


class Queues(unittest.TestCase):
    def assert_accounted_for(self, line, deadly=0, keys=4):
        pushed, counters = line.finish()
        entries = line.journal.entries()
        done = collections.defaultdict(list)
        for entry in entries:
            self.assertEqual(entry.key, key_of(entry.number, keys), "no item but those that were pushed")
            done[entry.run].append(entry)
        for run, producer in enumerate(line.producers, 1):
            numbers = {entry.number for entry in done[run]}
            dead = set(range(deadly, pushed[producer] + 1, deadly)) if deadly else set()
            self.assertEqual(numbers, set(range(1, pushed[producer] + 1)) - dead, "each was done, and nothing else")
            each = counters[producer]
            self.assertEqual((each["pushed"], each["done"], each["dead"], each["lost"]),
                             (pushed[producer], len(numbers), len(dead), 0))
        for run, entries in done.items():
            self.assert_in_order(entries)
        again = sum(each["redelivered"] for each in counters.values())
        print(f"done: {len(line.journal.entries())} of {sum(pushed.values())}, given again: {again}", flush=True)
        return counters

    def assert_in_order(self, entries):
        """Each key's items, as they were done first."""
        last = {}
        seen = set()
        for entry in entries:
            if entry.key == "-" or entry.number in seen:
                continue
            seen.add(entry.number)
            self.assertGreater(entry.number, last.get(entry.key, 0), entry)
            last[entry.key] = entry.number


class Stalls(Queues):
    @each_way
    def test_a_producer_whose_workers_are_stopped_waits_and_does_not_grow(self, peers, uri, points):
        line = Line(peers, uri, points, producers=1, workers=1, size=65536)
        (producer,), (worker,) = line.producers, line.workers
        producer.ask("match", 1, "matched")
        worker.pause()
        producer.say("push", DEPTH)
        producer.ask("open", DEPTH)
        before = memory_of(producer)
        full = producer.ask("overfill", 2000, "full")
        self.assertEqual((full["pushed"], full["done"]), (DEPTH, 0))
        self.assertRegex(full["message"], f"process/jobs: no room in time; {DEPTH} items are not done")
        self.assertLess(memory_of(producer), before + 2000 * 65536 / 8)
        worker.resume()
        producer.say("push", 1000)
        producer.ask("open", 0)
        self.assert_accounted_for(line)

    @each_way
    def test_a_stopped_worker_keeps_from_the_others_only_what_it_was_given_in_advance(self, peers, uri, points):
        line = Line(peers, uri, points, producers=1, workers=2, keys=0)
        producer, stopped = line.producers[0], line.workers[0]
        producer.ask("match", 2, "matched")
        stopped.pause()
        producer.say("push", 5000)
        counters = producer.ask("open", IN_ADVANCE)
        self.assertEqual(counters["done"], 5000 - IN_ADVANCE, "neither less nor more was with it")
        self.assertEqual(len(line.journal.entries()), 5000 - IN_ADVANCE)
        stopped.resume()
        counters = self.assert_accounted_for(line, keys=0)
        self.assertEqual(counters[producer]["redelivered"], 0)


class Kills(Queues):
    @each_way
    def test_every_item_is_done_whoever_of_the_workers_is_killed_and_none_is_blamed(self, peers, uri, points):
        line = Line(peers, uri, points, refuse=5)
        self.lose_many(line)

    @each_way
    def test_the_same_where_items_travel_together_to_workers_with_much_to_do(self, peers, uri, points):
        line = Line(peers, uri, points, depth=4096, lives=8_000, keys=0)
        self.lose_many(line, keys=0)

    def lose_many(self, line, **options):
        for producer in line.producers:
            producer.say("push", FOREVER)
        for turn in range(ROUNDS):
            line.lose_a_worker()
            if turn % 5 == 0:
                line.lose_a_producer()
        self.assert_accounted_for(line, **options)
        self.assertGreater(kills.POINTS["worker"], ATTEMPTS)

    def test_a_killed_daemon_costs_no_item(self):
        with Peers(PEER) as peers, Daemon(WEFTD) as daemon:
            line = Line(peers, "found", random.Random(f"{SEED} daemons"))
            for producer in line.producers:
                producer.say("push", FOREVER)
            for _ in range(OUTAGES):
                place = line.one_at_work()
                daemon.kill()
                line.lose_a_worker(place)
                daemon.start()
                line.lose_a_worker()
            self.assert_accounted_for(line)
        self.assertEqual(os.listdir(RUNTIME), [], "left in the runtime directory")

    @each_way
    def test_an_item_that_kills_its_workers_is_dead_and_no_other(self, peers, uri, points):
        line = Line(peers, uri, points, workers=2, deadly=50)
        mourner = peers.start("mourner", endpoint=uri, depth=DEPTH)
        if uri == "found":
            mourner.ask("match", len(line.producers), "matched")
        for producer in line.producers:
            producer.say("push", 50 * POISONS)
            producer.say("open", 0)
        deaths = self.revive(line)
        poisons = POISONS * len(line.producers)
        self.assertGreaterEqual(deaths, poisons * ATTEMPTS)
        self.assertLessEqual(deaths, poisons * (ATTEMPTS + 1))
        if uri == "found":
            mourned = [mourner.expect("dead") for _ in range(poisons)]
            self.assertEqual(sorted((each["run"], each["number"]) for each in mourned),
                             [(run, 50 * n) for run in (1, 2, 3) for n in range(1, POISONS + 1)])
        mourner.close()
        self.assert_accounted_for(line, deadly=50)

    @staticmethod
    def revive(line):
        """Puts another worker where one has died, until the producers say that all is done. How many have died."""
        deaths = 0
        waiting = {producer.process.stdout: producer for producer in line.producers}
        while waiting:
            workers = {worker.process.stdout: place for place, worker in enumerate(line.workers)}
            ready, _, _ = select.select([*waiting, *workers], [], [], line.producers[0].patience)
            if not ready:
                raise Lost(f"after {deaths} deaths of workers {len(waiting)} producers have items that are not done")
            for stdout in ready:
                if stdout in waiting:
                    waiting.pop(stdout).expect("open")
                else:
                    line.workers[workers[stdout]].kill()
                    line.replace(workers[stdout])
                    deaths += 1
        return deaths + line.renew()


ANNOUNCEMENT = msgpack.packb(["process/jobs", "", "", True, 64])  # of any type


def frame(kind, sequence, payload, context=0, fingerprint=0):
    port = 1 if context else 0
    return struct.pack("<2sBBHHQQIIQq", b"WF", 1, kind, 0, 48, fingerprint, context, port, 0, sequence, 0) + payload


def junk(random, context):
    """What no producer says: parts of one message."""
    kind = random.randrange(256)
    receipt = msgpack.packb([[1], [[2, -1]], [random.randrange(4), 2**64 - 1]])
    payload = random.choice([b"", b"\xc1", receipt, random.randbytes(random.randrange(300)), b"\xdd\xff\xff\xff\xff"])
    whole = frame(random.choice([1, 2, 3, 6, 7, 7, kind]), random.randrange(3), payload,
                  random.choice([0, context, context + 1]), random.choice([0, 4711]))
    return random.choice([[b"", whole], [whole], [b"", random.randbytes(random.randrange(100))], [b""] * 3,
                          [whole[:random.randrange(60)]]])


class Hostile(Queues):
    """By bare sockets of libzmq, over what it speaks."""

    def setUp(self):
        self.context = zmq.Context(io_threads=1)
        self.context.set(zmq.MAX_SOCKETS, 2 * CROWD)
        self.addCleanup(self.context.destroy, 0)

    def socket(self, line):
        socket = self.context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RCVTIMEO, 60_000)
        socket.connect(line.bound)
        return socket

    @staticmethod
    def wait_for_descriptors(peer, count):
        while descriptors_of(peer) > count:  # the sandbox's watchdog ends a wait in vain
            select.select([], [], [], 0.01)

    @each_zmq_transport
    def test_a_flood_of_junk_holds_nobody_up_and_leaves_nothing(self, peers, uri, points):
        line = Line(peers, uri, points, producers=2, workers=1)
        worker = line.workers[0]
        for producer in line.producers:
            producer.ask("match", 1, "matched")
            producer.say("push", FOREVER)
        worker.ask("at", 1000)
        descriptors, memory = descriptors_of(worker), memory_of(worker)
        for turn in range(FLOODS):
            with self.socket(line) as socket:
                if turn % 2:
                    socket.send_multipart([b"", frame(4, 1, ANNOUNCEMENT, turn)])
                for _ in range(1000):
                    socket.send_multipart(junk(points, turn))
                worker.ask("at", 1000)
        self.wait_for_descriptors(worker, descriptors)
        self.assertLess(memory_of(worker), memory + SPARE)
        self.assert_accounted_for(line)

    @each_zmq_transport
    def test_a_crowd_of_one_item_each_is_served_and_leaves_nothing(self, peers, uri, points):
        line = Line(peers, uri, points, producers=1, workers=1)
        producer, worker = line.producers[0], line.workers[0]
        producer.ask("match", 1, "matched")
        producer.say("push", FOREVER)
        worker.ask("at", 1000)
        descriptors, memory = descriptors_of(worker), 0
        for turn in range(1, 4):
            crowd = [self.socket(line) for _ in range(CROWD)]
            for number, socket in enumerate(crowd):
                payload = msgpack.packb([turn * CROWD + number, 1, "", False, b""])
                socket.send_multipart([b"", frame(1, 7, payload)])
            worker.ask("at", 1000)
            if turn == 2:  # these do not wait for what they are told
                self.context.destroy(0)
                self.setUp()
            else:
                for socket in crowd:
                    receipt = socket.recv_multipart()[1]
                    self.assertEqual(msgpack.unpackb(receipt[48:]), [[7], [], []])
                    socket.close()
            self.wait_for_descriptors(worker, descriptors)
            memory = memory or memory_of(worker)
        self.assertLess(memory_of(worker), memory + SPARE)
        self.assert_accounted_for(line)


    @each_zmq_transport
    def test_who_offers_an_item_and_does_not_give_it_holds_up_other_offers_for_a_while_only(self, peers, uri, points):
        line = Line(peers, uri, points, producers=0, workers=1)
        job = msgpack.packb([9, 1, "", False, b""])
        with self.introduced(line, context=1) as silent, self.introduced(line, context=2) as other:
            self.offer(silent, 7, context=1)
            self.assertEqual(self.receipt(silent), [[], [], [7]], "it is asked for it")
            self.offer(other, 8, context=2)
            self.assertEqual(self.receipt(other), [[], [], [8]])
            for socket, sequence, context in (other, 8, 2), (silent, 7, 1):
                socket.send(frame(1, sequence, job, context))
                self.assertEqual(self.receipt(socket), [[sequence], [], []])
        self.assertEqual(len(line.journal.entries()), 2)
        line.workers[0].terminate()

    def introduced(self, line, context):
        socket = self.socket(line)
        socket.send_multipart([b"", frame(4, 1, ANNOUNCEMENT, context)])
        self.assertEqual(socket.recv()[3], 4)
        return socket

    @staticmethod
    def offer(socket, sequence, context):
        socket.send(frame(7, 0, msgpack.packb([[], [], [sequence]]), context))

    @staticmethod
    def receipt(socket):
        return msgpack.unpackb(socket.recv()[48:])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, MOST_DESCRIPTORS))
    print(f"seed {SEED}", flush=True)
    unittest.main(argv=["test_queues.py", *sys.argv[4:]], verbosity=2)
