"""weftd as a process, and a program that looks for others: begun, asked and ended.

A test's command line begins with: WEFTD FINDER plain|sanitized

FINDER (finder.cpp) is a program with one side of discovery. Nothing waits for time: it waits for a line, for the end of
a process, or for a file, under the sandbox's watchdog.
"""
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import msgpack

WEFTD, FINDER = map(os.path.abspath, sys.argv[1:3])
SANITIZED = sys.argv[3] == "sanitized"  # then memory and system calls are the sanitizer's, too
RUNTIME = os.environ["WEFT_RUNTIME_DIR"]
PATIENCE = 60


def environment(directory, **more):
    return {**os.environ, "WEFT_RUNTIME_DIR": directory, **more}


def weftd(directory, *arguments, **options):
    return subprocess.run([WEFTD, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False,
                          env=environment(directory, **options))


def holder(directory, domain="default"):
    """The process that its lock names."""
    with open(os.path.join(directory, f"weftd-{domain}.lock"), encoding="utf-8") as file:
        return int(file.read().split()[-1])


def end(pid, number=signal.SIGTERM):
    """Ends a process that is not our child, and waits for that."""
    pidfd = os.pidfd_open(pid)
    signal.pidfd_send_signal(pidfd, number)
    wait_for_end(pidfd)


def wait_for_end(pidfd):
    select.select([pidfd], [], [])
    os.close(pidfd)


def connect(directory, domain="default"):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(os.path.join(directory, f"weftd-{domain}"))
    except OSError:
        connection.close()
        raise
    return connection


def watching(directory):
    """A session that has been welcomed; None if the daemon ended just then."""
    try:
        session = connect(directory)
        session.send(bytes(8) + msgpack.packb([1, "test", 0, "test", True, []]))
        if session.recv(1 << 18):
            return session
    except OSError:
        pass
    return None


class Foreground:
    """A weftd that stays; ended by SIGTERM, which must be clean."""

    def __init__(self, directory, *arguments, **options):
        self.process = subprocess.Popen([WEFTD, *arguments], stderr=subprocess.PIPE, text=True,
                                        env=environment(directory), **options)
        self.first_line = self.process.stderr.readline()

    def __enter__(self):
        return self

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, self.process.returncode

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.stop()


class Finder:
    def __init__(self, directory, context, kind, name="t", count=1, daemon="", *more):
        self.process = subprocess.Popen([FINDER, str(context), kind, name, str(count), daemon, *more], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(directory))

    def __enter__(self):
        return self

    def reads(self, wanted):
        """The lines up to the one that begins like that."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.strip())
            if line.startswith(wanted):
                return lines
        raise AssertionError(f"ended without {wanted!r}: {lines}")

    def announce_another(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def children(self):
        found = []
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{thread}/children", encoding="utf-8") as file:
                found += file.read().split()
        return found

    def __exit__(self, *_):
        self.rest, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, (self.process.returncode, self.rest)


class WeftdTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="d", dir=RUNTIME)

    def tearDown(self):
        self.assertEqual(os.listdir(self.directory), [], "left behind")
        os.rmdir(self.directory)

    def stop_background(self):
        end(holder(self.directory))
