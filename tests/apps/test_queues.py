"""weft queue push and weft queue pull: test_queues.py WEFT WEFTD SHOP.

Whoever is at the other side knows the items' type at compile time, and accounts for every one. That the tool said for whom
it waits, where the two took long to find each other, is no matter.
"""
import json
import os
import select
import signal
import subprocess
import sys
import unittest

from found import SHOP, WEFT, Found, weft
from tool import PATIENCE, Beside, interrupted

NOTE = "shop/Note{number:u64,text:string}"


def lines_of(numbers):
    return "".join(f'{{"number":{number}}}\n' for number in numbers)


class Queues(Found):
    def fails(self, code, text, *arguments, **options):
        run = weft(*arguments, **options)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertIn(text, run.stderr.splitlines()[-1])


class Push(Queues):
    there = (("parcels",),)
    zero = {"number": 0, "text": "", "state": "idle", "route": []}

    def pushed(self, count, *arguments, **options):
        """What the worker printed."""
        run = weft("queue", "push", "shop/parcels", *arguments, **options)
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        return [json.loads(self.others[0].line()) for _ in range(count)]

    def test_the_type_is_the_workers_and_what_is_left_out_is_zero(self):
        self.assertEqual(self.pushed(1, "{}"), [self.zero])
        self.assertEqual(self.pushed(2, '{"number":1,"state":"busy"}', '{"text":"x"}', "--key", "k", "--priority", "255"),
                         [{**self.zero, "number": 1, "state": "busy"}, {**self.zero, "text": "x"}])

    def test_lines_of_standard_input_are_done_each_once(self):
        wanted = [{**self.zero, "number": 100 + number} for number in range(500)]
        lines = lines_of(range(100, 600))
        self.assertEqual(self.pushed(500, "-", input=lines), wanted)
        self.assertEqual(self.pushed(20, "-", "--rate", "1000", input=lines_of(range(100, 120))), wanted[:20])

    def test_of_items_one_of_which_is_wrong_none_is_pushed(self):
        for item, named in (('{"nubmer":1}', "nubmer"), ('{"number":-1}', "number"), ("nonsense", "not JSON")):
            self.fails(2, named, "queue", "push", "shop/parcels", '{"number":1}', item)
        self.fails(2, "--priority", "queue", "push", "shop/parcels", "{}", "--priority", "256")
        self.assertEqual(self.pushed(1, '{"number":99}')[0]["number"], 99)

    def test_the_line_that_is_wrong_is_named_and_those_before_it_are_done(self):
        self.fails(2, "-:3: ", "queue", "push", "shop/parcels", "-", input=lines_of([1, 2]) + '{"route":[{"z":1}]}\n')
        self.assertEqual([json.loads(self.others[0].line())["number"] for _ in range(2)], [1, 2])

    def test_what_fails_too_often_is_told_and_goes_to_the_dead(self):
        echo = Beside(WEFT, "topic", "echo", "shop/parcels/dead", "--reliable", says=None)
        said = ""
        while '"number":13' not in said:  # who listens late misses them
            self.fails(1, "shop/parcels: 1 of 1 items failed too often; they went to the topic shop/parcels/dead", "queue",
                       "push", "shop/parcels", '{"number":13}')
            while select.select([echo.process.stdout], [], [], 0)[0] and '"number":13' not in said:
                said = echo.line()
        echo.end(signal.SIGINT)

    def test_nobody_there_is_a_timeout(self):
        push = "queue", "push", "shop/nothing", "{}", "--timeout", "0.1"
        self.fails(3, "nobody says the type of shop/nothing (workers: 0); give it with --schema; nobody pulls", *push)
        self.fails(3, "shop/nothing: not all was done in time; 1 item", *push, "--schema", NOTE)

    def test_ctrl_c_says_how_many_are_not_done(self):
        code, errors = interrupted(WEFT, "queue", "push", "shop/idle", "{}", "{}", "--schema", NOTE)
        self.assertEqual((code, errors.splitlines()),
                         (1, ["weft: shop/idle: nobody pulls from shop/idle",
                              "weft: shop/idle: interrupted; 2 of 2 items are not done: "
                              "what is not within a second is lost"]))

    def test_ctrl_c_before_anybody_says_the_type_says_that_nothing_was_pushed(self):
        code, errors = interrupted(WEFT, "queue", "push", "shop/nothing", '{"a":1}')
        self.assertEqual((code, errors.splitlines()),
                         (1, ["weft: shop/nothing: nobody pulls from shop/nothing",
                              "weft: shop/nothing: interrupted before anybody said its type; nothing was pushed"]))

    def test_a_terminal_shows_how_far_all_has_come(self):
        code, text = weft.in_terminal("queue", "push", "shop/parcels", '{"number":1}', '{"number":2}')
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith("2 of 2 done, workers: 1\r\n"), repr(text))
        for _ in range(2):
            self.others[0].line()

    def test_who_takes_it_for_a_topic_is_told(self):
        told = "shop/parcels is a queue: weft queue info shop/parcels"
        self.fails(1, told, "topic", "info", "shop/parcels")
        self.fails(3, told, "topic", "pub", "shop/parcels", "{}", "--timeout", "1")


