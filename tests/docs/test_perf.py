"""docs/perf.md's commands, as they stand there: test_perf.py PERF_MD WEFT_PERF. Each must answer 0 and say something."""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

DOCUMENT, WEFT_PERF = map(os.path.abspath, sys.argv[1:3])


class Perf(unittest.TestCase):
    def test_each_command_answers(self):
        place = tempfile.mkdtemp()
        with open(DOCUMENT, encoding="utf-8") as file:
            block = re.search(r"^<!-- test: perf -->\n```sh\n(.*?)^```", file.read(), re.M | re.S)[1]
        for line in block.splitlines():
            with self.subTest(line=line):
                name, *arguments = shlex.split(line)
                self.assertEqual(name, "weft-perf")
                done = subprocess.run([WEFT_PERF, *arguments], cwd=place, capture_output=True, text=True, timeout=100,
                                      check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertTrue(done.stdout)
        self.assertTrue(os.listdir(os.path.join(place, "plots")))
        shutil.rmtree(place)


if __name__ == "__main__":
    unittest.main(argv=["test_perf.py"], verbosity=2)
