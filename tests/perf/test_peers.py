"""Adapters of other middleware, and what they leave when they are killed: test_peers.py WEFT_PERF ADAPTER..."""
import fcntl
import glob
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from tool import PATIENCE, Tool

WEFT_PERF, *ADAPTERS = sys.argv[1:]
PEERS = {os.path.basename(path).removeprefix("weft-perf-") for path in ADAPTERS} - {"weft", "zmq", "twin"}
ONCE = ("--rounds", "1", "--seconds", "0.05", "--json")
weft_perf = Tool(WEFT_PERF)


def obstacle():
    """Why nothing can be measured here; empty: it can."""
    if not PEERS:
        return "other middleware is not installed (./dev peers)"
    for peer in PEERS:
        run = weft_perf("rpc", "-p", peer, "-b", "64", "-w", "1", *ONCE)
        if "not fit to be measured" in run.stderr or "another RouDi" in run.stderr:
            return run.stderr.strip()
    return ""


def has(peer):
    return unittest.skipUnless(peer in PEERS, f"{peer} is not here")


def command(pid):
    """[program, verb, tasks, ""]; something else, if it does not run yet, or no more."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            return file.read().split("\0")
    except OSError:
        return []


class Run:
    """weft-perf, from when both of iceoryx's processes are known to RouDi; until the test ends, if not before."""

    def __init__(self, test):
        self.process = subprocess.Popen([WEFT_PERF, "throughput", "-p", "iceoryx", "-b", "64", "--rounds", "1", "--seconds",
                                         "1000", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        test.addCleanup(self.stop)
        while len(self.parts("perform")) < 2 and self.process.poll() is None:
            pass
        self.directory = json.loads(command(self.parts("perform")[0])[2])[0]["channel"]["directory"]
        while not all(os.path.exists(self.name_of(part)) for part in self.parts("perform")):
            pass  # the sandbox's watchdog ends a wait in vain

    def stop(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    def parts(self, verb):
        """Its processes of that verb."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="utf-8") as file:
            return [int(pid) for pid in file.read().split() if command(pid)[1:2] == [verb]]

    def name_of(self, pid):
        """Where iceoryx has the socket of a process, whatever TMPDIR is."""
        return f"/tmp/{os.path.basename(self.directory)}-{pid}"

    def end(self):
        """(exit code, report)"""
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, json.loads(output or "null")

    def left(self):
        return glob.glob(self.name_of("*")) + [path for path in [self.directory] if os.path.exists(path)]


class Works(unittest.TestCase):
    def report(self, *arguments):
        run = weft_perf(*arguments, *ONCE)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        return json.loads(run.stdout)

    def test_each_call_is_answered_with_its_own_bytes(self):
        for peer in sorted(PEERS):
            with self.subTest(peer):
                report = self.report("rpc", "-p", peer, "-b", "0,64K,16M", "-w", "1,16")
                self.assertGreaterEqual(len(report["cells"]), 6)

    def test_what_a_peer_has_not_is_skipped_with_a_line(self):
        for peer in sorted(PEERS):
            with self.subTest(peer):
                report = self.report("pipeline", "-p", peer)
                self.assertEqual((report["cells"], report["skipped"]), ([], [f"{peer} has no queues"]))

    @has("iceoryx")
    def test_each_message_arrives_whole(self):
        report = self.report("fanout", "-p", "iceoryx", "-n", "1,3", "--publishers", "1,2", "-b", "64,1M", "-r", "0",
                             "--reads", "hold")
        self.assertEqual(len(report["cells"]), 8)

    @has("iceoryx")
    def test_there_and_back_sleeping_and_spinning(self):
        for waits in [], ["--spin"]:
            with self.subTest(waits):
                self.assertEqual(len(self.report("latency", "-p", "iceoryx", "-b", "64", *waits)["cells"]), 2)


@has("iceoryx")
class NothingIsLeft(unittest.TestCase):
    """Of the kernel's objects the sandbox knows by itself."""

    def test_when_some_are_killed(self):
        for verbs in ["daemon"], ["perform"], ["daemon", "perform"]:
            with self.subTest(verbs):
                run = Run(self)
                run.process.send_signal(signal.SIGSTOP)  # or it ends some of them itself
                for pid in [pid for verb in verbs for pid in run.parts(verb)]:
                    os.kill(pid, signal.SIGKILL)
                run.process.send_signal(signal.SIGCONT)
                code, report = run.end()
                self.assertEqual((code, run.left()), (1, []))
                self.assertRegex(report["cells"][0]["faults"][0], "(daemon|process of .*) has died$")

    def test_after_an_interrupt(self):
        run = Run(self)
        run.process.send_signal(signal.SIGINT)
        code, report = run.end()
        self.assertEqual((code, report["complete"], run.left()), (1, False, []))

    def test_when_weft_perf_is_killed(self):
        run = Run(self)
        daemon = os.pidfd_open(run.parts("daemon")[0])
        run.process.kill()
        run.end()
        select.select([daemon], [], [], PATIENCE)  # readable at its end
        os.close(daemon)
        self.assertEqual(run.left(), [run.directory])  # whose owner is gone
        shutil.rmtree(run.directory)


if __name__ == "__main__":
    fcntl.flock(os.open("/tmp", os.O_RDONLY), fcntl.LOCK_EX)  # a machine has one RouDi: test after test, of whatever tree
    if reason := obstacle():
        print("SKIPPED:", reason)
        sys.exit(77)
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
