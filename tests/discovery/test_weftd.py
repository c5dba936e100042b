"""weftd as a process: begun, ended, killed, without room, beside others of its kind.

usage: test_weftd.py WEFTD FINDER UNIT plain|sanitized

FINDER (finder.cpp) is a program with one side of discovery. Nothing waits for time: it waits for a line, for the end of
a process, or for a file, under the sandbox's watchdog.
"""
import concurrent.futures
import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import msgpack

WEFTD, FINDER, UNIT = map(os.path.abspath, sys.argv[1:4])
SANITIZED = sys.argv[4] == "sanitized"  # then memory and system calls are the sanitizer's, too
RUNTIME = os.environ["WEFT_RUNTIME_DIR"]
PATIENCE = 60
NOBODY = 65534
MOST_MEMORY = 64 + 320 + 100  # MiB: of one session, of all that waits, and the rest
MS_RDONLY = 1
LIBC = ctypes.CDLL(None, use_errno=True)


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


def daemons(directory):
    """All processes that are weftd of this directory."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as command, open(f"/proc/{pid}/environ", "rb") as variables:
                mine = f"WEFT_RUNTIME_DIR={directory}".encode() in variables.read().split(b"\0")
                if command.read().split(b"\0")[0] == WEFTD.encode() and mine:
                    found.append(int(pid))
        except OSError:
            continue
    return found


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


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


def until(condition):
    """Polls until it is so."""
    while not condition():
        select.select([], [], [], 0.01)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def system_calls(group):
    """Those of a systemd group, and of the groups in it."""
    lines = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True,
                           timeout=PATIENCE).stdout.splitlines()[1:]
    names = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return set().union(*(system_calls(name) if name.startswith("@") else {name} for name in names))


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


@contextlib.contextmanager
def mounted(directory, options, flags=0):
    """A small file system of our own; None where that is not permitted."""
    if LIBC.mount(b"weft-test", directory.encode(), b"tmpfs", flags, options.encode()) != 0:
        yield None
        return
    try:
        yield directory
    finally:
        assert LIBC.umount2(directory.encode(), 0) == 0


@contextlib.contextmanager
def unwritable(directory):
    """Nobody may write there: to root only a file system can say so; None where mounting is not permitted."""
    if os.geteuid() == 0:
        with mounted(directory, "size=1m", MS_RDONLY) as where:
            yield where
        return
    os.chmod(directory, 0o500)
    try:
        yield directory
    finally:
        os.chmod(directory, 0o700)


class Weftd(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="d", dir=RUNTIME)

    def tearDown(self):
        self.assertEqual(os.listdir(self.directory), [], "left behind")
        os.rmdir(self.directory)

    def stop_background(self):
        end(holder(self.directory))

    # ---- beginning and ending

    def test_several_started_at_once_settle_who_serves_and_all_are_content(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda _: weftd(self.directory, "--background"), range(8)))
        self.assertEqual([(run.returncode, run.stderr) for run in runs], [(0, "")] * 8)
        until(lambda: daemons(self.directory) == [holder(self.directory)])
        connect(self.directory).close()
        self.stop_background()

    def two_at_once(self, mode):
        """Neither begins before both are there."""
        starter, start = os.pipe()
        both = [subprocess.Popen(["sh", "-c", 'read -r _; exec "$0" "$1"', WEFTD, mode], stdin=starter, text=True,
                                 stderr=subprocess.PIPE, env=environment(self.directory)) for _ in range(2)]
        os.close(starter)
        os.close(start)
        return both

    def test_of_two_in_the_background_started_at_once_one_remains_and_all_find_each_other_fifty_times(self):
        for _ in range(50):
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                for starter in self.two_at_once("--background"):
                    self.assertEqual((starter.communicate()[1], starter.returncode), ("", 0))
                until(lambda: daemons(self.directory) == [holder(self.directory)])
                two.reads("join 1 far://1.1")
                one.reads("host 1")
                self.assertEqual(daemons(self.directory), [holder(self.directory)])
            self.stop_background()

    def test_of_two_in_the_foreground_started_at_once_one_remains_and_all_find_each_other_fifty_times(self):
        for _ in range(50):
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                both = self.two_at_once("--foreground")
                two.reads("join 1 far://1.1")
                one.reads("host 1")
                until(lambda: any(each.poll() is not None for each in both))
                loser, winner = sorted(both, key=lambda each: each.poll() is None)
                self.assertIn(f"process {winner.pid}", loser.communicate()[1])
                self.assertEqual((loser.returncode, daemons(self.directory)), (1, [winner.pid]))
            winner.terminate()
            winner.communicate()
            self.assertEqual(winner.returncode, 0)

    def test_a_second_one_by_hand_is_told_whose_the_domain_is(self):
        with Foreground(self.directory) as first:
            second = weftd(self.directory)
            self.assertEqual(second.returncode, 1)
            self.assertEqual(len(second.stderr.splitlines()), 1)
            self.assertIn(f"process {first.process.pid}", second.stderr)
            with Foreground(self.directory, "--domain", "other") as other:
                self.assertIn("weftd-other", other.first_line)

    def test_ctrl_c_and_sigterm_end_it_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), Foreground(self.directory) as daemon:
                daemon.stop(number)
                self.assertEqual(os.listdir(self.directory), [])

    def test_a_killed_ones_socket_and_lock_are_taken_over(self):
        with Foreground(self.directory) as killed:
            killed.kill()
        self.assertEqual(sorted(os.listdir(self.directory)), ["weftd-default", "weftd-default.lock"])
        with self.assertRaises(ConnectionRefusedError):
            connect(self.directory)
        with Foreground(self.directory):
            connect(self.directory).close()

    def test_a_stale_lock_that_names_a_living_process_is_taken_over(self):
        with open(os.path.join(self.directory, "weftd-default.lock"), "w", encoding="utf-8") as file:
            file.write(f"weft lock {os.getpid()}\n")
        with Foreground(self.directory):
            connect(self.directory).close()

    def test_in_the_background_it_keeps_nothing_that_it_inherited(self):
        reader, writer = os.pipe()
        with subprocess.Popen([WEFTD, "--background"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, pass_fds=[writer], env=environment(self.directory)) as starter:
            os.close(writer)
            self.assertEqual(starter.stdout.read() + starter.stderr.read(), b"")
            self.assertEqual(os.read(reader, 1), b"")
        os.close(reader)
        self.assertEqual(starter.returncode, 0)
        daemon = holder(self.directory)
        self.assertEqual(os.readlink(f"/proc/{daemon}/cwd"), "/")
        self.assertEqual(os.getsid(daemon), daemon)
        connect(self.directory).close()
        self.stop_background()

    def test_idle_it_ends_by_itself_but_not_while_somebody_is_there(self):
        session = None
        while session is None:
            self.assertEqual(weftd(self.directory, "--background", "--idle-stop", "0.5").returncode, 0)
            session = watching(self.directory)
        pidfd = os.pidfd_open(holder(self.directory))
        self.assertEqual(select.select([pidfd], [], [], 1)[0], [])
        session.close()
        wait_for_end(pidfd)

    def test_each_domain_has_its_own(self):
        with Foreground(self.directory, "--domain", "here"):
            run = weftd(self.directory, "--background", WEFT_DOMAIN="there")
            self.assertEqual(run.returncode, 0, run.stderr)
            connect(self.directory, "here").close()
            connect(self.directory, "there").close()
            self.assertNotEqual(holder(self.directory, "here"), holder(self.directory, "there"))
            end(holder(self.directory, "there"))

    # ---- what it prints

    def test_wrong_usage_is_exit_code_2_and_one_line(self):
        for arguments in (["--domain", "No Domain"], ["--idle-stop", "-1"], ["--background", "--foreground"],
                          ["--background", "--json"], ["x"]):
            run = weftd(self.directory, *arguments)
            self.assertEqual(run.returncode, 2, arguments)
            self.assertNotIn("terminate", run.stderr)

    def test_its_version_is_a_line(self):
        self.assertRegex(weftd(self.directory, "--version").stdout, r"^\d+\.\d+\.\d+\n$")

    def test_its_log_is_an_object_a_line_if_asked(self):
        with Foreground(self.directory, "--json") as daemon:
            first = json.loads(daemon.first_line)
            self.assertEqual((first["severity"], first["domain"]), ("info", "default"))
            with connect(self.directory) as rude:
                rude.send(b"nonsense")
            second = json.loads(daemon.process.stderr.readline())
            self.assertEqual(second["severity"], "warning")
            self.assertLess(first["time"], second["time"])

    def test_a_reader_of_its_log_that_does_not_read_does_not_stop_it(self):
        with Foreground(self.directory) as daemon:
            for _ in range(3000):  # some 200 kB of warnings, the pipe takes 64
                with connect(self.directory) as rude:
                    rude.send(b"nonsense")
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            self.assertIsNone(daemon.process.poll())

    # ---- where there is no room

    def test_an_unwritable_directory_is_a_line_that_names_it(self):
        with unwritable(self.directory) as where:
            if where is None:
                print("SKIPPED: an unwritable directory (mounting is not permitted)")
                return
            for mode in ("--foreground", "--background"):
                run = weftd(self.directory, mode)
                self.assertEqual(run.returncode, 1, mode)
                self.assertEqual(len(run.stderr.splitlines()), 1)
                self.assertIn(self.directory, run.stderr)

    def test_on_a_full_disk_it_does_not_begin_and_says_why_and_one_that_runs_goes_on(self):
        with mounted(self.directory, "size=16k,nr_inodes=10") as where:
            if where is None:
                print("SKIPPED: a full disk (mounting is not permitted)")
                return
            filler = os.path.join(self.directory, "filler")
            self.fill(filler)
            for mode in ("--foreground", "--background"):
                run = weftd(self.directory, mode)
                self.assertEqual(run.returncode, 1, mode)
                self.assertIn("No space left", run.stderr)
                self.assertEqual(os.listdir(self.directory), ["filler"])
            os.unlink(filler)
            with Foreground(self.directory):
                self.fill(filler)
                with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                    two.reads("join 1 far://1.1")
                    one.reads("host 1")
            os.unlink(filler)

    @staticmethod
    def fill(path):
        with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def test_descriptors_that_run_out_are_told_to_newcomers_and_are_had_again(self):
        with Foreground(self.directory, preexec_fn=few_descriptors) as daemon:
            crowd = [connect(self.directory) for _ in range(40)]
            refusal = msgpack.unpackb(crowd[-1].recv(1 << 18)[8:])[3]
            self.assertIn("RLIMIT_NOFILE", refusal)
            for each in crowd:
                each.close()
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            self.assertIsNone(daemon.process.poll())

    def test_one_process_may_have_many_sessions_but_not_all(self):
        most = 1024
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 3 * most:
            print("SKIPPED: many sessions (RLIMIT_NOFILE)")
            return
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with Foreground(self.directory):
            crowd = [connect(self.directory) for _ in range(most + 1)]
            refusal = msgpack.unpackb(crowd[-1].recv(1 << 18)[8:])[3]
            self.assertIn(f"this process has {most} sessions, the most that the daemon takes of one", refusal)
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            for each in crowd:
                each.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def test_a_program_that_floods_it_is_told_and_costs_it_no_more_than_its_bounds(self):
        with Foreground(self.directory) as daemon, Finder(self.directory, 1, "publisher") as one, \
                Finder(self.directory, 9, "publisher", "flood", 1300, "", "big") as flood:
            told = flood.reads("log ")[-1]
            self.assertIn("this context's part of the directory, 64 MiB, is taken: drop nodes", told)
            deaf = [watching(self.directory) for _ in range(7)]
            with Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            peak = int(status(daemon.process.pid)["VmHWM"].split()[0]) >> 10
            for each in deaf:
                each.close()
        if not SANITIZED:
            self.assertLess(peak, MOST_MEMORY)

    # ---- other users

    @unittest.skipIf(os.geteuid() != 0, "SKIPPED: other users (needs root)")
    def test_another_users_directory_process_and_daemon_are_not_trusted(self):
        os.chmod(RUNTIME, 0o711)
        os.chown(self.directory, NOBODY, NOBODY)
        run = weftd(self.directory)
        self.assertEqual((run.returncode, len(run.stderr.splitlines())), (1, 1), run.stderr)
        self.assertIn(f"belongs to user {NOBODY}", run.stderr)
        program = shutil.copy(WEFTD, os.path.join(RUNTIME, "weftd"))
        with subprocess.Popen([program], stderr=subprocess.PIPE, text=True, user=NOBODY,
                              env=environment(self.directory)) as daemon:
            self.assertIn("listening", daemon.stderr.readline())
            with connect(self.directory) as foreign:
                refusal = msgpack.unpackb(foreign.recv(1 << 18)[8:])[3]
                self.assertIn(f"user {NOBODY}'s", refusal)
                self.assertEqual(foreign.recv(1), b"")
            with Finder(self.directory, 1, "publisher") as finder:
                self.assertIn(f"user {NOBODY}'s", finder.reads("log ")[-1])
            daemon.terminate()
        os.unlink(program)
        os.chmod(RUNTIME, 0o700)

    # ---- programs that find each other

    def test_the_first_program_starts_it_and_the_second_finds_it(self):
        for more in ([], ["ignore-children"]):
            with self.subTest(more), Finder(self.directory, 1, "publisher", "t", 1, WEFTD, *more) as one:
                with Finder(self.directory, 2, "subscriber", "t", 1, WEFTD, *more) as two:
                    two.reads("join 1 far://1.1")
                    one.reads("host 1")
                    until(lambda: one.children() + two.children() == [])
            self.assertEqual(one.rest + two.rest, "")
            self.stop_background()

    def test_programs_started_at_once_start_one(self):
        with contextlib.ExitStack() as stack:
            owner = stack.enter_context(Finder(self.directory, 1, "publisher", "t", 1, WEFTD))
            others = [stack.enter_context(Finder(self.directory, i, "subscriber", "t", 1, WEFTD)) for i in range(2, 8)]
            for other in others:
                self.assertEqual(other.reads("join 1 "), ["join 1 far://1.1"])
            owner.reads("host 1")
            until(lambda: len(daemons(self.directory)) == 1)
        self.stop_background()

    def test_a_daemon_that_cannot_be_started_is_told_of_once(self):
        with Finder(self.directory, 1, "publisher", "t", 1, "/no/such/weftd") as one:
            self.assertIn("/no/such/weftd", one.reads("log ")[-1])
            one.announce_another()
        self.assertEqual(one.rest, "")

    def test_why_a_daemon_does_not_begin_is_told(self):
        os.symlink("/", os.path.join(self.directory, "weftd-default.lock"))
        with Finder(self.directory, 1, "publisher", "t", 1, WEFTD) as one:
            self.assertIn("weftd-default.lock", one.reads("log ")[-1])
        os.unlink(os.path.join(self.directory, "weftd-default.lock"))

    def test_killed_and_begun_again_it_is_no_news_but_to_new_matches(self):
        with Foreground(self.directory) as daemon, Finder(self.directory, 1, "publisher") as one, \
                Finder(self.directory, 2, "subscriber") as two:
            two.reads("join 1 far://1.1")
            daemon.kill()
            one.announce_another()
            two.announce_another()
            with Foreground(self.directory):
                self.assertEqual(two.reads("join 2 far://1.2")[-1:], ["join 2 far://1.2"])
                self.assertEqual(one.reads("host 2"), ["host 1", "host 2"])
        self.assertEqual(two.rest, "")

    def test_an_announcement_after_its_death_starts_another(self):
        with Finder(self.directory, 1, "publisher", "t", 1, WEFTD) as one:
            with Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                end(holder(self.directory), signal.SIGKILL)
                one.announce_another()
                two.announce_another()
                two.reads("join 2 far://1.2")
        self.stop_background()

    def test_a_killed_program_has_died_and_one_that_ends_has_left(self):
        with Foreground(self.directory), Finder(self.directory, 9, "subscriber") as watcher:
            with Finder(self.directory, 1, "publisher") as one:
                watcher.reads("join 1 far://1.1")
            self.assertEqual(watcher.reads("leave"), ["leave 1 left"])
            with Finder(self.directory, 2, "publisher") as two:
                watcher.reads("join 1 far://2.1")
                two.process.kill()
                two.process.wait()
                self.assertEqual(watcher.reads("leave"), ["leave 1 died"])
                two.process.returncode = 0

    def test_a_thousand_ports_are_announced_and_found(self):
        with Foreground(self.directory), Finder(self.directory, 1, "publisher", "t", 1000), \
                Finder(self.directory, 2, "subscriber", "t", 1000) as two:
            found = set()
            while len(found) < 1000:
                found.add(two.reads("join ")[-1])
        self.assertEqual(len(found), 1000)

    # ---- systemd

    @unittest.skipIf(SANITIZED, "SKIPPED: the sandbox of the systemd unit (the sanitizer calls more)")
    def test_its_user_unit_allows_every_system_call_that_it_makes(self):
        if shutil.which("systemd-analyze") is None or shutil.which("strace") is None:
            print("SKIPPED: the sandbox of the systemd unit (no systemd-analyze or strace)")
            return
        trace = os.path.join(RUNTIME, "trace")
        with subprocess.Popen(["strace", "-f", "-o", trace, WEFTD], stderr=subprocess.PIPE, text=True,
                              env=environment(self.directory)) as daemon:
            line = daemon.stderr.readline()
            if "listening" not in line:
                print("SKIPPED: the sandbox of the systemd unit (tracing is not permitted)")
                os.unlink(trace)
                return
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            end(holder(self.directory))
        with open(trace, encoding="ascii", errors="replace") as file:
            made = {line.split()[1].split("(")[0] for line in file if "(" in line and "<..." not in line}
        os.unlink(trace)
        self.assertIn("accept4", made)
        with open(UNIT, encoding="utf-8") as file:
            filters = [line.split("=", 1)[1] for line in file.read().splitlines() if line.startswith("SystemCallFilter=")]
        allowed = set()
        for each in filters:
            calls = set().union(*map(system_calls, each.removeprefix("~").split()))
            allowed = allowed - calls if each.startswith("~") else allowed | calls
        self.assertEqual({call for call in made if call.isidentifier()} - allowed, set())

    def test_its_user_unit_has_no_fault(self):
        if shutil.which("systemd-analyze") is None:
            print("SKIPPED: the systemd unit (no systemd-analyze)")
            return
        with open(UNIT, encoding="utf-8") as file:
            lines = file.read().splitlines()
        command = next(line for line in lines if line.startswith("ExecStart="))
        self.assertTrue(command.endswith("/weftd --foreground"), command)
        home = tempfile.mkdtemp(dir=RUNTIME)
        unit = os.path.join(home, "weftd.service")
        with open(unit, "w", encoding="utf-8") as file:
            file.write("\n".join(f"ExecStart={WEFTD} --foreground" if line == command else line for line in lines))
        done = subprocess.run(["systemd-analyze", "--user", "verify", unit], capture_output=True, text=True, check=False,
                              timeout=PATIENCE, env={**os.environ, "XDG_RUNTIME_DIR": home})
        shutil.rmtree(home)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
