"""weft's programs where output, daemons or a terminal fail them: test_trouble.py WEFT WEFTD SHOP HOSTMON ALERTS."""
import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import unittest

from tool import PATIENCE, Beside, Tool

WEFT, WEFTD, SHOP, HOSTMON, ALERTS = sys.argv[1:]
BY_HAND = {**os.environ, "WEFT_DISCOVERY": "off"}
os.environ.pop("WEFT_DISCOVERY", None)
weft = Tool(WEFT)
RUNTIME = os.environ["WEFT_RUNTIME_DIR"]
# Each of them at its most patient would take longer than the test has.
CROWD = [f"hung-{number}" for number in range(20)]


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


class Hung:
    """Something that listens as daemons of these domains do, and never answers."""

    def __init__(self, *domains):
        self.sockets = []
        for domain in domains:
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            listening.bind(os.path.join(RUNTIME, f"weftd-{domain}"))
            listening.listen()
            self.sockets.append(listening)

    def __enter__(self):
        return self

    def asked(self):
        """The next that asks the last of them. The sandbox's watchdog ends a wait in vain."""
        return self.sockets[-1].accept()[0]

    def __exit__(self, *_):
        for each in self.sockets:
            path = each.getsockname()
            each.close()
            os.unlink(path)


class HungDaemons(unittest.TestCase):
    def setUp(self):
        self.daemon = Beside(WEFTD, says="listening at")

    def tearDown(self):
        self.daemon.end(signal.SIGTERM)

    def test_why_says_which_domains_do_not_answer(self):
        with Hung(*CROWD):
            run = weft("why", "shop/orders")
        self.assertEqual((run.returncode, run.stderr), (1, ""))
        first, *others = run.stdout.splitlines()
        self.assertIn("nobody has shop/orders", first)
        self.assertEqual(sorted(re.search('domain "(.*)" does not answer', line)[1] for line in others), sorted(CROWD))

    def test_echo_prints_what_comes_meanwhile(self):
        with Hung(*CROWD) as hung:
            echo = subprocess.Popen([WEFT, "topic", "echo", "shop/orders"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True)
            asking = hung.asked()
            shop = Beside(SHOP, "orders")
            self.assertEqual(json.loads(echo.stdout.readline())["item"], "tea")
            asking.close()
            echo.send_signal(signal.SIGINT)
            echo.communicate(timeout=PATIENCE)
            self.assertEqual(echo.returncode, 0)
            shop.end()

    def test_ctrl_c_ends_echo_and_the_measures_while_they_ask(self):
        for verb in "echo", "hz":
            with Hung(*CROWD) as hung:
                asking = subprocess.Popen([WEFT, "topic", verb, "shop/nothing"], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.PIPE)
                asked = hung.asked()
                asking.send_signal(signal.SIGINT)
                _, errors = asking.communicate(timeout=PATIENCE)
                self.assertEqual((asking.returncode, errors), (0, b""), verb)
                asked.close()


class OwnDaemonHung(unittest.TestCase):
    def test_ctrl_c_ends_whoever_asks_it(self):
        for verb, code in (["topic", "list"], -signal.SIGINT), (["why", "a"], -signal.SIGINT), (["topic", "pub", "a", "{}"], 0):
            with Hung("default") as hung:
                asking = subprocess.Popen([WEFT, *verb], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                asked = hung.asked()
                asking.send_signal(signal.SIGINT)
                _, errors = asking.communicate(timeout=PATIENCE)
                self.assertEqual((asking.returncode, errors), (code, b""), verb)
                asked.close()


class NoDaemonCanStart(unittest.TestCase):
    def test_doctor_fails_and_says_what_is_in_the_way(self):
        lock = os.path.join(RUNTIME, "weftd-default.lock")
        os.mkdir(lock)
        checks = {line["check"]: line for line in map(json.loads, self.doctor(1).splitlines())}
        self.assertEqual(checks["daemon"]["state"], "fail")
        self.assertIn(lock, checks["daemon"]["text"])
        self.assertIn("clear the way", checks["daemon"]["remedy"])
        why = weft("why", "a")
        self.assertEqual((why.returncode, why.stdout.count("\n")), (1, 1))
        self.assertIn(lock, why.stdout)
        os.rmdir(lock)
        self.doctor(0)

    def doctor(self, code):
        run = weft("doctor", "--json")
        self.assertEqual((run.returncode, run.stderr), (code, ""), run.stdout)
        return run.stdout


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
