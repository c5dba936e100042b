"""kill -9 at random points: one scenario for each role that is killed, told by a seed.

In each, `rounds` victims die one after the other while the others go on; each victim does what is asked of it first,
so that a recovery that fails shows in the next round at the latest. Who was found by the daemon is withdrawn by it.
"""
import collections

PACE_US = 100
LAST = 100  # messages of the last publisher, which is not killed
POINTS = collections.Counter()  # kills so far, by role


def at_a_random_point(peers, random, victim, work):
    """Kills it anywhere between its birth and some moment after `work` has begun.

    The random time synchronises nothing: whatever the victim has come to by then, what follows must hold.
    """
    begun = random.random() < 0.8
    if begun:
        work()
    victim.wait_readable(random.uniform(0, 0.003 if begun else 0.02))
    victim.kill()
    POINTS[victim.role] += 1
    if peers.directory:
        peers.directory.ask("gone", victim.process.pid)


def of_subscribers(peers, random, endpoint, rounds, reliable):
    publisher = peers.start("publisher", endpoint=endpoint, reliable=reliable, depth=64, pace_us=PACE_US)
    publisher.expect("bound")
    survivor = peers.start("subscriber", endpoint=endpoint, reliable=reliable, depth=64)
    publisher.ask("match", 1, "matched")
    publisher.say("send", 10**9)
    for _ in range(rounds):
        victim = peers.start("subscriber", endpoint=endpoint, reliable=reliable, depth=64)
        at_a_random_point(peers, random, victim, lambda peer=victim: peer.ask("at", random.randint(1, 400)))
        survivor.ask("at", 50)
    sent = publisher.ask("stop", event="sent")["number"]
    survivor.ask("known", sent)
    counters = publisher.ask("counters")
    publisher.close()
    survivor.ask("live", 0)
    received = survivor.ask("counters")
    survivor.close()
    return sent, counters, received


def of_publishers(peers, random, endpoint, rounds, reliable, survivors=None):
    options = {"endpoint": endpoint, "reliable": reliable, "depth": 64}
    subscribers = [peers.start("subscriber", program=survivors or peers.program, **options) for _ in range(2)]
    for run in range(1, rounds + 1):
        victim = peers.start("publisher", run=run, pace_us=PACE_US, **options)

        def work(peer=victim):
            peer.expect("bound")
            peer.ask("match", 2, "matched")
            peer.say("send", 10**9)
            for subscriber in subscribers:
                subscriber.ask("at", random.randint(1, 300))

        at_a_random_point(peers, random, victim, work)
        for subscriber in subscribers:
            subscriber.ask("live", 0)
    last = peers.start("publisher", run=rounds + 1, **options)
    last.expect("bound")
    last.ask("match", 2, "matched")
    last.ask("send", LAST, "sent")
    last.close()
    received = []
    for subscriber in subscribers:
        subscriber.ask("live", 0)
        received.append(subscriber.ask("counters"))
        subscriber.close()
    return subscribers, received


def of_clients(peers, random, endpoint, rounds):
    server = peers.start("server", endpoint=endpoint)
    server.expect("bound")
    survivor = peers.start("client", endpoint=endpoint, pace_us=PACE_US)
    survivor.ask("match", 0, "matched")
    survivor.say("call", 10**9)
    for _ in range(rounds):
        victim = peers.start("client", endpoint=endpoint)

        def work(peer=victim):
            peer.say("at", random.randint(1, 200))
            peer.say("call", 10**9)
            peer.expect("at")

        at_a_random_point(peers, random, victim, work)
        survivor.ask("at", 20)
    survivor.close()
    server.close()
    return survivor


def of_servers(peers, random, endpoint, rounds, survivors=None):
    clients = [peers.start("client", program=survivors or peers.program, endpoint=endpoint) for _ in range(2)]
    for client in clients:
        client.say("call", 10**9)
    for _ in range(rounds):
        victim = peers.start("server", endpoint=endpoint)

        def work(peer=victim):
            peer.expect("bound")
            for client in clients:
                client.ask("at", random.randint(1, 200))

        at_a_random_point(peers, random, victim, work)
    last = peers.start("server", endpoint=endpoint)
    for client in clients:
        client.ask("at", 100)
        client.close()
    last.close()
    return clients


def of_daemons(peers, random, daemon, rounds):
    """Anywhere between a newcomer's birth and its first messages. Who is linked goes on; the newcomer begins when there
    is a daemon again, if it has not before."""
    publisher = peers.start("publisher", endpoint="found", reliable=1, depth=64, pace_us=PACE_US)
    survivor = peers.start("subscriber", endpoint="found", reliable=1, depth=64)
    publisher.ask("match", 1, "matched")
    publisher.say("send", 10**9)
    for _ in range(rounds):
        newcomer = peers.start("subscriber", endpoint="found", reliable=1, depth=64)
        newcomer.wait_readable(random.uniform(0, 0.03))
        daemon.kill()
        POINTS["daemon"] += 1
        survivor.ask("at", 50)
        daemon.start()
        newcomer.ask("at", 10)
        newcomer.close()
    sent = publisher.ask("stop", event="sent")["number"]
    survivor.ask("known", sent)
    publisher.close()
    survivor.ask("live", 0)
    received = survivor.ask("counters")
    survivor.close()
    return sent, received


def of_daemons_under_traffic(peers, random, daemon, rounds):
    """Again and again, while several publishers send as fast as they can. In each outage come a publisher and a
    subscriber, who meet each other and everybody else when there is a daemon again. How many messages each run had, and
    what the survivors and the latecomers counted."""
    options = {"endpoint": "found", "reliable": 1, "depth": 64}
    publishers = [peers.start("publisher", run=run, **options) for run in range(1, 4)]
    survivors = [peers.start("subscriber", whole=LAST, **options) for _ in range(2)]
    for publisher in publishers:
        publisher.ask("match", len(survivors), "matched")
    for publisher in publishers:
        publisher.say("send", 10**9)
    late, sent = [], {}
    for run in range(101, 101 + rounds):
        for survivor in survivors:
            survivor.ask("at", random.randint(1, 5000))
        daemon.kill()
        POINTS["daemon"] += 1
        publisher = peers.start("publisher", run=run, **options)
        subscriber = peers.start("subscriber", whole=LAST, **options)
        publisher.expect("bound")
        for survivor in survivors:
            survivor.ask("at", 5000)
        daemon.start()
        publisher.ask("match", len(survivors) + 1, "matched")
        sent[str(run)] = publisher.ask("send", LAST, "sent")["number"]
        for reader in [*survivors, subscriber]:
            reader.ask("whole", run)
        subscriber.ask("live", len(publishers) + 1)
        late.append(subscriber.ask("counters"))
        publisher.close()
        subscriber.close()
    for run, publisher in enumerate(publishers, 1):
        sent[str(run)] = publisher.ask("stop", event="sent")["number"]
    received = []
    for survivor in survivors:
        survivor.ask("known", sum(sent.values()))
        received.append(survivor.ask("counters"))
    for peer in [*publishers, *survivors]:
        peer.close()
    return sent, received, late
