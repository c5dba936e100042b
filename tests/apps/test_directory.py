"""The verbs that look at the directory: test_directory.py WEFT TOWN.

Each through a pipe, through terminals of several widths, and as JSON that a schema describes.
"""
import json
import os
import signal
import sys
import unittest

import jsonschema
from shapes import shape_of
from tool import ESCAPES, Beside, Tool, Town, port

weft = Tool(sys.argv[1])
TOWN = sys.argv[2]
CPU = "host/Cpu{busy:f64}"
OTHER_CPU = "host/Cpu{busy:string}"
ASK = "host/Ask{pid:i32}>host/Answer{name:string}"
JOB = "image/Job{path:string}"
PORTS = (port(1, "publisher", "host/cpu", CPU), port(2, "subscriber", "host/cpu", CPU),
         port(3, "subscriber", "host/cpu", OTHER_CPU), port(1, "server", "host/process", ASK),
         port(2, "subscriber", "host/cpus", CPU), port(2, "publisher", "left/imu", "robot/Imu{x:f64}"),
         port(2, "subscriber", "right/imu", "robot/Imu{x:f64}"),
         port(1, "publisher", "log", "a/Log{text:string}"), port(2, "subscriber", "log", "a/Log{text:string}", "reliable"),
         port(1, "publisher", "near", "a/Log{text:string}"), port(2, "subscriber", "near", "a/Log{text:string}", "", "tcp"),
         port(1, "worker", "image/jobs", JOB), port(3, "worker", "image/jobs", JOB, "reliable"),
         port(2, "producer", "image/jobs", JOB), port(1, "worker", "idle/jobs", JOB), port(2, "publisher", "done/jobs", JOB),
         port(3, "producer", "done/jobs", JOB))

LOOKS = (("topic", "list"), ("topic", "info", "host/cpu"), ("topic", "type", "host/cpu"), ("topic", "find", "host/Cpu"),
         ("service", "list"), ("service", "info", "host/process"), ("service", "type", "host/process"),
         ("queue", "list"), ("queue", "info", "image/jobs"), ("node", "list"),
         ("node", "info", "node2"), ("schema", "show", "host/process"), ("why", "host/cpu"), ("doctor",))


