"""Chat between processes, in pipes and in terminals: test_examples_chat.py CHAT WEFTD"""
import os
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

from tool import PATIENCE, Beside, Terminal, Tool

CHAT, WEFTD = sys.argv[1:]
os.environ.pop("WEFT_DISCOVERY", None)
chat = Tool(CHAT)
CTRL_C, CTRL_D = "\x03", "\x04"


class Guest:
    """One in a room, whose input and output are pipes."""

    def __init__(self, name, room="lobby"):
        self.process = subprocess.Popen([CHAT, room, "--name", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def says(self, data):
        self.process.stdin.write(data if isinstance(data, bytes) else data.encode())
        self.process.stdin.flush()

    def recites(self, lines):
        """All of it, while it is heard: somebody else writes."""
        path = os.path.join(os.environ["TMPDIR"], "book")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
        with open(path, "rb") as file:
            talker = subprocess.Popen(["cat"], stdin=file, stdout=self.process.stdin)
        os.unlink(path)
        return talker

    def hears(self, line):
        """The next line is this one. The sandbox's watchdog ends a wait in vain."""
        heard = self.process.stdout.readline().decode()
        if heard != line + "\n":
            raise AssertionError(f"{heard!r}, not {line!r}")

    def hears_all(self, lines):
        for line in lines:
            self.hears(line)

    def leaves(self):
        """All that it heard and was not asked for."""
        rest, _ = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0:
            raise AssertionError(f"ended with {self.process.returncode}")
        return rest.decode()

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


class Chat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end(signal.SIGTERM)

    def guest(self, name, *there, room="lobby"):
        """One who comes, and whom those who are there see coming."""
        guest = Guest(name, room)
        self.addCleanup(lambda: guest.process.poll() is not None or guest.kill())
        for other in there:
            other.hears(f"* {name} has come")
        return guest

    def pair(self):
        ada = self.guest("Ada")
        bob = self.guest("Bob", ada)
        bob.hears("* Ada has come")
        return ada, bob

    def test_what_one_says_all_others_hear_in_its_order(self):
        ada, bob = self.pair()
        eve = self.guest("Eve", ada, bob)
        self.assertEqual({eve.process.stdout.readline(), eve.process.stdout.readline()},
                         {b"* Ada has come\n", b"* Bob has come\n"})
        for number in range(20):
            ada.says(f"line {number}\n")
        for number in range(20):
            bob.hears(f"Ada: line {number}")
            eve.hears(f"Ada: line {number}")
        bob.says("good\n")
        ada.hears("Bob: good")
        eve.hears("Bob: good")
        for guest in ada, bob, eve:
            guest.process.send_signal(signal.SIGINT)
            guest.leaves()

    def test_who_leaves_is_seen_leaving_after_the_last_word(self):
        ada, bob = self.pair()
        ada.says("so long")
        self.assertEqual(ada.leaves(), "")
        bob.hears("Ada: so long")
        bob.hears("* Ada has left")
        self.assertEqual(bob.leaves(), "")

    def test_who_is_killed_is_seen_vanishing(self):
        ada, bob = self.pair()
        ada.kill()
        bob.hears("* Ada has vanished")
        bob.leaves()

    def test_rooms_do_not_hear_each_other(self):
        ada, bob = self.pair()
        eve = self.guest("Eve", room="attic")
        eve.says("is anybody there?\n")
        self.assertEqual(eve.leaves(), "")
        ada.says("nobody\n")
        bob.hears("Ada: nobody")
        ada.leaves()
        bob.hears("* Ada has left")
        bob.leaves()

    def test_what_others_say_cannot_forge_a_line_or_command_the_terminal(self):
        ada, bob = self.pair()
        ada.says(b"\x1b[2Jgone \x07\r* Eve has come\x00\xff \xc3\xa4\n")
        bob.hears("Ada: \\u001b[2Jgone \\u0007\\r* Eve has come\\u0000\\xff ä")
        ada.leaves()
        bob.hears("* Ada has left")
        bob.leaves()

    def test_a_book_is_heard_whole_and_its_long_lines_in_parts(self):
        ada, bob = self.pair()
        book = [f"{number} " + "words " * 20 + "." for number in range(3000)] + ["ä" * 2500]
        talker = ada.recites(book)
        bob.hears_all("Ada: " + line for line in book[:-1])
        parts = [bob.process.stdout.readline().decode()[len("Ada: "):-1] for _ in range(3)]
        self.assertEqual("".join(parts), book[-1])
        self.assertEqual(talker.wait(PATIENCE), 0)
        ada.leaves()
        bob.hears("* Ada has left")
        bob.leaves()

    def test_two_who_both_talk_without_end_do_not_wait_for_each_other(self):
        ada, bob = self.pair()
        book = [str(number) for number in range(10000)]
        talkers = ada.recites(book), bob.recites(book)
        with ThreadPoolExecutor() as listeners:  # at once: whose output nobody reads waits, and says nothing
            heard = [listeners.submit(ada.hears_all, ["Bob: " + line for line in book]),
                     listeners.submit(bob.hears_all, ["Ada: " + line for line in book])]
            for listener in heard:
                listener.result()
        for talker in talkers:
            self.assertEqual(talker.wait(PATIENCE), 0)
        ada.leaves()
        bob.hears("* Ada has left")
        bob.leaves()

    def test_a_plain_file_is_said_at_once_to_those_who_are_there(self):
        ada = self.guest("Ada")
        path = os.path.join(os.environ["TMPDIR"], "speech")
        with open(path, "w", encoding="utf-8") as file:
            file.write("first\n\nlast without an end")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(chat("lobby", "--name", "Bob", stdin=file).returncode, 0)
        os.unlink(path)
        for line in "* Bob has come", "Bob: first", "Bob: last without an end", "* Bob has left":
            ada.hears(line)
        ada.leaves()

    def test_terminals_talk_and_ctrl_d_and_ctrl_c_leave(self):
        with Terminal([CHAT, "lobby", "--name", "Ada"]) as ada, Terminal([CHAT, "lobby", "--name", "Bob"]) as bob:
            ada.says("Bob has come")
            bob.says("Ada has come")
            ada.press("hello\n")
            bob.says("Ada\x1b[0m: hello\n")
            bob.press(CTRL_D)
            self.assertEqual(bob.end()[0], 0)
            ada.says("Bob has left")
            ada.press(CTRL_C)
            self.assertEqual(ada.end()[0], 0)

    def test_a_name_or_a_room_that_is_none_is_refused(self):
        for arguments in (("lobby",), ("lobby", "--name", ""), ("lobby", "--name", "a\nb"), ("Lobby!", "--name", "Ada"),
                          ("lobby", "--name", "A" * 33)):
            run = chat(*arguments, stdin=subprocess.DEVNULL)
            self.assertEqual(run.returncode, 2, arguments)
            self.assertTrue(run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
