"""The thread sanitizer still reports a race of ours with the suppressions in force.

usage: test_canary.py CANARY
"""
import subprocess
import sys
import unittest

CANARY = sys.argv.pop()


class Canary(unittest.TestCase):
    def test_a_seeded_race_is_reported(self):
        done = subprocess.run([CANARY], capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "SUMMARY: ThreadSanitizer: data race .*canary")


if __name__ == "__main__":
    unittest.main()
