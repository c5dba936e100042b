"""Every verb that --help lists, through pipes and through terminals: test_verbs.py WEFT WEFTD SHOP."""
import json
import os
import signal
import subprocess
import sys
import unittest

import jsonschema
from shapes import SHAPES, shape_of
from tool import ESCAPES, PATIENCE, Beside, Terminal, Tool

WEFT, WEFTD, SHOP = sys.argv[1:]
os.environ.pop("WEFT_DISCOVERY", None)
weft = Tool(WEFT)

# An example of each; they are done at once.
EXAMPLES = {
    "topic list": [], "topic info": ["shop/orders"], "topic type": ["shop/orders"], "topic find": ["shop/Order"],
    "topic echo": ["shop/orders", "--count", "2"], "topic pub": ["shop/notes", '{"number":1}'],
    "topic hz": ["shop/orders", "--count", "20"], "topic bw": ["shop/orders", "--count", "20"],
    "topic delay": ["shop/orders", "--count", "20"], "node list": [], "node info": ["shop_orders"], "service list": [],
    "service info": ["shop/price"], "service type": ["shop/price"], "service call": ["shop/price", '{"pieces":2}'],
    "queue list": [], "queue info": ["shop/parcels"], "queue push": ["shop/parcels", '{"number":1}', '{"number":2}'],
    "queue pull": ["shop/letters", "--count", "2"],
    "schema show": ["shop/Order"], "schema export": ["shop/Order"], "why": ["shop/orders"], "doctor": [],
    "completion": ["bash"]}
CODES = {"why": 1}  # nobody takes the orders
# What they print is nothing, or a document of its own.
WITHOUT_JSON = {"topic pub", "queue push", "schema export", "completion"}
COLOURED = {"topic list", "topic info", "topic echo", "node list", "node info", "service list", "service info",
            "queue list", "queue info", "queue pull", "schema show", "why", "doctor"}
SILENT = {"topic pub", "queue push"}  # in a pipe
TABLES = {"topic list", "service list", "queue list", "node list"}
# Those that go on until Ctrl-C; and what they say first.
ENDLESS = {"topic echo": (["shop/orders"], "number"), "topic hz": (["shop/orders"], "Hz"),
           "topic bw": (["shop/orders"], "kB/s"), "topic delay": (["shop/orders"], "delay min"),
           "queue pull": (["shop/letters"], "number"),
           "topic pub": (["shop/notes", '{"number":9}', "--count", "0"], None)}


def words(verb):
    return [*verb.split(), *EXAMPLES[verb]]


