"""Whole runs of weft-perf: test_runs.py WEFT_PERF WEFT_PERF_ODD REPORT_SCHEMA.

weft-perf-odd (odd.cpp) is a peer whose transports are what may go wrong: the report must say just that."""
import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from tool import PATIENCE, Terminal, Tool

WEFT_PERF, ODD, SCHEMA = sys.argv[1:]
weft_perf = Tool(WEFT_PERF)
with open(SCHEMA, encoding="utf-8") as schema:
    REPORT = jsonschema.Draft7Validator(json.load(schema))
TINY = "--seconds", "0.05", "--rounds", "1", "--json"
VERBS = "latency", "throughput", "fanout", "rpc", "pipeline"
FEW = {"fanout": ("-n", "2", "-r", "0"), "rpc": ("-w", "1"), "pipeline": ("--workers", "1")}  # settings


def directories():
    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("weft-perf-")]


class Runs(unittest.TestCase):
    def tearDown(self):
        self.assertEqual(directories(), [])

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def report(self, text):
        found = json.loads(text)
        REPORT.validate(found)
        keys = [json.dumps(cell["key"], sort_keys=True) for cell in found["cells"]]
        self.assertEqual(len(keys), len(set(keys)))
        return found

    def measure(self, *words):
        """(exit code, report); a run that was not interrupted says nothing beside its report."""
        run = weft_perf(*words)
        self.assertEqual(run.stderr, "")
        found = self.report(run.stdout)
        self.assertTrue(found["complete"])
        self.assertEqual(run.returncode, int(any(cell["faults"] for cell in found["cells"])))
        return found

    def odd(self, verb, behaviour, *options, seconds="0.2"):
        """The only cell of a run, or the first of several."""
        return self.measure(verb, "-p", ODD, "-t", behaviour, "-b", "64", "--seconds", seconds, "--rounds", "1", "--json",
                            *options)["cells"][0]


def values_of(cell):
    return {metric["name"]: metric["values"] for metric in cell["metrics"]}


def sent_in(cell):
    return sum(publisher["sent"] for publisher in cell["details"]["publishers"])


class Sound(Runs):
    def test_a_sound_peer_has_no_fault_in_any_verb(self):
        for words in (("latency", "-r", "1000", "-r", "50"), ("throughput",), ("throughput", "--best-effort"),
                      ("fanout", "-r", "500", "--subscribers", "1,4", "--publishers", "1,2"),
                      ("fanout", "-n", "2", "--reads", "mark"),
                      ("fanout", "-n", "2", "--reads", "hold", "--slow", "1:1ms"), ("rpc", "-w", "1,64,100"),
                      ("pipeline", "--workers", "1,3")):
            with self.subTest(words=words):
                for cell in self.measure(*words, "-p", ODD, "-t", "sound", "-b", "64", *TINY)["cells"]:
                    self.assertEqual(cell["faults"], [])
                    self.assertTrue(cell["curves"])

    def test_calls_take_time_of_both_sides(self):
        for cell in self.measure("rpc", "-p", ODD, "-t", "sound", "-b", "64", "-w", "1", *TINY)["cells"]:
            metrics = {metric["name"]: metric["values"] for metric in cell["metrics"]}
            for side in "client", "server":
                self.assertGreater(min(metrics[f"{side} processor"]), 0)

    def test_what_was_sent_is_what_arrived_and_was_lost(self):
        found = self.measure("fanout", "-p", ODD, "-t", "sound,drops", "--publishers", "2", "-n", "3", "-r", "0",
                             *TINY)
        self.assertEqual(len(found["cells"]), 2)
        for cell in found["cells"]:
            for subscriber in cell["details"]["subscribers"]:
                self.assertEqual(subscriber["arrived"] + subscriber["lost"], sent_in(cell))


