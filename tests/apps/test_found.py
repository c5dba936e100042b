"""The verbs that take part, with no endpoint: test_found.py WEFT WEFTD SHOP.

Whoever they talk to they find through the daemon, and its types are none that the tool was compiled with.
"""
import json
import os
import signal
import sys
import unittest

from found import SHOP, WEFT, WEFTD, Found, weft
from tool import PATIENCE, Beside

PLACE = os.environ["TMPDIR"]


class Echo(Found):
    there = (("orders",),)

    def echo(self, *arguments):
        return self.answers("topic", "echo", "shop/orders", "--reliable", *arguments)

    def test_count_is_how_many_it_prints(self):
        for count in 1, 5:
            orders = self.echo("--count", str(count))
            numbers = [order["number"] for order in orders]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + count)))

    def test_a_message_is_printed_whole_to_a_pipe(self):
        order = self.echo("--count", "1")[0]
        number = order["number"]
        self.assertEqual(order, {
            "number": number, "state": ("idle", "busy")[number % 2], "item": "tea",
            "route": [{"x": 1, "y": 2}, {"x": 3, "y": number}], "limits": {"left": -1, "right side": 1},
            "gift": None if number % 2 else {"x": 5, "y": 6}, "took": "1.5s", "codes": [42] * 100})

    def test_a_field_is_printed_alone(self):
        for path, value in (("item", "tea"), ("route[0].y", 2), ('limits["right side"]', 1), ("limits.left", -1),
                            ("codes[99]", 42), ("codes[100]", None), ("took", "1.5s")):
            self.assertEqual(self.echo("--field", path, "--count", "1"), [value], path)

    def test_several_fields_are_printed_by_their_paths(self):
        self.assertEqual(self.echo("--field", "item", "--field", "route[0].x", "--count", "1"),
                         [{"item": "tea", "route[0].x": 1}])

    def test_a_filter_lets_through_what_it_says(self):
        these = 'state == busy && route[1].y > 0 && took >= "1.5s" && !(item != "tea")'
        orders = self.echo("--filter", these, "--count", "3")
        self.assertEqual([order["number"] % 2 for order in orders], [1, 1, 1])
        gifts = self.echo("--filter", "gift.x == 5 || number == 0", "--field", "gift.y", "--count", "2")
        self.assertEqual(gifts, [6, 6])

    def test_a_wrong_field_is_named_with_what_was_meant(self):
        self.fails(2, 'did you mean "number"', "topic", "echo", "shop/orders", "--field", "nubmer")
        self.fails(2, "route[0].z", "topic", "echo", "shop/orders", "--field", "route[0].z")
        self.fails(2, "itme", "topic", "echo", "shop/orders", "--filter", 'number > 1 && itme == "tea"')
        self.fails(2, "lazy", "topic", "echo", "shop/orders", "--filter", "state == lazy")

    def test_json_has_the_header_too(self):
        first, second = self.echo("--json", "--count", "2")
        self.assertEqual(first["type"], "shop/Order")
        self.assertEqual(second["sequence"], first["sequence"] + 1)
        self.assertEqual(second["source"], first["source"])
        self.assertEqual(second["message"]["number"], first["message"]["number"] + 1)
        self.assertEqual(self.echo("--json", "--field", "item", "--count", "1")[0]["fields"], {"item": "tea"})

    def test_duration_ends_it(self):
        run = weft("topic", "echo", "shop/orders", "--duration", "1")
        self.assertEqual(run.returncode, 0 if run.stdout else 3, run.stderr)
        self.assertEqual(weft("topic", "echo", "shop/nothing", "--duration", "0.1").returncode, 3)

    def test_what_came_in_vain_is_told(self):
        echo = "topic", "echo", "shop/orders", "--filter", "number == 0", "--duration", "1"
        run = weft(*echo)
        while "no message in time" in run.stderr:  # it found the publisher too late
            run = weft(*echo)
        self.assertEqual((run.returncode, run.stdout), (3, ""), run.stderr)
        self.assertRegex(run.stderr, r"^weft: shop/orders: \d+ messages? came, none passed the filter\n$")
        for verb in "echo", "hz":
            several = "topic", verb, "shop/orders", "--count", "1000000", "--duration", "1"
            run = weft(*several)
            while "no message in time" in run.stderr:
                run = weft(*several)
            self.assertEqual(run.returncode, 3, verb)
            self.assertRegex(run.stderr, r"^weft: shop/orders: \d+ of 1000000 messages came in time\n$")

    def test_a_terminal_gets_long_lists_cut_and_whole_with_full(self):
        echo = "topic", "echo", "shop/orders", "--count", "1"
        code, text = weft.in_terminal(*echo, environment={"NO_COLOR": "1"})
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"codes: \[42, 42, .*… \d+ more\]")
        self.assertIn("  [0]: {x: 1.0, y: 2.0}\n", text)
        code, text = weft.in_terminal(*echo, "--full", environment={"NO_COLOR": "1"})
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\ncodes: \[(42, ){99}42\]\n")


    def test_what_hinders_several_is_told_once(self):
        one, other = (Beside(WEFT, "topic", "echo", "shop/nothing", says="nobody") for _ in range(2))
        third = Beside(WEFT, "topic", "echo", "shop/nothing", says=None)
        self.assertEqual(third.line(), "weft: shop/nothing: nobody publishes shop/nothing\n")
        for echo in one, other, third:
            echo.end(signal.SIGINT)

    def test_who_takes_it_for_a_service_is_told(self):
        told = "shop/orders is a topic: weft topic info shop/orders"
        self.fails(1, told, "service", "info", "shop/orders")
        self.fails(1, told, "service", "call", "shop/orders", "--timeout", "1")


