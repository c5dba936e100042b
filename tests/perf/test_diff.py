"""weft-perf diff, and the schema of reports: test_diff.py WEFT_PERF SAMPLE_REPORT REPORT_SCHEMA."""
import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from tool import ESCAPES, PATIENCE, Tool

WEFT_PERF, SAMPLE, SCHEMA = sys.argv[1:]
weft_perf = Tool(WEFT_PERF)


def loaded(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cell(size, p50, faults=(), rounds=8, **more):
    """Rounds about a p50, as those of latency."""
    key = {"verb": "latency", "peer": "weft", "transport": "ipc", "bytes": size, **more}
    values = [p50 + i for i in range(rounds)]
    metrics = [{"name": "p50", "unit": "ns", "better": "less", "values": values}]
    return {"key": key, "metrics": metrics, "curves": [], "faults": list(faults)}


def report(*cells, **members):
    return {"format": "weft-perf/1", "command": "weft-perf latency", "environment": {"cpu": "Some", "cores": "2", "load": "1"},
            "complete": True, "cells": list(cells), "skipped": [], **members}


class WithFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def files(self, before, after):
        return self.file("old.json", before), self.file("new.json", after)

    def diff(self, before, after, *options):
        return weft_perf("diff", *self.files(before, after), *options)

    def refusal(self, content):
        """What is said of a file that is no report."""
        run = self.diff(report(), content)
        self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        self.assertIn("new.json: ", run.stderr)
        return run.stderr


class Diff(WithFiles):
    def test_the_same_is_equal(self):
        same = report(cell(0, 1000), cell(64, 2000))
        run = self.diff(same, same)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout, "2 metrics: 0 worse, 0 better, 2 equal, 0 undecided\n")

    def test_what_moved_is_shown_the_worst_first_and_fails(self):
        before = report(cell(0, 1000), cell(64, 2000), cell(1024, 3000), cell(4096, 4000, rounds=2))
        after = report(cell(0, 800), cell(64, 3000), cell(1024, 3000), cell(4096, 4000, rounds=2))
        run = self.diff(before, after)
        self.assertEqual((run.returncode, run.stderr), (1, ""))
        worse, better, _, summary, few, advice = run.stdout.splitlines()
        self.assertEqual(worse.split("\t"),
                         ["WORSE", "+49.9", "+49.7 +50.1", "2.00 µs", "3.00 µs", "p50", "latency weft ipc bytes=64"])
        self.assertEqual(better.split("\t")[0], "better")
        self.assertEqual(summary, "4 metrics: 1 worse, 1 better, 1 equal, 1 undecided")
        self.assertTrue(few.startswith("1 of them have too few rounds"), few)
        self.assertTrue(advice.startswith("undecided: "), advice)
        all_of_them = self.diff(before, after, "--all").stdout.splitlines()
        self.assertEqual([line.split("\t")[0] for line in all_of_them[:4]], ["WORSE", "better", "undecided", "equal"])
        self.assertIn("few rounds", all_of_them[2])

    def test_what_was_0_has_no_percents(self):
        before, after = report(cell(0, 0)), report(cell(0, 5))
        before["cells"][0]["metrics"][0]["values"] = [0] * 8
        row = self.diff(before, after).stdout.splitlines()[0]
        self.assertEqual(row.split("\t")[:5], ["WORSE", "from 0", "", "0 ns", "8.50 ns"])

    def test_better_is_no_failure(self):
        self.assertEqual(self.diff(report(cell(0, 1000)), report(cell(0, 800))).returncode, 0)

    def test_what_is_only_in_one_of_both_is_told(self):
        run = self.diff(report(cell(0, 1000), cell(1, 1000)), report(cell(1, 1000), cell(64, 1000)))
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, "only in .*old.json: latency weft ipc bytes=0\n")
        self.assertRegex(run.stdout, "only in .*new.json: latency weft ipc bytes=64\n")

    def test_new_faults_fail(self):
        run = self.diff(report(cell(0, 1000)), report(cell(0, 1000, ["3 messages are\x1b missing"])))
        self.assertEqual(run.returncode, 1)
        self.assertIn("FAULT in latency weft ipc bytes=0: 3 messages are\\u001b missing\n", run.stdout)

    def test_reports_of_other_things_cannot_be_compared(self):
        run = self.diff(report(cell(0, 1000)), report(cell(64, 1000)))
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("have nothing in common to compare", run.stderr)

    def test_other_surroundings_are_warned_of(self):
        run = self.diff(report(), report(environment={"cpu": "Other", "cores": "2", "load": "7"}, complete=False))
        self.assertEqual(run.returncode, 0)
        ended, cpu = run.stderr.splitlines()
        self.assertRegex(ended, "^weft-perf: warning: .*new.json is of a run that did not end well$")
        self.assertEqual(cpu, 'weft-perf: warning: another cpu: "Some" before, "Other" now')

    def test_a_terminal_gets_a_table_that_fits(self):
        texts = {"transport": "a_transport_with_a_long_name", "reader": "looks_at_the_header_only"}
        old, new = self.files(report(cell(64, 12_345_678, **texts)), report(cell(64, 87_654_321, **texts)))
        code, text = weft_perf.in_terminal("diff", old, new, width=100)
        self.assertEqual(code, 1, text)
        lines = ESCAPES.sub("", text).splitlines()
        self.assertLessEqual(max(map(len, lines)), 100, text)
        self.assertTrue(lines[0].startswith("verdict"), text)
        for word in (*texts.values(), "bytes=64", "87.7 ms"):
            self.assertIn(word, text)

    def test_json_holds_all_of_it(self):
        before = report(cell(0, 0, rounds=4), cell(64, 1000), cell(1024, 5))
        before["cells"][0]["metrics"][0]["values"] = [0, 0, 0, 0]
        after = report(cell(0, 7, rounds=4), cell(64, 1000, ["lost"]), cell(4096, 5), environment={"cpu": "Other"})
        run = self.diff(before, after, "--json")
        self.assertEqual((run.returncode, run.stderr), (1, ""))
        got = json.loads(run.stdout)
        self.assertTrue(got["regressed"])
        self.assertEqual(got["environment"][0], {"name": "cpu", "old": "Some", "new": "Other"})
        zero, same = got["metrics"]
        self.assertEqual((zero["key"]["bytes"], zero["ratio"], zero["movement"]), (0, None, "undecided"))
        self.assertEqual({**same, "key": None}, {
            "key": None, "metric": "p50", "unit": "ns", "movement": "equal", "old": 1003.5, "new": 1003.5, "ratio": 1.0,
            "low": same["low"], "high": same["high"]})
        self.assertEqual(got["only_old"][0]["key"]["bytes"], 1024)
        self.assertEqual(got["only_new"][0]["key"]["bytes"], 4096)
        self.assertEqual(got["broken"][0]["faults"], ["lost"])

    def test_files_that_are_no_reports_are_named_with_what_is_wrong(self):
        for content, said in (("", "not JSON"), ("{", "not JSON"), ("[" * 100_000, "too deep"), ("[]", "is no object"),
                              ("{}", 'has no "format"'), (report(format="weft-perf/2"), "format: is not"),
                              (report(cell(0, 1), cell(0, 2)), "two cells of the key")):
            with self.subTest(said=said):
                self.assertIn(said, self.refusal(content))
        here = self.file("old.json", report())
        for path, said in ((os.path.join(self.folder, "none"), "No such file"), (self.folder, "Is a directory")):
            run = weft_perf("diff", here, path)
            self.assertEqual((run.returncode, run.stdout), (1, ""))
            self.assertIn(said, run.stderr)

    def test_wrong_usage_says_what_is_expected(self):
        for words, said in (((), "OLD.json"), ((SAMPLE,), "NEW.json"), ((SAMPLE, SAMPLE, "--nonsense"), "--nonsense")):
            run = weft_perf("diff", *words)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn(said.removesuffix(".json").lower(), run.stderr.lower())

    def test_what_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = subprocess.run([WEFT_PERF, "diff", SAMPLE, SAMPLE], stdout=full, stderr=subprocess.PIPE, text=True,
                                 timeout=PATIENCE, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("standard output", run.stderr)


class Schema(WithFiles):
    """The schema and the program refuse the same; perf_test writes the sample as it was read."""

    def test_the_sample_is_as_the_schema_has_it(self):
        jsonschema.Draft7Validator.check_schema(loaded(SCHEMA))
        jsonschema.validate(loaded(SAMPLE), loaded(SCHEMA))
        self.assertEqual(weft_perf("diff", SAMPLE, SAMPLE).returncode, 0)

    def test_what_the_schema_refuses_the_program_refuses(self):
        for place, value in (
                (("command",), 1), (("environment",), []), (("environment", "cores"), None), (("complete",), "yes"),
                (("cells",), {}), (("cells", 0), []), (("cells", 0, "key"), None), (("cells", 0, "key", "bytes"), [64]),
                (("cells", 0, "metrics"), {}), (("cells", 0, "metrics", 0, "name"), 50),
                (("cells", 0, "metrics", 0, "unit"), None), (("cells", 0, "metrics", 0, "better"), "LESS"),
                (("cells", 0, "metrics", 0, "values"), []), (("cells", 0, "metrics", 0, "values", 2), "3"),
                (("cells", 0, "metrics", 0, "values", 2), -0.5), (("cells", 0, "curves", 0, "name"), []),
                (("cells", 0, "curves", 0, "points"), 1), (("cells", 0, "curves", 0, "points", 0), [1, 2, 3]),
                (("cells", 0, "curves", 0, "points", 2, 0), 1.001), (("cells", 0, "curves", 0, "points", 2, 1), True),
                (("cells", 0, "faults"), "none"), (("cells", 0, "faults"), [0]), (("skipped",), [None])):
            with self.subTest(place=place, value=value):
                changed = copy.deepcopy(loaded(SAMPLE))
                holder = changed
                for step in place[:-1]:
                    holder = holder[step]
                holder[place[-1]] = value
                self.assertFalse(jsonschema.Draft7Validator(loaded(SCHEMA)).is_valid(changed))
                self.assertIn(place[-1] if isinstance(place[-1], str) else f"[{place[-1]}]", self.refusal(changed))

    def test_what_the_schema_requires_the_program_requires(self):
        sample = loaded(SAMPLE)
        parts = (lambda it: it), (lambda it: it["cells"][0]), (lambda it: it["cells"][0]["metrics"][0]), \
            (lambda it: it["cells"][0]["curves"][0])
        for part in parts:
            for name in part(sample):
                with self.subTest(name=name):
                    changed = copy.deepcopy(sample)
                    del part(changed)[name]
                    self.assertFalse(jsonschema.Draft7Validator(loaded(SCHEMA)).is_valid(changed))
                    self.assertIn(f'has no "{name}"', self.refusal(changed))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
