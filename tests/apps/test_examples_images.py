"""The image pipeline, of separate processes, some of which die: test_examples_images.py IMAGES WEFTD SMALL_JPEG

What `alone` makes without weft is the yardstick: the pipeline's folder holds the same, bit by bit.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from pictures import contents, png, save
from tool import PATIENCE, Beside, Terminal, Tool

IMAGES, WEFTD, SMALL_JPEG = sys.argv[1:]
PLACE = os.environ["TMPDIR"]
os.environ.pop("WEFT_DISCOVERY", None)
images = Tool(IMAGES)
LABORIOUS = "--width", "800", "--blur", "9"  # some hundred milliseconds each
ENDLESS = "--width", "5000", "--blur", "100"   # some seconds


def begin(of):
    """What it has begun."""
    line = of.line()
    while not line.startswith("begins "):
        line = of.line()
    return line.split()[1]


def kill(beside):
    if beside.process.poll() is None:
        beside.process.kill()
        beside.process.communicate(timeout=PATIENCE)


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end(signal.SIGTERM)

    def setUp(self):
        self.source = os.path.join(PLACE, "in")
        self.out = os.path.join(PLACE, "out")
        self.addCleanup(shutil.rmtree, self.source)

    def worker(self, jobs=1):
        working = Beside(IMAGES, "work", "--jobs", str(jobs), says="at a time")
        self.addCleanup(kill, working)  # if the test did not come to its end
        return working

    def fill(self, count, width=120, height=90):
        for number in range(count):
            save(self.source, f"{number}.png", png(width + number, height, number))

    def feed(self, *options, out=None):
        """One that runs beside, its output JSON."""
        out = out or self.out
        self.addCleanup(shutil.rmtree, out, ignore_errors=True)
        return subprocess.Popen([IMAGES, "feed", self.source, "--out", out, "--json", *options], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def ended(self, feed, code=0):
        """(the JSON of its lines, its errors)"""
        out, errors = feed.communicate(timeout=PATIENCE)
        self.assertEqual(feed.returncode, code, out + errors)
        return [json.loads(line) for line in out.splitlines()], errors

    def is_as_alone(self, *options, out=None, code=0):
        yardstick = os.path.join(PLACE, "alone")
        alone = images("alone", self.source, "--out", yardstick, *options)
        self.assertEqual(alone.returncode, code, alone.stderr)
        expected, made = contents(yardstick), contents(out or self.out)
        self.assertEqual(sorted(expected), sorted(made))
        for name, data in expected.items():
            self.assertEqual(data, made[name], name)
        shutil.rmtree(yardstick)

    def test_workers_make_what_one_process_makes_alone(self):
        self.fill(20)
        with open(SMALL_JPEG, "rb") as file:
            jpeg = file.read()
        save(self.source, "more/7.JPG", jpeg)
        save(self.source, "more/8.jpeg", jpeg)
        workers = [self.worker(2), self.worker(1)]
        lines, _ = self.ended(self.feed("--width", "50"))
        self.assertEqual(lines[-1]["images"], 22)
        self.assertEqual(lines[-1]["failed"], 0)
        self.assertEqual(len(contents(self.out)), 23, "an output each, and the contact sheet")
        self.is_as_alone("--width", "50")
        self.ended(self.feed("--blur", "9", "--plain"))  # the same workers, the same folder
        self.is_as_alone("--blur", "9", "--plain")
        for each in workers:
            each.end(signal.SIGINT)

    def test_a_killed_workers_images_are_done_by_another(self):
        self.fill(10)
        feed = self.feed(*LABORIOUS)
        for _ in range(4):
            victim = self.worker(2)  # which die together
            begin(victim)
            kill(victim)
        survivors = [self.worker(2), self.worker(1)]
        lines, _ = self.ended(feed)
        self.assertEqual(lines[-1]["images"], 10)
        self.assertGreaterEqual(lines[-1]["redelivered"], 1)
        self.assertEqual(len(lines), 11, "each image is told once")
        self.is_as_alone(*LABORIOUS)
        for each in survivors:
            each.end(signal.SIGTERM)

    def test_an_image_that_kills_its_workers_is_given_up(self):
        save(self.source, "deadly.png", png(64, 32))
        feed = self.feed(*ENDLESS)
        for _ in range(6):  # of the first death nobody knows yet what the worker was at
            victim = self.worker()
            self.assertEqual(begin(victim), "deadly.png")
            kill(victim)
        lines, errors = self.ended(feed, code=1)
        self.assertIn("given up", lines[0]["error"])
        self.assertIn("1 of 1 images could not be done", errors)

    def test_a_damaged_file_is_told_and_the_others_are_done(self):
        self.fill(3)
        good = png(60, 40)
        with open(SMALL_JPEG, "rb") as file:
            jpeg = file.read()
        bad = {"cut.png": good[:200], "cut.jpg": jpeg[:300], "empty.jpg": b"", "words.png": b"no picture",
               "enormous.png": png(1, 1, claimed=(60000, 60000)), "bent.png": good[:60] + b"!!!!" + good[64:]}
        for name, data in bad.items():
            save(self.source, name, data)
        os.mkfifo(os.path.join(self.source, "pipe.png"))
        os.symlink("nowhere", os.path.join(self.source, "gone.png"))
        working = self.worker()
        lines, errors = self.ended(self.feed(), code=1)
        self.assertEqual(lines[-1]["failed"], len(bad))
        self.assertEqual(sorted(os.path.basename(line["image"]) for line in lines if "error" in line), sorted(bad))
        for name in bad:
            self.assertRegex(errors, rf"(?m)^weft-images: {self.source}/{name}: .+$")
        self.assertIn("6 of 9 images could not be done", errors)
        self.is_as_alone(code=1)
        working.end(signal.SIGINT)

    def test_two_feeds_share_the_workers_and_each_gets_its_own(self):
        self.fill(8)
        workers = [self.worker(2)]
        other = os.path.join(PLACE, "other")
        feeds = self.feed(), self.feed("--width", "33", out=other)
        for feed in feeds:
            self.ended(feed)
        self.is_as_alone()
        self.is_as_alone("--width", "33", out=other)
        for each in workers:
            each.end(signal.SIGINT)

    def test_a_worker_whose_feed_was_killed_works_for_the_next(self):
        self.fill(4)
        feed = self.feed(*LABORIOUS)
        working = self.worker()
        begin(working)
        feed.kill()
        feed.communicate(timeout=PATIENCE)
        self.ended(self.feed())
        self.is_as_alone()
        working.end(signal.SIGINT)

    def test_ctrl_c_ends_a_feed_that_waits_and_says_how_far_it_has_come(self):
        self.fill(2)
        feed = self.feed()
        self.assertIn("no worker yet", feed.stderr.readline())
        feed.send_signal(signal.SIGINT)
        _, errors = self.ended(feed, code=1)
        self.assertIn("interrupted: 0 of 2 images", errors)
        self.assertEqual(contents(self.out), {})

    def test_a_terminal_gets_a_bar_and_a_pipe_gets_lines(self):
        self.fill(5)
        working = self.worker()
        self.addCleanup(shutil.rmtree, self.out)
        command = "feed", self.source, "--out", self.out
        code, text = images.in_terminal(*command)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\[#*\.*\] \d of 5 images, [\d.]+/s, \d+ workers")
        self.assertIn("5 of 5 images are in", text)
        self.assertTrue(all(len(line) < 80 for line in text.replace("\x1b[K", "").replace("\r", "\n").splitlines()))
        piped = images(*command)
        self.assertEqual(sorted(piped.stdout.splitlines()[:-1]), [f"{self.out}/{number}.png" for number in range(5)])
        self.assertNotIn("\x1b", piped.stdout)
        working.end(signal.SIGINT)

    def test_what_cannot_be_done_at_all_says_why(self):
        os.makedirs(self.source)
        nothing = images("alone", self.source, "--out", self.out)
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("no file named .png", nothing.stderr)
        self.assertEqual(images("alone", "nowhere", "--out", self.out).returncode, 2)
        self.fill(1)
        occupied = save(self.source, "file", b"")
        barred = images("alone", self.source, "--out", occupied)
        self.assertEqual(barred.returncode, 1)
        self.assertIn(f"make the folder {occupied}", barred.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
