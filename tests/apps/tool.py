"""What the tests of the weft tool share: running it in pipes and in a terminal, and towns of programs to look at."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

PATIENCE = 60
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Tool:
    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments, **options):
        """In pipes."""
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False,
                              **options)

    def in_terminal(self, *arguments, width=80, environment=None):
        """(exit code, what it wrote) with standard output a terminal of that width."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
        process = subprocess.Popen([self.program, *arguments], stdout=its, stderr=subprocess.STDOUT,
                                   env={**clean, "TERM": "xterm", **(environment or {})})
        os.close(its)
        data = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            data += more
        os.close(ours)
        return process.wait(PATIENCE), data.decode().replace("\r\n", "\n")


class Town:
    """tests/apps/town.cpp, as a context: a daemon with these ports."""

    def __init__(self, program, *ports, domain="default"):
        self.process = subprocess.Popen([program, domain, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise AssertionError("the town did not come to life")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait(PATIENCE) != 0:
            raise AssertionError("the town ended badly")


def port(context, kind, name, schema="", qos="", medium="ipc"):
    return f"{context}|{kind}|{name}|{schema}|{qos}|{medium}"


def interrupted(program, *arguments):
    """The exit code and errors of a program that gets Ctrl-C once it has said something on standard error."""
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=PATIENCE)
    return process.returncode, said + rest
