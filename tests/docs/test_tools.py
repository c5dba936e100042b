"""docs/tools.md's commands, as they stand there: test_tools.py TOOLS_MD WEFT HOSTMON.

They run one after the other beside weft-hostmon, which they find; each must answer 0 and say something. Those of a block
"together" run all at once; one of them says something.
"""
import itertools
import os
import re
import select
import shlex
import signal
import subprocess
import sys
import unittest

DOCUMENT, WEFT, HOSTMON = sys.argv[1:4]
os.environ.pop("WEFT_DISCOVERY", None)


def blocks(mark):
    """Each a list of commands."""
    with open(DOCUMENT, encoding="utf-8") as file:
        found = re.findall(rf"^<!-- test: {mark} -->\n```sh\n(.*?)^```", file.read(), re.M | re.S)
    return [[shlex.split(line) for line in block.splitlines()] for block in found]


def end_the_daemon():
    """The one that was started on the way."""
    done = subprocess.run([WEFT, "doctor", "--json"], capture_output=True, text=True, timeout=60, check=False)
    daemon = os.pidfd_open(int(re.search(r"weftd [^,]*, pid (\d+),", done.stdout)[1]))
    signal.pidfd_send_signal(daemon, signal.SIGTERM)
    select.select([daemon], [], [], 60)
    os.close(daemon)


class Tools(unittest.TestCase):
    def test_each_command_answers(self):
        with subprocess.Popen([HOSTMON, "--rate", "50"], stderr=subprocess.PIPE, text=True) as hostmon:
            while "host/process" not in hostmon.stderr.readline():
                pass
            for name, *arguments in itertools.chain(*blocks("tools")):
                with self.subTest(arguments=arguments):
                    self.assertEqual(name, "weft")
                    done = subprocess.run([WEFT, *arguments], capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(done.stdout)
            for block in blocks("tools together"):
                with self.subTest(block=block):
                    self.answer_together(block)
            hostmon.send_signal(signal.SIGINT)
            hostmon.stderr.close()
            self.assertEqual(hostmon.wait(60), 0)
        end_the_daemon()

    def answer_together(self, block):
        running = [subprocess.Popen([WEFT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for _, *arguments in block]
        said = [each.communicate(timeout=60) for each in running]
        self.assertEqual([each.returncode for each in running], [0] * len(block), said)
        self.assertTrue(any(output for output, _ in said))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