class Pull(Queues):
    def pull(self, *arguments):
        run = weft("queue", "pull", "shop/letters", *arguments)
        self.assertEqual(run.returncode, 0, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def numbers(self, *arguments):
        return [letter["number"] for letter in self.pull(*arguments)]

    def came_of(self, shop, **wanted):
        """What became of all its letters."""
        self.assertEqual(json.loads(shop.line()), {"dead": 0, "refused": 0, **wanted})
        shop.end()

    def test_each_item_is_printed_once_and_done(self):
        shop = Beside(SHOP, "letters", "2000")
        self.assertEqual(self.numbers("--count", "2000"), list(range(1, 2001)))
        self.came_of(shop, done=2000)

    def test_what_it_leaves_is_for_others(self):
        shop = Beside(SHOP, "letters", "20")
        first = self.numbers("--count", "5")
        self.assertEqual(first, [1, 2, 3, 4, 5])
        self.assertEqual(sorted(self.numbers("--count", "15")), list(range(6, 21)))
        self.came_of(shop, done=20)

    def test_json_has_the_header_too(self):
        shop = Beside(SHOP, "letters", "2")
        first, second = self.pull("--count", "2", "--json")
        self.assertEqual((first["type"], first["attempt"], first["item"]["number"]), ("shop/Note", 1, 1))
        self.assertEqual((second["source"], second["sequence"]), (first["source"], first["sequence"] + 1))
        self.came_of(shop, done=2)

    def test_without_acknowledgement_the_items_go_back(self):
        shop = Beside(SHOP, "letters", "3")
        self.assertEqual(self.numbers("--count", "3", "--no-ack"), [1, 2, 3])
        again = self.pull("--count", "3", "--json")
        self.assertEqual(sorted((item["item"]["number"], item["attempt"]) for item in again), [(1, 2), (2, 2), (3, 2)])
        self.came_of(shop, done=3, refused=3)

    def test_an_item_that_could_not_be_written_is_not_done(self):
        shop = Beside(SHOP, "letters", "2")
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = subprocess.run([WEFT, "queue", "pull", "shop/letters", "--count", "2"], stdout=full, stderr=subprocess.PIPE,
                                 text=True, timeout=PATIENCE, check=False)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertEqual(sorted(self.numbers("--count", "2")), [1, 2])
        self.assertEqual(json.loads(shop.line())["done"], 2)
        shop.end()

    def test_timeout_ends_it_once_no_more_come(self):
        self.assertEqual(weft("queue", "pull", "shop/nothing", "--timeout", "0.1").returncode, 3)
        shop = Beside(SHOP, "letters", "3")
        came = []
        while len(came) < 3:  # it may find the producer too late
            run = weft("queue", "pull", "shop/letters", "--timeout", "1")
            self.assertEqual(run.returncode, 0 if run.stdout else 3, run.stderr)
            came += [json.loads(line)["number"] for line in run.stdout.splitlines()]
        self.assertEqual(came, [1, 2, 3])
        self.came_of(shop, done=3)

    def test_too_few_in_time_are_told(self):
        shop = Beside(SHOP, "letters", "1")
        run = weft("queue", "pull", "shop/letters", "--count", "2", "--timeout", "1")
        while "no item in time" in run.stderr:
            run = weft("queue", "pull", "shop/letters", "--count", "2", "--timeout", "1")
        self.assertEqual(run.returncode, 3)
        self.assertTrue(run.stderr.endswith("weft: shop/letters: 1 of 2 items came in time\n"), run.stderr)
        self.came_of(shop, done=1)

    def test_best_effort_takes_what_is_forgotten_once_given(self):
        shop = Beside(SHOP, "letters", "5")
        self.assertEqual(self.numbers("--count", "5", "--best-effort"), [1, 2, 3, 4, 5])
        self.came_of(shop, done=5)
        self.fails(2, "--no-ack", "queue", "pull", "shop/letters", "--best-effort", "--no-ack")

    def test_it_says_for_whom_it_waits(self):
        pull = Beside(WEFT, "queue", "pull", "shop/nothing", says=None)
        self.assertEqual(pull.line(), "weft: shop/nothing: nobody pushes to shop/nothing\n")
        pull.end(signal.SIGINT)


class Together(Queues):
    """The tool at both sides."""

    def test_several_pull_what_one_pushes_and_each_item_is_one_ones(self):
        pulls = [subprocess.Popen([WEFT, "queue", "pull", "shop/boxes"], stdout=subprocess.PIPE, text=True) for _ in range(2)]
        run = weft("queue", "push", "shop/boxes", "-", "--schema", NOTE, input=lines_of(range(500)))
        self.assertEqual(run.returncode, 0, run.stderr)
        came = []
        for each in pulls:
            each.send_signal(signal.SIGINT)
            output, _ = each.communicate(timeout=PATIENCE)
            self.assertEqual(each.returncode, 0)
            came += [json.loads(line)["number"] for line in output.splitlines()]
        self.assertEqual(sorted(came), list(range(500)))

    def test_they_meet_at_an_endpoint_by_hand(self):
        pull = Beside(WEFT, "queue", "pull", "shop/boxes", "--bind", "ipc://boxes", "--count", "1", says="waiting at")
        run = weft("queue", "push", "shop/boxes", '{"number":7}', "--schema", NOTE, "--connect", "ipc://boxes",
                   env={**os.environ, "WEFT_DISCOVERY": "off"})
        self.assertEqual(run.returncode, 0, run.stderr)
        while (line := pull.line()).startswith("weft:"):
            pass
        self.assertEqual(json.loads(line)["number"], 7)
        pull.end()


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
