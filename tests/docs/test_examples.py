"""docs/examples.md's commands, as they stand there: test_examples.py EXAMPLES_MD WEFTD FOLDER...

A block is run from top to bottom, with the programs of the folders; a line that ends in & goes on beside until the block's
end, and then ends well when it is asked to. All the others must answer 0.
"""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from pictures import png, save  # pylint: disable=wrong-import-position
from tool import PATIENCE, Beside  # pylint: disable=wrong-import-position

DOCUMENT, WEFTD, *FOLDERS = map(os.path.abspath, sys.argv[1:])
os.environ.pop("WEFT_DISCOVERY", None)
os.environ["PATH"] = os.pathsep.join([*FOLDERS, os.environ["PATH"]])


def blocks():
    with open(DOCUMENT, encoding="utf-8") as file:
        return dict(re.findall(r"^<!-- test: examples (\w+) -->\n```sh\n(.*?)^```", file.read(), re.M | re.S))


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")
        cls.place = os.path.join(os.environ["TMPDIR"], "place")
        for number in range(3):
            save(cls.place, f"pictures/{number}.png", png(50, 40, number))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)
        cls.daemon.end(signal.SIGTERM)

    def run_block(self, text):
        beside = []
        for line in text.splitlines():
            if line.endswith("&"):
                beside.append(subprocess.Popen(shlex.split(line[:-1]), cwd=self.place, stdin=subprocess.PIPE))
                continue
            run = subprocess.run(line, shell=True, cwd=self.place, capture_output=True, text=True, timeout=PATIENCE,
                                 check=False)
            self.assertEqual(run.returncode, 0, line + "\n" + run.stdout + run.stderr)
        for each in beside:
            each.send_signal(signal.SIGTERM)
            each.communicate(timeout=PATIENCE)
            self.assertEqual(each.returncode, 0, each.args)

    def test_every_block_does_what_it_says(self):
        for name, text in blocks().items():
            with self.subTest(name=name):
                self.run_block(text)

    def test_every_example_stands_there_and_says_what_it_takes(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            text = file.read()
        for name in os.listdir(FOLDERS[0]):
            if name.startswith("weft-") and os.path.isfile(os.path.join(FOLDERS[0], name)):
                self.assertIn(name, text)
                run = subprocess.run([name, "--help"], capture_output=True, text=True, timeout=PATIENCE, check=False)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                self.assertTrue(run.stdout.startswith(name + ": "), run.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
