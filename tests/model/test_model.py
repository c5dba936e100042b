"""Checks the models of shared memory's protocols with spin: as they are they hold, and each bug that they can be given is found.

usage: test_model.py MODEL.pml...
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

MODELS = sys.argv[1:]
PATIENCE = 240
DEEPEST = 1_000_000  # steps of one order


def bugs_of(path):
    """The numbers that the model's head lists."""
    with open(path, encoding="utf-8") as file:
        head = file.read().split("*/")[0]
    return [int(number) for number in re.findall(r"(?<= )(\d) (?=[a-z`])", head.split("spin must find it:")[1])]


def check(path, bug):
    """How many errors spin finds, and the states that it has looked at."""
    with tempfile.TemporaryDirectory() as folder:
        for command in (["spin", f"-DBUG={bug}", "-a", path],
                        ["gcc", "-O2", "-DSAFETY", "-w", "-o", "pan", "pan.c"],
                        ["./pan", f"-m{DEEPEST}"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
            if done.returncode != 0:
                raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        if "max search depth too small" in done.stdout:
            raise AssertionError("not every order was followed to its end")
        return (int(re.search(r"errors: (\d+)", done.stdout)[1]),
                int(re.search(r"(\d+) states, stored", done.stdout)[1]))


class Models(unittest.TestCase):
    def test_no_order_of_steps_breaks_them(self):
        for path in MODELS:
            with self.subTest(os.path.basename(path)):
                errors, states = check(path, 0)
                self.assertEqual(errors, 0)
                print(f"{os.path.basename(path)}: holds in all of {states} states", flush=True)

    def test_each_bug_is_found(self):
        for path in MODELS:
            bugs = bugs_of(path)
            self.assertEqual(bugs, list(range(1, len(bugs) + 1)))
            self.assertGreaterEqual(len(bugs), 3)
            for bug in bugs:
                with self.subTest(os.path.basename(path), bug=bug):
                    self.assertGreater(check(path, bug)[0], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
