"""docs/tools.md's commands, as they stand there: test_tools.py TOOLS_MD WEFT HOSTMON.

They run one after the other beside weft-hostmon, which they find; each must answer 0 and say something.
"""
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


def commands():
    with open(DOCUMENT, encoding="utf-8") as file:
        blocks = re.findall(r"^<!-- test: tools -->\n```sh\n(.*?)^```", file.read(), re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


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
            for name, *arguments in commands():
                with self.subTest(arguments=arguments):
                    self.assertEqual(name, "weft")
                    done = subprocess.run([WEFT, *arguments], capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(done.stdout)
            hostmon.send_signal(signal.SIGINT)
            hostmon.stderr.close()
            self.assertEqual(hostmon.wait(60), 0)
        end_the_daemon()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