class Loss(Runs):
    """Every seventh message of the peer is lost, whatever it says."""

    def lost(self, cell):
        """As the report has it, which is what the peer did."""
        lost = cell["details"]["subscribers"][0]["lost"]
        self.assertGreater(lost, 0)
        self.assertEqual(lost, sent_in(cell) // 7)
        self.assertEqual(values_of(cell)["lost"], [lost])
        return lost

    def test_a_loss_is_reported_as_that_loss(self):
        cell = self.odd("throughput", "drops", "--best-effort")
        self.assertEqual(values_of(cell)["lost: oddity"], [self.lost(cell)])
        self.assertEqual(cell["faults"], [])

    def test_each_subscriber_has_its_own(self):
        cell = self.odd("fanout", "drops", "-n", "3", "-r", "0", "--best-effort")
        lost = [subscriber["lost"] for subscriber in cell["details"]["subscribers"]]
        self.assertEqual(lost, [sent_in(cell) // 7] * 3)
        self.assertEqual(values_of(cell)["lost"], [sum(lost)])

    def test_nothing_may_be_lost_of_a_reliable_topic(self):
        cell = self.odd("throughput", "drops")
        self.assertEqual(cell["faults"], [f"subscriber 0: {self.lost(cell)} messages of a reliable topic did not arrive"])

    def test_a_peer_that_does_not_count_may_lose_what_need_not_arrive(self):
        cell = self.odd("throughput", "drops-untold", "--best-effort")
        self.lost(cell)
        self.assertNotIn("lost: oddity", values_of(cell))
        self.assertEqual(cell["faults"], [])

    def test_a_peer_that_counts_must_count_right(self):
        for behaviour, off in (("drops-uncounted", None), ("drops-miscounted", 1)):
            with self.subTest(behaviour):
                cell = self.odd("throughput", behaviour, "--best-effort")
                lost = self.lost(cell)
                counted = 0 if off is None else lost - off
                self.assertEqual(cell["faults"], [f"subscriber 0: {lost} messages did not arrive, its peer counts {counted}"])

    def test_a_reliable_topic_whose_loss_is_not_counted_has_both_faults(self):
        self.assertEqual(len(self.odd("throughput", "drops-uncounted")["faults"]), 2)

    def test_of_a_pipeline(self):
        cell = self.odd("pipeline", "drops", "--workers", "2")
        pushed, came = re.fullmatch(r"(\d+) items were pushed, (\d+) came", cell["faults"][0]).groups()
        self.assertLess(int(came), int(pushed))

    def test_who_waits_for_what_is_lost_says_so(self):
        for behaviour in "drops", "mute":
            cell = self.odd("latency", behaviour, "-r", "10", "--patience", "2", seconds="1")
            self.assertEqual(cell["faults"], ["a message did not come back within 2 s"])
            cell = self.odd("rpc", behaviour, "-w", "3", "--patience", "2", seconds="1")
            self.assertEqual(cell["faults"], ["3 calls were not answered within 2 s"])

    def test_of_all(self):
        cell = self.odd("throughput", "mute")
        self.assertEqual(cell["faults"][0], f"subscriber 0: {sent_in(cell)} messages of a reliable topic did not arrive")
        self.assertEqual(cell["faults"][-1], "subscriber 0: nothing arrived while it was measured")


class Wrong(Runs):
    def test_what_comes_twice(self):
        cell = self.odd("throughput", "twice")
        self.assertEqual(cell["faults"], [f"subscriber 0: {(sent_in(cell) - 1) // 3} messages came twice"])
        self.assertEqual(values_of(cell)["lost"], [0])
        self.assertRegex(self.odd("latency", "twice")["faults"][0], r"\A\d+ messages were sent, \d+ arrived\Z")
        self.assertIn("a reply came that no call waits for", self.odd("rpc", "twice", "-w", "1", seconds="2")["faults"])
        self.assertRegex(self.odd("pipeline", "twice", "--workers", "1")["faults"][-1], r"\A\d+ items came twice\Z")

    def test_what_comes_out_of_order(self):
        cell = self.odd("throughput", "swaps")
        self.assertEqual(cell["faults"], [f"subscriber 0: {(sent_in(cell) - 1) // 2} messages came after later ones"])
        self.assertEqual(values_of(cell)["lost"], [0])

    def test_what_has_other_bytes(self):
        for behaviour in "corrupts", "cuts":
            with self.subTest(behaviour):
                cell = self.odd("throughput", behaviour)
                broken = (sent_in(cell) - 1) // 3
                self.assertEqual(cell["faults"], [f"subscriber 0: {broken} messages had other bytes than were sent"])
                for verb, fault in (("latency", "messages had other bytes than were sent"),
                                    ("rpc", "replies had other bytes than their requests"),
                                    ("pipeline", "items had other bytes than were pushed")):
                    self.assertRegex("\n".join(self.odd(verb, behaviour, *FEW.get(verb, ()))["faults"]), rf"(?m)^\d+ {fault}$")

    def test_who_reads_the_mark_only_sees_no_other_bytes_but_fewer(self):
        self.assertEqual(self.odd("fanout", "corrupts", "-n", "1", "-r", "0", "--reads", "mark")["faults"], [])
        self.assertEqual(len(self.odd("fanout", "cuts", "-n", "1", "-r", "0", "--reads", "mark")["faults"]), 1)

    def test_a_peer_that_fails_in_the_middle(self):
        for behaviour, fault in (("dies", "the process of all has died"), ("throws", "it was asked to throw")):
            for verb in VERBS:
                with self.subTest(behaviour=behaviour, verb=verb):
                    self.assertEqual(self.odd(verb, behaviour, *FEW.get(verb, ()), seconds="2")["faults"], [fault])

    def test_a_peer_that_hangs_is_not_waited_for_for_ever(self):
        for verb in VERBS:
            run = weft_perf(verb, "-p", ODD, "-t", "hangs", "-b", "64", "--patience", "0.5", *TINY, *FEW.get(verb, ()))
            self.assertEqual(run.returncode, 1)
            for cell in self.report(run.stdout)["cells"]:
                self.assertEqual((cell["faults"], cell["metrics"]), (["a peer says nothing more"], []))

    def test_a_peer_that_says_nonsense(self):
        for nonsense in "what?", "{}", "[]", '{"at":7}', '{"at":[]}', '{"result":0}', '{"result":7}':
            with self.subTest(nonsense):
                fault, = self.odd("throughput", "says:" + nonsense)["faults"]
                self.assertRegex(fault, r"\Aa peer (says|has)")

    def test_a_peer_that_cannot_do_it(self):
        self.assertEqual(self.odd("pipeline", "apart", "--workers", "1")["faults"], ["it cannot pull"])

    def test_a_fault_of_one_setting_is_none_of_the_others(self):
        found = self.measure("throughput", "-p", ODD, "-t", "sound", "-t", "dies", "-b", "0,64", *TINY)
        faults = {(cell["key"]["transport"], cell["key"]["bytes"]): len(cell["faults"]) for cell in found["cells"]}
        self.assertEqual(faults, {("sound", 0): 0, ("sound", 64): 0, ("dies", 0): 1, ("dies", 64): 1})


class Real(Runs):
    """weft and libzmq, on all their transports."""

    def test_they_are_sound_in_every_verb(self):
        for words in (("latency", "-r", "1000"), ("latency", "--spin"), ("throughput",), ("fanout", "--best-effort", "-n", "2", "-r", "500"),
                      ("fanout", "--subscribers", "1,4", "--publishers", "2", "--slow", "1:1ms", "-r", "500"),
                      ("rpc", "-w", "1,16"), ("rpc", "--spin", "-w", "2"), ("pipeline", "--workers", "2")):
            with self.subTest(words=words):
                found = self.measure(*words, "-p", "weft", "-p", "zmq", "-b", "64", *TINY)
                self.assertEqual([(cell["key"], cell["faults"]) for cell in found["cells"] if cell["faults"]], [])
                roads = {(cell["key"]["peer"], cell["key"]["transport"]) for cell in found["cells"]}
                self.assertLessEqual({(peer, way) for peer in ("weft", "zmq") for way in ("inproc", "ipc", "tcp")}, roads)
                self.assertEqual(found["environment"].keys() & {"weft", "zmq"}, {"weft", "zmq"})

    def ratios(self, settings, *words):
        """These settings of each ratio."""
        return {tuple(cell["key"][name] for name in settings)
                for cell in self.measure("compare", "-b", "64", *words, *TINY)["cells"] if cell["key"]["verb"] == "compare"}

    def test_compare_gives_ratios_and_a_control(self):
        ratios = self.ratios(("what", "peer", "to"), "-t", "ipc")
        self.assertLessEqual({(what, *pair) for what in VERBS for pair in (("weft", "zmq"), ("zmq again", "zmq"))}, ratios)

    def test_one_is_compared_with_another_on_whatever_it_has(self):
        ratios = self.ratios(("peer", "transport", "to"), "throughput", "-p", "weft", "-p", ODD, "-t", "ipc", "-t", "sound")
        self.assertEqual(ratios, {("weft", "ipc", "odd sound"), ("odd again", "sound", "odd")})

    def test_what_acknowledges_is_compared_with_what_cannot(self):
        ratios = self.ratios(("peer", "acknowledged", "to"), "pipeline", "-p", "weft", "-p", "twin", "-t", "tcp")
        self.assertEqual(ratios, {("weft", "yes", "twin"), ("weft", "no", "twin"), ("twin again", "no", "twin")})

    def test_what_a_peer_does_not_do_is_left_out_with_a_line(self):
        found = self.measure("pipeline", "-p", "twin", "-t", "ipc", "-b", "64", "--workers", "1,2", *TINY)
        self.assertEqual([cell["key"]["workers"] for cell in found["cells"]], [1])
        self.assertEqual(found["skipped"], ["twin: the twin has one end on each side"])
        found = self.measure("rpc", "-p", "twin", "-t", "ipc", "-b", "64", "--spin", *TINY)
        self.assertEqual((found["cells"], found["skipped"]), ([], ["twin: the twin waits asleep"]))

    def test_a_target_that_is_surely_missed_fails(self):
        words = "compare", "throughput", "-p", "weft", "-p", "twin", "-t", "ipc", "-b", "64", "--seconds", "0.2", "--rounds", "6", "--json"
        cell, = [cell for cell in self.measure(*words, "--target", "1000")["cells"]
                 if cell["key"]["verb"] == "compare" and cell["key"]["peer"] == "weft"]
        self.assertEqual(set(cell["details"]["target"].values()), {"1000 of twin: FAIL"})
        self.assertEqual(len(cell["faults"]), len(cell["metrics"]) - 2)  # but for what processor time it took
        for fault in cell["faults"]:
            self.assertIn("1000 is the target", fault)

    def test_what_is_asked_for_twice_is_measured_once(self):
        found = self.measure("throughput", "-p", "weft", "-p", "weft", "-b", "64,64", "-t", "ipc", "-t", "ipc", *TINY)
        self.assertEqual(len(found["cells"]), 1)

    def test_a_transport_that_nobody_has_is_told_beside_one_that_somebody_has(self):
        found = self.measure("throughput", "-p", "zmq", "-t", "ipc", "-t", "smoke", "-b", "64", *TINY)
        self.assertEqual(found["skipped"], ['nobody has a transport "smoke"; there are: zmq inproc, zmq ipc, zmq tcp'])

    def test_tables_and_csv_and_files(self):
        folder = self.folder()
        out, plots = os.path.join(folder, "report.json"), os.path.join(folder, "plots")
        words = "throughput", "-p", "zmq", "-t", "inproc", "-b", "64", "--seconds", "0.05", "--rounds", "1"
        table = weft_perf(*words, "--out", out, "--plots", plots)
        self.assertEqual((table.returncode, table.stderr), (0, ""))
        self.assertLessEqual(max(map(len, table.stdout.splitlines())), 100)
        with open(out, encoding="utf-8") as file:
            self.report(file.read())
        self.assertIn("index.html", os.listdir(plots))
        self.assertEqual(len({line.count(",") for line in weft_perf(*words, "--csv").stdout.splitlines()}), 1)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(child) for child in file.read().split()]


def kill_children(pid):
    for child in children_of(pid):
        try:
            pinned = os.pidfd_open(child)
        except OSError:
            continue
        if child in children_of(pid):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pinned, signal.SIGKILL)
        os.close(pinned)


class Run:
    """A run that goes on until something is done about it."""

    def __init__(self, *words):
        self.process = subprocess.Popen([WEFT_PERF, *words, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, pipesize=4096)

    def says(self, what):
        """What it says behind that on its errors."""
        for line in self.process.stderr:
            if line.startswith(what):
                return line[len(what):].strip()
        raise AssertionError(f"ended without {what!r}")

    def end(self):
        """(exit code, what it printed)"""
        text, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, text


class Broken(Runs):
    """Runs that are broken off."""

    LONG = "-b", "64", "--seconds", "600", "--rounds", "2"

    def test_an_interrupted_run_gives_what_was_measured_until_then(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number=number):
                run = Run("throughput", "-p", ODD, "-t", "sound", "-t", "hangs", "-b", "0,64", "--seconds", "0.05")
                run.says("hangs")
                run.process.send_signal(number)
                code, text = run.end()
                found = self.report(text)
                self.assertEqual((code, found["complete"]), (1, False))
                self.assertEqual([cell["key"]["transport"] for cell in found["cells"]], ["sound", "sound"])
                self.assertFalse(any(cell["faults"] for cell in found["cells"]))
                self.assertEqual(directories(), [])

    def test_control_c_on_a_terminal_hits_the_peers_too(self):
        for peer in "weft", "zmq":
            with self.subTest(peer):
                out = os.path.join(self.folder(), "report.json")
                with Terminal([WEFT_PERF, "throughput", "-p", peer, "-t", "ipc", "-b", "64", "--seconds", "0.05",
                               "--rounds", "1000", "--out", out], 100) as terminal:
                    terminal.says("round 3 of 1000")
                    terminal.press("\x03")
                    code, text = terminal.end()
                self.assertEqual(code, 1, text)
                with open(out, encoding="utf-8") as file:
                    found = self.report(file.read())
                self.assertFalse(found["complete"])
                cell, = found["cells"]
                self.assertEqual(cell["faults"], [])
                self.assertGreaterEqual(len(values_of(cell)["published"]), 2)

    def test_a_killed_part_is_named(self):
        for part in "publish", "subscribe":
            with self.subTest(part):
                run = Run("throughput", "-p", ODD, "-t", "apart", *self.LONG)
                os.kill(int(run.says(part)), signal.SIGKILL)
                code, text = run.end()
                cell, = self.report(text)["cells"]
                self.assertEqual((code, cell["faults"]), (1, [f"the process of {part} 0 has died"]))
                self.assertEqual(directories(), [])

    def test_a_killed_part_of_a_real_peer(self):
        out = os.path.join(self.folder(), "report.json")
        for peer in "weft", "zmq":
            for verb in VERBS:
                command = [WEFT_PERF, verb, "-p", peer, "-t", "ipc", *self.LONG, "--csv", "--out", out, *FEW.get(verb, ())]
                with self.subTest(peer=peer, verb=verb), Terminal(command) as terminal:
                    terminal.says("round 1 of 2")  # its adapter has described itself
                    while terminal.process.poll() is None:
                        kill_children(terminal.process.pid)
                    self.assertEqual(terminal.process.returncode, 1)
                    with open(out, encoding="utf-8") as file:
                        cells = self.report(file.read())["cells"]
                    self.assertTrue(cells)
                    self.assertEqual([cell for cell in cells if cell["metrics"] or len(cell["faults"]) != 1], [])

    def test_nothing_outlives_weft_perf(self):
        run = Run("throughput", "-p", ODD, "-t", "apart", *self.LONG)
        parts = [os.pidfd_open(int(run.says(part))) for part in ("publish", "subscribe")]
        run.process.kill()
        run.end()
        for part in parts:
            self.assertTrue(select.select([part], [], [], PATIENCE)[0])
            os.close(part)
        self.assertNotEqual(directories(), [])  # nobody could remove it
        self.measure("throughput", "-p", ODD, "-t", "sound", *TINY)
        self.assertEqual(directories(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