class Measures(Found):
    there = (("orders",),)

    def test_each_accounts_for_every_message(self):
        for verb in "hz", "bw", "delay":
            reports = self.answers("topic", verb, "shop/orders", "--count", "50", "--json")
            self.assertEqual(sum(report["messages"] for report in reports), 50, verb)

    def test_the_rate_is_that_of_the_intervals(self):
        for report in self.answers("topic", "hz", "shop/orders", "--count", "50", "--json"):
            if report["rate_hz"] is not None:  # the first message, alone in its second
                self.assertAlmostEqual(report["rate_hz"] * report["interval_mean_s"], 1)
        for report in self.answers("topic", "bw", "shop/orders", "--count", "2", "--json"):
            if report["rate_hz"] is not None:  # two messages span one interval: the size is that of the second
                size = report["bytes_per_s"] / report["rate_hz"]
                self.assertTrue(report["size_min"] - 0.1 < size < report["size_max"] + 0.1, report)

    def test_one_message_has_no_rate(self):
        for verb in "hz", "bw", "delay":
            report, = self.answers("topic", verb, "shop/orders", "--count", "1", "--json")
            self.assertEqual((report["messages"], report["rate_hz"]), (1, None), verb)
            code, text = weft.in_terminal("topic", verb, "shop/orders", "--count", "1")
            self.assertEqual(code, 0, text)
            self.assertIn("  - Hz", text)

    def test_no_line_is_about_a_part_of_a_second_in_which_nothing_came(self):
        for verb in "hz", "bw", "delay":
            run = weft("topic", verb, "shop/nothing", "--duration", "0.1")
            self.assertEqual((run.returncode, run.stdout), (3, ""), run.stderr)

    def test_bw_knows_the_sizes_of_the_messages(self):
        report = self.answers("topic", "bw", "shop/orders", "--count", "2", "--json")[-1]
        self.assertGreater(report["size_min"], 100)
        self.assertGreaterEqual(report["size_max"], report["size_mean"])
        self.assertGreaterEqual(report["size_mean"], report["size_min"])

    def test_delays_are_in_order_and_past(self):
        for report in self.answers("topic", "delay", "shop/orders", "--count", "50", "--json"):
            figures = [report[f"delay_{name}_s"] for name in ("min", "p50", "p99", "max")]
            self.assertEqual((figures, report["from_the_future"]), (sorted(figures), 0))