class Directory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = Town(TOWN, *PORTS)

    @classmethod
    def tearDownClass(cls):
        cls.town.__exit__()

    def lines(self, *arguments, code=0):
        run = weft(*arguments)
        self.assertEqual((run.returncode, run.stderr), (code, ""), arguments)
        return run.stdout.splitlines()

    def fails(self, text, *arguments):
        run = weft(*arguments)
        self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
        self.assertIn(text, run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_what_is_no_schema_hides_none_that_is_and_is_told_with_whose_it_is(self):
        with Town(TOWN, port(1, "publisher", "mixed", CPU), port(2, "publisher", "mixed", "a/\x1bB{x:"),
                  port(2, "publisher", "junk", "a/\x1bB{x:"), domain="junk"):
            run = weft("--domain", "junk", "schema", "show", "mixed")
            self.assertEqual((run.returncode, run.stdout), (0, CPU + "\n"), run.stderr)
            self.assertRegex(run.stderr, r"^weft: publisher of node2 \(program2, pid \d+\): what is announced of mixed .*\n$")
            self.assertNotIn("\x1b", run.stderr)
            self.fails("publisher of node2", "--domain", "junk", "schema", "show", "junk")
            self.assertEqual(self.lines("--domain", "junk", "complete", "type"), ["host/Cpu"], "no name that is unsafe")

    def test_a_pipe_gets_cells_between_tabs(self):
        self.assertIn("host/cpus\thost/Cpu\t0\t1\t0", self.lines("topic", "list"))
        self.assertEqual(self.lines("service", "list"), ["host/process\thost/Ask -> host/Answer\t1\t0\t0"])
        self.assertIn("image/jobs\timage/Job\t2\t1\t1", self.lines("queue", "list"))
        self.assertIn(f"node1\tprogram1\t{self.town.process.pid}\t3\t0\t1\t0\t2\t0", self.lines("node", "list"))

    def test_types_of_one_name_are_told_apart_by_their_fingerprints(self):
        one, other = (json.loads(line)["fingerprint"] for line in self.lines("topic", "type", "host/cpu", "--json"))
        self.assertIn(f"host/cpu\thost/Cpu {one}, host/Cpu {other}\t1\t2\t1", self.lines("topic", "list"))

    def test_json_of_every_verb_has_its_shape(self):
        for verb in LOOKS:
            with self.subTest(verb=verb):
                lines = self.lines(*verb, "--json", code=int(verb[0] == "why"))
                self.assertTrue(lines)
                for line in lines:
                    jsonschema.validate(json.loads(line), shape_of(*verb))

    def test_a_terminal_gets_tables_no_wider_than_it(self):
        for width in 40, 80, 200:
            for verb in LOOKS:
                code, text = weft.in_terminal(*verb, width=width)
                self.assertEqual(code, int(verb[0] == "why"), text)
                if "find" not in verb and "type" not in verb and "schema" not in verb:  # those print values
                    self.assertLessEqual(max(map(len, ESCAPES.sub("", text).splitlines())), width, text)

    def test_colours_are_for_terminals_alone_and_never_with_no_color(self):
        for verb in LOOKS:
            if "find" in verb or "type" in verb:
                continue
            self.assertIn("\x1b[", weft.in_terminal(*verb)[1], verb)
            self.assertNotIn("\x1b[", weft.in_terminal(*verb, environment={"NO_COLOR": "1"})[1], verb)
            self.assertNotIn("\x1b[", weft.in_terminal(*verb, environment={"TERM": "dumb"})[1], verb)
            self.assertNotIn("\x1b[", weft(*verb).stdout, verb)

    def test_a_name_that_nobody_has_is_told_with_those_that_were_meant(self):
        self.fails('did you mean "host/cpu"', "topic", "info", "host/cpi")
        self.fails('did you mean "host/process"', "service", "type", "host/proces")
        self.fails('did you mean "image/jobs"', "queue", "info", "image/job")
        self.fails("host/process is a service: weft service info host/process", "queue", "info", "host/process")
        self.fails('did you mean "node1"', "node", "info", "nod1")
        self.fails('did you mean "host/Cpu"', "topic", "find", "host/Cpi")
        self.fails('did you mean "host/Cpu"', "schema", "show", "host/Cpi")

    def test_info_names_ports_and_why_a_pair_is_refused(self):
        text = "\n".join(self.lines("topic", "info", "host/cpu"))
        self.assertRegex(text, r"publisher\tnode1\tprogram1\t\d+\thost/Cpu\tbest_effort 10\t")
        self.assertRegex(text, r"publisher of node1 .*\tsubscriber of node3 .*\trefused\t.*busy")

    def test_info_of_a_queue_names_its_workers_and_producers(self):
        text = "\n".join(self.lines("queue", "info", "image/jobs"))
        self.assertRegex(text, r"^type image/Job [0-9a-f]{16}\n")
        self.assertRegex(text, r"worker\tnode3\tprogram3\t\d+\timage/Job\treliable 10\t")
        self.assertRegex(text, r"producer\tnode2\tprogram2\t\d+\timage/Job\tbest_effort 10\t")
        self.assertRegex(text, r"worker of node1 .*\tproducer of node2 .*\tjoined\tipc")
        self.assertRegex(text, r"worker of node3 .*\tproducer of node2 .*\trefused\treliability: ")
        _, shown = weft.in_terminal("queue", "info", "image/jobs", width=200)
        self.assertRegex(ESCAPES.sub("", shown), r"WORKER +PRODUCER +STATE")

    def test_info_of_a_node_names_what_it_does_with_queues(self):
        ports = {(port["kind"], port["name"]) for port in map(json.loads, self.lines("node", "info", "node3", "--json"))}
        self.assertEqual(ports, {("subscriber", "host/cpu"), ("worker", "image/jobs"), ("producer", "done/jobs")})

    def test_find_takes_a_name_or_a_fingerprint(self):
        self.assertEqual(self.lines("topic", "find", "robot/Imu"), ["left/imu", "right/imu"])
        kind = json.loads(self.lines("topic", "type", "left/imu", "--json")[0])
        self.assertEqual(self.lines("topic", "find", kind["fingerprint"]), ["left/imu", "right/imu"])

    def test_schemas_are_found_by_topic_service_queue_and_type(self):
        self.assertEqual(self.lines("schema", "show", "image/jobs"), [JOB])
        self.assertEqual(self.lines("schema", "show", "host/cpu"), [CPU, OTHER_CPU])
        self.assertEqual(self.lines("schema", "show", "host/process"), ASK.split(">"))
        self.assertEqual(self.lines("schema", "export", "host/Answer"), ["host/Answer{name:string}"])
        self.assertEqual(self.lines("schema", "export", "host/process", "--type", "host/Ask"), ["host/Ask{pid:i32}"])

    def test_why_gives_a_line_for_each_pair_that_does_not_flow(self):
        causes = {}
        for name in ("host/cpu", "host/cpus", "right/imu", "log", "near", "nothing/like/it", "image/jobs", "idle/jobs"):
            run = weft("why", name)
            self.assertEqual((run.returncode, run.stderr), (1, ""), name)
            self.assertEqual(len(run.stdout.splitlines()), 1, run.stdout)
            finding = json.loads(weft("why", name, "--json").stdout)
            self.assertTrue(finding["remedy"])
            causes[name] = finding["cause"]
        self.assertEqual(causes, {"host/cpu": "type", "host/cpus": "near_name", "right/imu": "other_space",
                                  "log": "reliability", "near": "medium", "nothing/like/it": "nobody",
                                  "image/jobs": "reliability", "idle/jobs": "other_space"})
        self.assertIn("busy", weft("why", "host/cpu").stdout)
        self.assertIn("let the producer offer reliable", weft("why", "image/jobs").stdout)
        mixed = weft("why", "done/jobs").stdout
        self.assertIn("nobody subscribes to done/jobs; done/jobs is a queue: weft queue info done/jobs", mixed)
        self.assertIn("nobody pulls from done/jobs; done/jobs is a topic: weft topic info done/jobs", mixed)

    def test_completion_knows_the_live_names(self):
        self.assertIn("host/cpu", self.lines("complete", "topic"))
        self.assertEqual(self.lines("complete", "service"), ["host/process"])
        self.assertEqual(self.lines("complete", "queue"), ["done/jobs", "idle/jobs", "image/jobs"])
        self.assertIn("image/jobs", self.lines("complete", "name"))
        self.assertEqual(self.lines("complete", "node"), ["node1", "node2", "node3"])

    def test_doctor_finds_the_daemon(self):
        daemon = [json.loads(line) for line in self.lines("doctor", "--json")]
        daemon = next(check for check in daemon if check["check"] == "daemon")
        self.assertEqual(daemon["state"], "ok", daemon)
        self.assertIn(f"pid {self.town.process.pid}", daemon["text"])


class Flowing(unittest.TestCase):
    def test_why_says_when_nothing_is_known_to_stand_in_the_way(self):
        with Town(TOWN, port(1, "publisher", "a", CPU), port(2, "subscriber", "a", CPU)):
            run = weft("why", "a")
            self.assertEqual((run.returncode, run.stdout), (0, "a: nothing is known to stand in the way (1 pair)\n"), run.stderr)
            self.assertEqual(json.loads(weft("why", "a", "--json").stdout), {"name": "a", "hindered": False, "pairs": 1, "by_hand": 0})

    def test_why_takes_a_link_by_hand_that_flows_for_no_broken_one(self):
        with Town(TOWN):
            found = ("env", "-u", "WEFT_DISCOVERY", weft.program, "topic")
            pub = Beside(*found, "pub", "a", '{"busy":1}', "--schema", CPU, "--count", "0", "--rate", "10",
                         "--bind", "ipc://house", says="waiting at ipc:///")
            echo = Beside(*found, "echo", "a", "--connect", "ipc://house", says="busy")
            while (run := weft("why", "a")).returncode != 0:
                echo.line()  # it flows before the daemon has heard of both
            self.assertEqual((run.returncode, run.stdout),
                             (0, "a: nothing is known to stand in the way (1 pair, 1 with endpoints by hand, of which only "
                                 "their programs know whether they met)\n"), run.stderr)
            for program in (echo, pub):
                program.end(signal.SIGINT)

    def test_why_looks_into_the_other_domains_of_this_host(self):
        with Town(TOWN, port(1, "subscriber", "a", CPU)), Town(TOWN, port(2, "publisher", "a", CPU), domain="lab"):
            finding = json.loads(weft("why", "a", "--json").stdout)
            self.assertEqual(finding["cause"], "other_domain")
            self.assertIn("lab", finding["reason"])
            self.assertIn("a\t", weft("topic", "list", env={**os.environ, "WEFT_DOMAIN": "lab"}).stdout)
            self.assertIn("a\t", weft("topic", "list", "--domain", "lab").stdout)
            self.assertEqual(weft("--domain", "lab", "complete", "topic").stdout, "a\n")
            self.assertEqual(weft("complete", "domain").stdout, "default\nlab\n")

    def test_a_thousand_topics_are_listed(self):
        with Town(TOWN, *(port(1 + i % 4, "publisher", f"t{i}", CPU) for i in range(1000))):
            self.assertEqual(len(weft("topic", "list").stdout.splitlines()), 1000)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
