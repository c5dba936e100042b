"""`./dev test` ends with one line that a script can read, and fails if anything failed."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

TALLY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tally.py")


class Total(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def stage(self, name, *results, code=0):
        os.mkdir(os.path.join(self.folder, name))
        with open(os.path.join(self.folder, name, "code"), "w", encoding="utf-8") as file:
            file.write(f"{code}\n")
        with open(os.path.join(self.folder, name, "results.jsonl"), "w", encoding="utf-8") as file:
            for passed, failed, skipped in results:
                file.write(json.dumps({"passed": passed, "failed": failed, "skipped": skipped}) + "\n")

    def total(self):
        done = subprocess.run([sys.executable, TALLY, "total", self.folder], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stdout.splitlines()

    def test_the_last_line_counts_what_passed_and_failed_in_all_stages(self):
        self.stage("plain", (3, 0, []), (4, 0, []))
        self.stage("thread", (5, 0, []))
        self.assertEqual(self.total(), (0, ["12 passed, 0 failed"]))

    def test_what_was_skipped_is_listed_above_the_last_line(self):
        self.stage("plain", (3, 0, ["disks: no diskstats"]))
        self.assertEqual(self.total(), (0, ["skipped: disks: no diskstats", "3 passed, 0 failed"]))

    def test_a_failure_fails_the_whole(self):
        self.stage("plain", (3, 2, []), code=1)
        self.assertEqual(self.total(), (1, ["3 passed, 2 failed"]))

    def test_a_stage_that_breaks_without_a_failed_test_counts_as_one_failure(self):
        self.stage("plain", (3, 0, []), code=2)
        self.assertEqual(self.total(), (1, ["3 passed, 1 failed"]))


if __name__ == "__main__":
    unittest.main()
