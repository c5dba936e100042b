"""./dev demo, as it is run: test_demo.py DEMO_SH PROGRAM...

What it promises on its screen, and that Ctrl-C ends it at any moment with nothing left.
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

from tool import Terminal

SCRIPT, *PROGRAMS = map(os.path.abspath, sys.argv[1:])
PLACE = os.environ["TMPDIR"]
CTRL_C = "\x03"
SHORT, ENDLESS = "0.5", "3600"  # seconds of live view


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """The script where ./dev build puts the programs, by links."""
        cls.root = os.path.join(PLACE, "checkout")
        cls.script = os.path.join(cls.root, "apps", "demo", "demo.sh")
        for folder in ("apps/demo", "build/bin", "build/apps/demo"):
            os.makedirs(os.path.join(cls.root, folder))
        os.symlink(SCRIPT, cls.script)
        for program in PROGRAMS:
            name = os.path.basename(program)
            os.symlink(program, os.path.join(cls.root, "build", "apps/demo" if name == "weft-demo" else "bin", name))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def left_nothing(self):
        self.assertEqual(os.listdir(PLACE), ["checkout"])

    def interrupted(self, moment, keys=CTRL_C, seconds=SHORT):
        """Its screen, when it is interrupted as soon as it shows `moment`."""
        with Terminal([self.script, seconds]) as terminal:
            terminal.says(moment)
            terminal.press(keys)
            code, text = terminal.end()
        self.assertTrue(code == 130 or (code == 0 and "leftovers: 0" in text), text)  # 0: it was done before the key
        self.left_nothing()
        return text

    def test_it_keeps_its_promises_on_the_screen(self):
        done = subprocess.run([self.script, "3"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for topic in ("host/cpu", "host/memory", "host/load"):
            messages = re.search(rf"^{topic} +host/\w+ +(\d+) .* 0$", done.stdout, re.M)
            self.assertGreater(int(messages[1]), 0, "they find each other with nothing configured, and nothing is lost")
        self.assertRegex(done.stdout, r"of hostmon .* -> .* of mismatched .*: type: host/Load: .* "
                                      r"one: read as string, written as f64 \[.+\]")
        for death in ("kill -9 of a publisher, its subscriber told", "kill -9 of the daemon, noticed",
                      "a publisher and a daemon anew, first message"):
            self.assertRegex(done.stdout, rf"{death} +\d+\.\d\d ms")
        on = re.search(r"the other publisher went on: (\d+) more messages", done.stdout)
        self.assertGreaterEqual(int(on[1]), 300)
        self.assertRegex(done.stdout, r"lost by the publisher that lived: 0 of \d+")
        self.assertIn("\nleftovers: 0\n", done.stdout)
        self.left_nothing()

    def test_ctrl_c_while_the_daemon_is_just_being_started(self):
        self.interrupted("weft-hostview ", seconds=ENDLESS)

    def test_ctrl_c_while_the_view_is_live_gives_the_cursor_back(self):
        text = self.interrupted("cpu  ", seconds=ENDLESS)
        self.assertGreater(text.rfind("\x1b[?25h"), text.rfind("\x1b[?25l"))

    def test_ctrl_c_while_a_mismatch_is_explained(self):
        self.interrupted("weft why host/load:")

    def test_ctrl_c_before_between_and_after_the_killings(self):
        for moment in ("kill -9:", "its subscriber told", "the daemon, noticed", "went on", "anew, first message"):
            with self.subTest(moment=moment):
                self.interrupted(moment)

    def test_ctrl_c_twice(self):
        self.interrupted("weft-hostview ", CTRL_C * 2, ENDLESS)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
