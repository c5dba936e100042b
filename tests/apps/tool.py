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

    def verbs(self, *path):
        """Every verb, by --help: ['topic'], ['topic', 'list'], ..."""
        text = self(*path, "--help").stdout
        found = []
        for line in text.partition("Subcommands:\n")[2].split("\n\n")[0].splitlines():
            if line.startswith("  ") and line[2] != " ":
                verb = [*path, line.split()[0]]
                found += [verb, *self.verbs(*verb)]
        return found

    def in_terminal(self, *arguments, width=80, environment=None):
        """(exit code, what it wrote) with standard output a terminal of that width."""
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "COLUMNS")}
        surroundings = {**clean, "TERM": "xterm", **(environment or {})}
        with Terminal([self.program, *arguments], width, surroundings) as terminal:
            return terminal.end()


class Terminal:
    """A program whose input, output and errors are a terminal of that width, as a user has it: keys are signals."""

    def __init__(self, command, width=80, environment=None):
        self.ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self.process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(its)
        self.data = b""

    @property
    def text(self):
        return self.data.decode(errors="replace").replace("\r\n", "\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.ours)

    def press(self, keys):
        os.write(self.ours, keys.encode())

    def more(self):
        """False: nobody has the terminal any more. The sandbox's watchdog ends a wait in vain."""
        try:
            got = os.read(self.ours, 65536)
        except OSError:
            return False
        self.data += got
        return bool(got)

    def says(self, text):
        """Reads until it shows `text`."""
        while text not in self.text:
            if not self.more():
                raise AssertionError(f"ended without {text!r}: {self.text}")

    def end(self):
        """(exit code, all that it showed)"""
        while self.more():
            pass
        return self.process.wait(PATIENCE), self.text


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


class Beside:
    """A program that runs beside, once it has said on its output or errors that it is there."""

    def __init__(self, *command, says="ready"):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        while says is not None and says not in self.line():
            pass

    def line(self):
        """The next that it says. The sandbox's watchdog ends a wait in vain."""
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{self.process.args} ended with {self.process.wait(PATIENCE)}")
        return line

    def end(self, number=None):
        """By a signal, or by the end of its input; it must end well."""
        if number is not None:
            self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0:
            raise AssertionError(f"{self.process.args} ended with {self.process.returncode}: {rest}")
