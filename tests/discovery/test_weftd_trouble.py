"""weftd where there is no room, and beside other users.

usage: test_weftd_trouble.py WEFTD FINDER plain|sanitized
"""
import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import unittest

import msgpack

from weftd_kit import (PATIENCE, RUNTIME, SANITIZED, WEFTD, Finder, Foreground, WeftdTest, connect, environment, watching,
                       weftd)

NOBODY = 65534
MOST_MEMORY = 64 + 320 + 100  # MiB: of one session, of all that waits, and the rest
MS_RDONLY = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


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


class Trouble(WeftdTest):
    def test_without_standard_descriptors_its_files_stay_its_own(self):
        closed = ["bash", "-c", 'exec "$0" "$@" <&- >&- 2>&-', WEFTD]
        run = subprocess.run([*closed, "--background"], env=environment(self.directory), timeout=PATIENCE, check=False)
        self.assertEqual(run.returncode, 0)
        self.stop_background()
        process = subprocess.Popen(closed, env=environment(self.directory))
        while (session := watching(self.directory)) is None:
            self.assertIsNone(process.poll())
        session.close()  # by now it has logged that it listens
        with open(os.path.join(self.directory, "weftd-default.lock"), encoding="utf-8") as file:
            self.assertEqual(file.read(), f"weft lock {process.pid}\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), 0)

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

    def test_one_whose_place_is_removed_says_so_and_ends_for_another_to_take_it(self):
        for name in ("weftd-default", "weftd-default.lock"):
            with self.subTest(name), Foreground(self.directory) as daemon:
                with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                    two.reads("join 1 ")
                    one.reads("host 1")
                    os.unlink(os.path.join(self.directory, name))
                    daemon.process.wait(PATIENCE)
                    self.assertIn("somebody has removed it", daemon.process.stderr.read())
                    self.assertEqual(daemon.process.returncode, 1)
                    with Foreground(self.directory):
                        one.announce_another()
                        two.announce_another()
                        two.reads("join 2 ")

    def test_one_who_comes_and_goes_without_end_keeps_nobody_waiting(self):
        over = threading.Event()

        def come_and_go():
            while not over.is_set():
                with contextlib.suppress(OSError):
                    connect(self.directory).close()

        with Foreground(self.directory):
            crowd = [threading.Thread(target=come_and_go) for _ in range(4)]
            for each in crowd:
                each.start()
            with Finder(self.directory, 1, "publisher", "t", 20) as one, \
                    Finder(self.directory, 2, "subscriber", "t", 20) as two:
                for number in range(20):
                    two.reads(f"join {number + 1} ")
                one.reads("host 20")
            over.set()
            for each in crowd:
                each.join()

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
