"""weft-hostmon and weft-alerts as programs: exit codes, messages, Ctrl-C, and each other.

usage: test_programs.py WEFT_HOSTMON WEFT_ALERTS TREES
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

HOSTMON, ALERTS, TREES = sys.argv[1:4]
PATIENCE = 30


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


class Running:
    """A program whose standard error, or output, can be waited on."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.watchdog = threading.Timer(PATIENCE, self.process.kill)
        self.watchdog.start()

    def wait_for(self, stream, pattern):
        """The first line of the stream that matches; fails when the stream ends first."""
        lines = []
        for line in stream:
            if re.search(pattern, line):
                return line
            lines.append(line)
        raise AssertionError(f"{pattern!r} never came, only {lines}")

    def ready(self, last_topic):
        return self.wait_for(self.process.stderr, last_topic)

    def stop(self, number):
        """Sends the signal; the exit code."""
        self.process.send_signal(number)
        self.process.communicate()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.watchdog.cancel()


class Programs(unittest.TestCase):
    def test_help_shows_examples_and_ends_well(self):
        for program in HOSTMON, ALERTS:
            done = run(program, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Examples:", done.stdout)

    def test_wrong_usage_is_2_and_says_why(self):
        for command in (
            (HOSTMON, "--rate", "0"),
            (HOSTMON, "--rate", "fast"),
            (HOSTMON, "--no-such-option"),
            (HOSTMON, "--top", "-1"),
            (HOSTMON, "--bind", "hostmon"),
            (HOSTMON, "--bind", "carrier-pigeon://x"),
            (HOSTMON, "--bind", "tcp://127.0.0.1:70000"),
            (ALERTS, "--rule", "cpu_busy=1:2:3s"),
            (ALERTS, "--rule", "no_such_rule=off"),
            (ALERTS, "--silence", "0"),
            (ALERTS, "--connect", "nowhere"),
        ):
            with self.subTest(command=command[1:]):
                done = run(*command)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr.strip())

    def test_a_root_that_is_not_there_is_1_and_named(self):
        done = run(HOSTMON, "--proc", "/nonexistent")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "weft-hostmon: open /nonexistent: No such file or directory\n")

    def test_an_endpoint_in_use_is_1(self):
        with Running(HOSTMON, "--bind", "ipc://hostmon") as first:
            first.ready("host/process")
            done = run(HOSTMON, "--bind", "ipc://hostmon")
            self.assertEqual(done.returncode, 1)
            self.assertIn("hostmon-cpu", done.stderr)
            self.assertEqual(first.stop(signal.SIGTERM), 0)

    def test_ctrl_c_ends_both_programs_cleanly(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with Running(HOSTMON, "--rate", "50") as hostmon, Running(ALERTS) as alerts:
                hostmon.ready("host/process")
                alerts.ready("host/alerts")
                self.assertEqual(hostmon.stop(number), 0)
                self.assertEqual(alerts.stop(number), 0)

    def test_a_duration_ends_by_itself(self):
        done = run(HOSTMON, "--rate", "100", "--duration", "0.1", "--quiet")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_without_measurements_the_timeout_is_3(self):
        done = run(ALERTS, "--timeout", "0.1")
        self.assertEqual(done.returncode, 3)
        self.assertIn("does weft-hostmon run?", done.stderr)

    def test_rules_are_listed(self):
        done = run(ALERTS, "--rules", "--rule", "cpu_busy=0.5:0.25:2s", "--rule", "disk_busy=off")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"cpu_busy +0\.5 +0\.25 +2s")
        self.assertNotIn("disk_busy", done.stdout)

    def test_an_alert_crosses_from_program_to_program(self):
        for base in "ipc://hostmon", "tcp://127.0.0.1:0":
            with self.subTest(base=base), tempfile.TemporaryDirectory() as scratch:
                tree = shutil.copytree(os.path.join(TREES, "proc-small"), os.path.join(scratch, "tree"))
                self.assertTrue(self.raises_alert(base, tree))

    def raises_alert(self, base, tree):
        """The captured machine has used memory beyond any share, so that its alert comes with the first sample."""
        command = [HOSTMON, "--rate", "20", "--proc", os.path.join(tree, "proc"), "--sys", os.path.join(tree, "sys")]
        if base.startswith("tcp"):
            base = f"tcp://127.0.0.1:{free_ports(8)}"
        with Running(*command, "--bind", base) as hostmon:
            hostmon.ready("host/process")
            with Running(ALERTS, "--print", "--connect", base, "--rule", "memory_low=0:0:100ms") as alerts:
                line = alerts.wait_for(alerts.process.stdout, "memory_low")
                self.assertRegex(line, r"^raised  warning memory_low: [0-9.]+ %, above 0\.0 % for 0\.\d s$")
                self.assertEqual(alerts.stop(signal.SIGINT), 0)
            self.assertEqual(hostmon.stop(signal.SIGINT), 0)
        return True


def free_ports(count):
    """The first of `count` consecutive TCP ports that nobody has at this moment."""
    import socket

    for first in range(20000 + os.getpid() % 10000, 32000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
