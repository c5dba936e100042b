"""weft's programs where output, daemons or a terminal fail them: test_trouble.py WEFT WEFTD SHOP HOSTMON ALERTS."""
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import unittest

from tool import PATIENCE, Tool

WEFT, WEFTD, _, HOSTMON, ALERTS = sys.argv[1:]
BY_HAND = {**os.environ, "WEFT_DISCOVERY": "off"}
os.environ.pop("WEFT_DISCOVERY", None)
weft = Tool(WEFT)


def full_pipe():
    """(its end to read, its end to write), without room."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    return reading, writing


class Output(unittest.TestCase):
    """What each does with nobody to tell: (command, its exit code)."""
    COMMANDS = (([WEFT, "topic", "list"], 1), ([WEFT, "topic", "info", "x"], 1), ([WEFT, "nonsense"], 2),
                ([WEFTD, "--domain", "BAD"], 2), ([HOSTMON, "--duration", "0.1"], 0), ([ALERTS, "--duration", "0.1"], 0))

    def test_standard_error_that_is_full_closed_or_unread_changes_no_exit_code(self):
        for to in "2>/dev/full", "2>&-", ">&- 2>&-":
            for command, code in self.COMMANDS:
                with self.subTest(to=to, command=command):
                    run = subprocess.run(["bash", "-c", f'exec "$0" "$@" {to}', *command], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False, env=BY_HAND)
                    self.assertEqual(run.returncode, code)

    def test_a_reader_of_the_errors_that_has_gone_ends_nothing(self):
        for program in HOSTMON, ALERTS:
            reading, writing = os.pipe()
            os.close(reading)
            run = subprocess.run([program, "--duration", "0.1"], stderr=writing, timeout=PATIENCE, check=False,
                                 env=BY_HAND)
            os.close(writing)
            self.assertEqual(run.returncode, 0, program)

    def test_what_cannot_be_said_to_a_closed_output_is_a_failure(self):
        run = subprocess.run(["bash", "-c", 'exec "$0" completion bash >&-', WEFT], stderr=subprocess.PIPE, text=True,
                             timeout=PATIENCE, check=False)
        self.assertEqual((run.returncode, "standard output" in run.stderr), (1, True), run.stderr)

    def test_ctrl_c_ends_it_while_nobody_reads(self):
        for number in signal.SIGINT, signal.SIGTERM:
            reading, writing = full_pipe()
            echo = subprocess.Popen([WEFT, "topic", "echo", "test/notes", "--bind", "ipc://blocked", "--reliable"],
                                    stdout=writing, stderr=subprocess.PIPE, text=True, env=BY_HAND)
            self.assertIn("waiting at", echo.stderr.readline())
            run = weft("topic", "pub", "test/notes", "{}", "--connect", "ipc://blocked", "--schema", "test/Note{x:u8}",
                       env=BY_HAND)
            self.assertEqual(run.returncode, 0, run.stderr)
            echo.send_signal(number)
            _, errors = echo.communicate(timeout=PATIENCE)
            self.assertEqual((echo.returncode, errors), (0, ""))
            os.close(reading)
            os.close(writing)

    def test_ctrl_c_breaks_off_what_only_looks(self):
        reading, writing = full_pipe()
        for verb in (["completion", "bash"], ["doctor"]):
            look = subprocess.Popen([WEFT, *verb], stdout=writing)
            look.send_signal(signal.SIGINT)
            self.assertEqual(look.wait(PATIENCE), -signal.SIGINT)
        os.close(reading)
        os.close(writing)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
