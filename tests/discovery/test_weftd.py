"""weftd as a process: begun, ended, killed, what it prints, and programs that find each other by it.

usage: test_weftd.py WEFTD FINDER plain|sanitized
"""
import concurrent.futures
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import unittest

import msgpack

from weftd_kit import (WEFTD, Finder, Foreground, WeftdTest, connect, end, environment, holder,
                       wait_for_end, watching, weftd)


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


def until(condition):
    """Polls until it is so."""
    while not condition():
        select.select([], [], [], 0.01)


def watch_newborn(directory):
    """A session of a daemon that is just being started."""
    while (session := watching(directory)) is None:
        select.select([], [], [], 0.01)
    return session


def read_port_of(watcher, context):
    """Until the daemon has shown the context's first port."""
    while True:
        word = msgpack.unpackb(watcher.recv(1 << 18)[8:])
        if isinstance(word[0], list) and word[0][0] == [context, 1]:
            return


class Weftd(WeftdTest):
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
                with connect(self.directory) as rude, contextlib.suppress(BrokenPipeError):
                    rude.send(b"nonsense")  # refused, if the daemon has yet to see a thousand of them go
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            self.assertIsNone(daemon.process.poll())

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

    def test_a_match_that_was_being_made_when_it_died_is_made_by_the_next(self):
        with Finder(self.directory, 1, "publisher", "t", 1, WEFTD) as one:
            with watch_newborn(self.directory) as watcher:
                read_port_of(watcher, 1)
                one.process.send_signal(signal.SIGSTOP)
                with Finder(self.directory, 2, "subscriber", "t", 1, WEFTD) as two:
                    read_port_of(watcher, 2)
                    end(holder(self.directory), signal.SIGKILL)
                    one.process.send_signal(signal.SIGCONT)
                    two.reads("join 1 ")
                    one.reads("host 1")
        self.stop_background()

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
