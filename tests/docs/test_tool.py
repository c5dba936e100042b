"""README's commands of the weft tool, as they stand there: test_tool.py README WEFT.

The first waits for the second, as in two terminals.
"""
import re
import shlex
import subprocess
import sys
import unittest

README, WEFT = sys.argv[1:3]


def commands():
    with open(README, encoding="utf-8") as file:
        block = re.search(r"^<!-- test: readme tool -->\n```sh\n(.*?)^```", file.read(), re.M | re.S)[1]
    return [shlex.split(line.replace("build/bin/weft", WEFT, 1)) for line in block.splitlines()]


class Readme(unittest.TestCase):
    def test_what_one_terminal_publishes_the_other_shows(self):
        echo, pub = commands()
        with subprocess.Popen(echo, stdout=subprocess.PIPE, text=True) as listening:
            subprocess.run(pub, check=True, timeout=60)
            self.assertIn("cellar", listening.communicate(timeout=60)[0])
            self.assertEqual(listening.returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
