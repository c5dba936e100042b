"""What the tests share of the verbs that take part, with no endpoint: a daemon, and who is told to be there.

Whoever runs them is run as NAME.py WEFT WEFTD SHOP.
"""
import json
import os
import signal
import sys
import unittest

from tool import Beside, Tool

WEFT, WEFTD, SHOP = sys.argv[1:4]
os.environ.pop("WEFT_DISCOVERY", None)
weft = Tool(WEFT)


class Found(unittest.TestCase):
    """With a daemon, and who is told to be there."""
    there = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")
        cls.others = [Beside(SHOP, *words) for words in cls.there]

    @classmethod
    def tearDownClass(cls):
        for each in cls.others:
            each.end()
        cls.daemon.end(signal.SIGTERM)

    def answers(self, *arguments, **options):
        """The JSON of each line that a verb prints."""
        run = weft(*arguments, **options)
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def fails(self, code, text, *arguments, **options):
        run = weft(*arguments, **options)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        self.assertIn(text, run.stderr)
