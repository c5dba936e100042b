"""Peers (peer.cpp) as a test sees them: started, spoken to, waited for under a watchdog, stopped, killed."""
import json
import os
import select
import signal
import subprocess
import time


class Lost(AssertionError):
    """What had to happen did not."""


class Peer:
    """One process. Events come in order; expect() skips those that it does not look for."""

    def __init__(self, program, role, patience=60, **options):
        self.role, self.patience = role, patience
        command = [program, role, *(f"{key}={value}" for key, value in options.items())]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.output = b""
        self.seen = []

    def say(self, verb, number=0):
        self.process.stdin.write(f"{verb} {number}\n".encode())
        self.process.stdin.flush()

    def expect(self, event):
        """The next event of this name. What else comes before it is in `seen`."""
        end = time.monotonic() + self.patience
        while True:
            found = self._next(end)
            if found is None:
                raise Lost(f"{self.role} {self.process.pid}: no event {event!r}; the last were {self.seen[-5:]}")
            self.seen.append(found)
            if found["event"] == "error":
                raise Lost(f"{self.role} {self.process.pid}: {found['message']}")
            if found["event"] == event:
                return found

    def ask(self, verb, number=0, event=None):
        self.say(verb, number)
        return self.expect(event or verb)

    def wait_readable(self, seconds):
        """Until it says something, or ends, or the time is over."""
        select.select([self.process.stdout], [], [], seconds)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self._end()

    def close(self):
        """Ends it in order; fails unless it ended well."""
        self.process.stdin.close()
        self._end_well()

    def terminate(self):
        """The same, by SIGTERM."""
        self.process.terminate()
        self._end_well()

    def _end_well(self):
        try:
            code = self.process.wait(self.patience)
        except subprocess.TimeoutExpired as late:
            raise Lost(f"{self.role} {self.process.pid}: does not end") from late
        self._end()
        if code != 0:
            raise Lost(f"{self.role} {self.process.pid}: exit code {code}; the last were {self.seen[-5:]}")

    def _end(self):
        self.process.wait()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:  # a command that it did not live to read
            pass

    def _next(self, end):
        while b"\n" not in self.output:
            ready, _, _ = select.select([self.process.stdout], [], [], max(end - time.monotonic(), 0))
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not more:
                return None
            self.output += more
        line, self.output = self.output.split(b"\n", 1)
        return json.loads(line)


class Peers:
    """The peers of one test: `with` ends those that are left, whatever happened. `directory` is one that looks at what
    the daemon knows, where there is a daemon that stays."""

    def __init__(self, program, patience=60):
        self.program, self.patience, self.all, self.directory = program, patience, [], None

    def start(self, role, **options):
        peer = Peer(options.pop("program", self.program), role, self.patience, **options)
        self.all.append(peer)
        return peer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for peer in self.all:
            if peer.process.poll() is None:
                peer.kill()
            elif not peer.process.stdout.closed:
                peer._end()


class Daemon:
    """A weftd of the test's own; `with` ends it by SIGTERM, which must be clean."""

    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program, "--foreground"], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:  # the sandbox's watchdog ends a wait in vain
            if "listening" in line:
                return
        raise Lost(f"weftd: exit code {self.process.wait()}")

    def kill(self):
        self.process.kill()
        self._end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        if self._end() != 0:
            raise Lost(f"weftd: exit code {self.process.returncode}")

    def _end(self):
        self.process.stderr.close()
        return self.process.wait()