class Verbs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")
        cls.shops = {role: Beside(SHOP, role) for role in ("orders", "notes", "prices", "parcels")}
        cls.shops["letters"] = Beside(SHOP, "letters", str(10**12))

    @classmethod
    def tearDownClass(cls):
        for shop in cls.shops.values():
            shop.end()
        cls.daemon.end(signal.SIGTERM)

    def test_no_verb_is_forgotten(self):
        listed = [" ".join(verb) for verb in weft.verbs()]
        groups = {verb.rpartition(" ")[0] for verb in listed}
        self.assertEqual(set(EXAMPLES), set(listed) - groups)
        with_json = {verb for verb in EXAMPLES if "--json" in weft(*verb.split(), "--help").stdout}
        self.assertEqual(with_json, set(EXAMPLES) - WITHOUT_JSON)
        self.assertEqual(set(SHAPES), with_json)

    def test_a_pipe_gets_plain_lines(self):
        for verb in EXAMPLES:
            with self.subTest(verb=verb):
                run = weft(*words(verb))
                self.assertEqual((run.returncode, run.stderr), (CODES.get(verb, 0), ""))
                self.assertNotIn("\x1b", run.stdout)
                self.assertEqual(bool(run.stdout), verb not in SILENT)

    def test_json_has_its_shape_in_pipes_and_in_terminals(self):
        for verb in SHAPES:
            with self.subTest(verb=verb):
                code, text = weft.in_terminal(*words(verb), "--json")
                run = weft(*words(verb), "--json")
                self.assertEqual({code, run.returncode}, {CODES.get(verb, 0)}, text + run.stderr)
                for lines in text.splitlines(), run.stdout.splitlines():
                    self.assertTrue(lines)
                    for line in lines:
                        jsonschema.validate(json.loads(line), shape_of(*verb.split()))

    def test_colours_are_for_terminals_that_want_them(self):
        painted = set()
        for verb in EXAMPLES:
            with self.subTest(verb=verb):
                code, text = weft.in_terminal(*words(verb))
                self.assertEqual(code, CODES.get(verb, 0), text)
                painted |= {verb} if "\x1b[" in text else set()
                for plain in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
                    code, text = weft.in_terminal(*words(verb), environment=plain)
                    self.assertEqual(code, CODES.get(verb, 0), text)
                    self.assertNotIn("\x1b", text)
        self.assertEqual(painted, COLOURED)

    def test_tables_are_as_wide_as_the_terminal(self):
        for verb in TABLES:
            with self.subTest(verb=verb):
                for width, told in (40, {}), (60, {}), (200, {"COLUMNS": "40"}):
                    _, text = weft.in_terminal(*words(verb), width=width, environment=told)
                    widest = max(map(len, ESCAPES.sub("", text).splitlines()))
                    self.assertLessEqual(widest, int(told.get("COLUMNS", width)), text)

    def test_an_option_that_a_verb_has_not_is_wrong_usage(self):
        for verb in EXAMPLES:
            with self.subTest(verb=verb):
                run = weft(*words(verb), "--nonsense")
                self.assertEqual((run.returncode, run.stdout), (2, ""))
                self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_what_cannot_be_written_is_a_failure(self):
        for verb in set(EXAMPLES) - SILENT:
            with self.subTest(verb=verb):
                with open("/dev/full", "w", encoding="utf-8") as full:
                    run = subprocess.run([WEFT, *words(verb)], stdout=full, stderr=subprocess.PIPE, text=True,
                                         timeout=PATIENCE, check=False)
                self.assertEqual(run.returncode, 1, run.stderr)
                self.assertIn("standard output", run.stderr)
                self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_ctrl_c_ends_what_is_under_way(self):
        for verb in ENDLESS:
            with self.subTest(verb=verb):
                arguments, first = ENDLESS[verb]
                with Terminal([WEFT, *verb.split(), *arguments], environment={**os.environ, "TERM": "dumb"}) as terminal:
                    if first is None:
                        while '"number":9' not in self.shops["notes"].line():
                            pass
                    else:
                        terminal.says(first)
                    terminal.press("\x03")
                    code, text = terminal.end()
                self.assertEqual(code, 0, text)

    def test_ctrl_c_ends_what_waits_for_somebody(self):
        for verb in set(ENDLESS) - {"topic pub"}:
            with self.subTest(verb=verb):
                with Terminal([WEFT, *verb.split(), "shop/nothing"]) as terminal:
                    terminal.says("shop/nothing")  # what it waits for
                    terminal.press("\x03")
                    code, text = terminal.end()
                self.assertEqual(code, 0, text)

    def test_a_call_dies_by_ctrl_c(self):
        with Terminal([WEFT, "service", "call", "shop/nothing", "--timeout", "0"]) as terminal:
            terminal.press("\x03")
            self.assertEqual(terminal.end()[0], -signal.SIGINT)

    def test_both_signals_end_it_in_a_pipe(self):
        for number in signal.SIGINT, signal.SIGTERM:
            for verb in set(ENDLESS) - {"topic pub"}:
                with self.subTest(verb=verb):
                    running = Beside(WEFT, *verb.split(), "shop/orders", says="")
                    running.end(number)


class Completion(unittest.TestCase):
    """In a bash that somebody types into."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")
        cls.shop = Beside(SHOP, "orders")

    @classmethod
    def tearDownClass(cls):
        cls.shop.end()
        cls.daemon.end(signal.SIGTERM)

    def test_tab_completes_verbs_names_that_are_there_now_and_options(self):
        path = f"{os.path.dirname(WEFT)}:{os.environ['PATH']}"
        surroundings = {**os.environ, "PATH": path, "TERM": "dumb", "PS1": "$ "}
        with Terminal(["bash", "--norc", "--noprofile", "-i"], 200, surroundings) as bash:
            bash.press("source <(weft completion bash) && echo load''ed\r")
            bash.says("loaded")
            for typed, completed in (("weft top\t", "weft topic "), ("ec\t", "weft topic echo "),
                                     ("shop/o\t", "weft topic echo shop/orders "),
                                     ("--cou\t", "weft topic echo shop/orders --count "),
                                     ("1 --fie\t", "weft topic echo shop/orders --count 1 --field ")):
                bash.press(typed)
                bash.says(completed)
            bash.press("item\r")
            bash.says("tea")
            bash.press("exit\r")
            self.assertEqual(bash.end()[0], 0)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