class Pub(Found):
    there = (("notes",),)
    zero = {"number": 0, "text": "", "state": "idle", "route": []}

    def published(self, count, *arguments, **options):
        """What the subscriber printed, which knows its type at compile time."""
        run = weft("topic", "pub", "shop/notes", *arguments, **options)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""), arguments)
        return [json.loads(self.others[0].line()) for _ in range(count)]

    def test_the_type_is_the_subscribers_and_what_is_left_out_is_zero(self):
        self.assertEqual(self.published(1, "{}"), [self.zero])
        self.assertEqual(self.published(1, '{"number":1,"state":"busy","route":[{"y":2}]}'),
                         [{"number": 1, "text": "", "state": "busy", "route": [{"x": 0, "y": 2}]}])

    def test_a_message_is_sent_as_often_as_it_is_told_to(self):
        self.assertEqual(self.published(3, '{"number":5}', "--count", "3", "--rate", "1000"),
                         [{**self.zero, "number": 5}] * 3)

    def test_lines_of_a_file_and_of_standard_input(self):
        lines = "".join(f'{{"number":{number}}}\n' for number in range(100))
        wanted = [{**self.zero, "number": number} for number in range(100)]
        self.assertEqual(self.published(100, "--file", "-", input=lines), wanted)
        path = os.path.join(PLACE, "lines.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines + "\n")
        self.assertEqual(self.published(100, "--file", path), wanted)
        os.unlink(path)

    def test_the_field_that_is_wrong_is_named(self):
        for message, named in (('{"nubmer":1}', "nubmer"), ('{"number":-1}', "number"), ('{"number":"one"}', "number"),
                               ('{"state":"lazy"}', "state"), ('{"route":[{"x":1},{"z":2}]}', "route[1].z"),
                               ('{"route":[{"x":true}]}', "route[0].x"), ("[1]", "shop/Note"),
                               ("nonsense", "not JSON")):
            with self.subTest(message=message):
                self.fails(2, named, "topic", "pub", "shop/notes", message)

    def test_the_line_that_is_wrong_is_named_with_its_field(self):
        self.fails(2, "-:2: ", "topic", "pub", "shop/notes", "--file", "-", input='{"number":1}\n{"route":[{"z":1}]}\n')
        self.assertEqual(json.loads(self.others[0].line())["number"], 1)

    def test_nobody_there_is_a_timeout(self):
        self.assertEqual(weft("topic", "pub", "shop/nothing", "{}", "--timeout", "0.1").returncode, 3)


class Calls(Found):
    there = (("prices",),)

    def test_a_call_is_answered_and_what_is_left_out_is_zero(self):
        call = "service", "call", "shop/price"
        self.assertEqual(self.answers(*call, '{"item":"tea","pieces":4}'), [{"total": 10, "item": "tea"}])
        self.assertEqual(self.answers(*call, "{}"), [{"total": 0, "item": ""}])

    def test_a_request_may_be_missing_only_where_its_type_has_no_fields(self):
        self.fails(2, "shop/price: give a request, a shop/Question as JSON ('{}' asks with defaults", "service", "call",
                   "shop/price")
        self.assertEqual(self.answers("service", "call", "shop/hours"), [{"total": 24, "item": ""}])

    def test_the_field_that_is_wrong_is_named(self):
        self.fails(2, "peices", "service", "call", "shop/price", '{"peices":4}')
        self.fails(2, "pieces", "service", "call", "shop/price", '{"pieces":-4}')

    def test_what_a_server_refuses_is_a_failure_with_its_words(self):
        self.fails(1, "13 of it are never sold", "service", "call", "shop/price", '{"pieces":13}')

    def test_who_takes_it_for_a_topic_is_told(self):
        told = "shop/price is a service: weft service info shop/price"
        self.fails(1, told, "topic", "info", "shop/price")
        self.fails(1, told, "topic", "type", "shop/price")
        self.fails(3, told, "topic", "pub", "shop/price", "{}", "--timeout", "1")
        echo = Beside(WEFT, "topic", "echo", "shop/price", says=None)
        self.assertEqual(echo.line(), f"weft: shop/price: nobody publishes shop/price; {told}\n")
        echo.end(signal.SIGINT)

    def test_a_service_that_nobody_has_is_told_with_the_one_that_was_meant(self):
        self.fails(1, "shop/price", "service", "call", "shop/prise", "--timeout", "0.1")


class Unseen(unittest.TestCase):
    def test_of_a_name_whose_directory_cannot_be_read_nothing_is_concluded(self):
        daemon = Beside(WEFTD, says="listening at")
        shop = Beside(SHOP, "orders")
        echo = Beside(WEFT, "topic", "echo", "shop/orders", says="number")
        daemon.process.kill()
        daemon.process.communicate(timeout=PATIENCE)
        run = weft("why", "shop/orders", "--json")
        finding = json.loads(run.stdout)
        self.assertEqual((run.returncode, finding["cause"]), (1, "daemon"))
        self.assertIn("the directory cannot be read: no discovery daemon", finding["reason"])
        self.assertIn(f"pid {shop.process.pid} ", finding["reason"])
        self.assertNotIn("nobody", finding["reason"])
        self.assertIn("number", echo.line())
        echo.end(signal.SIGINT)
        shop.end()
        Beside(WEFTD, says="listening at").end(signal.SIGTERM)  # it removes what the dead one left


class Bursts(Found):
    """A hundred thousand messages a second, by count: what came and what was lost is what was sent."""
    COUNT = 200_000

    def test_each_accounts_for_every_message_of_a_burst(self):
        for verb in "hz", "bw", "delay":
            with self.subTest(verb=verb):
                self.burst(verb)

    def burst(self, verb):
        meter = Beside(WEFT, "topic", verb, "shop/orders", "--json", says=None)
        shop = Beside(SHOP, "burst", str(self.COUNT), "100000")
        told = json.loads(shop.line())
        self.assertEqual(told["sent"], self.COUNT)
        messages = lost = 0
        while messages + lost < self.COUNT:
            report = json.loads(meter.line())
            if verb == "hz" and report["interval_mean_s"]:
                self.assertAlmostEqual(report["rate_hz"] * report["interval_mean_s"], 1)
            messages += report["messages"]
            lost += report["lost"]
        self.assertEqual(messages + lost, self.COUNT)
        meter.end(signal.SIGINT)
        shop.end()


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
