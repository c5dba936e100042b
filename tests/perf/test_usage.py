"""What weft-perf cannot do is told before anything is measured: test_usage.py WEFT_PERF WEFT_PERF_ODD."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from tool import Tool

WEFT_PERF, ODD = sys.argv[1:]
weft_perf = Tool(WEFT_PERF)


class Usage(unittest.TestCase):
    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def refused(self, *words):
        run = weft_perf(*words)
        self.assertEqual(run.stdout, "")
        said = run.stderr.rstrip().removesuffix("\nRun with --help for more information.")
        self.assertEqual(len(said.splitlines()), 1, run.stderr)
        return run.returncode, said

    def test_what_is_no_size_or_number_is_told_with_what_is(self):
        for words, said in (
                (("latency", "-b", "12Q"), '"12Q" is no size, such as 64, 1K or 16M'),
                (("latency", "-b", "64,,1K"), '"" is no size, such as 64, 1K or 16M'),
                (("latency", "-b", "65M"), "up to 64M"), (("latency", "-b", "-1"), "is no size"),
                (("throughput", "-b", "99999999999999999999"), "is no size"), (("throughput", "-b", ""), "there is no size"),
                (("fanout", "-n", "0"), '"0" is no number from 1 to 1000 (--subscribers)'),
                (("fanout", "-n", "1,x"), '"x" is no number from 1 to 1000 (--subscribers)'),
                (("fanout", "--publishers", "1001"), '"1001" is no number from 1 to 1000 (--publishers)'),
                (("fanout", "--publishers", ""), "--publishers has no number, such as 1 or 1,4"),
                (("fanout", "--slow", "1"), '"1" is no slow subscriber, such as 1:1ms'),
                (("fanout", "--slow", "1:1"), "such as 1:1ms"), (("fanout", "--slow", "1:0ms"), "such as 1:1ms"),
                (("fanout", "--slow", "x:1ms"), "such as 1:1ms"), (("fanout", "--slow", "1:1h"), "such as 1:1ms"),
                (("fanout", "-n", "2,4", "--slow", "4:1ms"), "there are subscribers 0 to 3"),
                (("fanout", "-r", "-1"), "--rate"), (("latency", "-r", "0"), "--rate"), (("latency", "-r", "nan"), "--rate"),
                (("rpc", "-w", "0"), '"0" is no number from 1 to 1000 (--window)'),
                (("pipeline", "--workers", "two"), "(--workers)"),
                (("rpc", "--seconds", "0"), "--seconds"), (("rpc", "--seconds", "nan"), "--seconds"),
                (("rpc", "--rounds", "0"), "--rounds"), (("fanout", "--reads", "some"), "--reads"),
                (("compare", "everything"), "everything"), (("compare", "-p", "zmq"), "weft must be one of the peers"),
                (("compare", "--target", "0.9", "--rounds", "5"), "needs six rounds"),
                (("fanout", "-n", "2", "--slow", "1:31ms"), "would take minutes"),
                (("throughput", "-t", "smoke"), 'nobody has a transport "smoke"; there are: weft inproc, weft shm, weft ipc')):
            with self.subTest(words=words):
                code, text = self.refused(*words)
                self.assertEqual(code, 2, text)
                self.assertIn(said, text)

    def test_who_is_not_here_or_is_no_adapter_is_told(self):
        code, text = self.refused("throughput", "-p", "smoke")
        self.assertEqual(code, 1)
        self.assertIn("smoke is not here; weft, zmq and twin are, and iceoryx and grpc after ./dev peers", text)
        for program, why in ("/bin/echo", 'a peer says "describe"'), ("/bin/true", "ended"), ("/etc/hostname", "execv /etc/hostname"):
            code, text = self.refused("throughput", "-p", program)
            self.assertEqual(code, 1)
            self.assertRegex(text, f"{program}, as an adapter: .*{why}")

    def test_an_adapter_that_describes_itself_badly_is_told(self):
        path = os.path.join(self.folder(), "adapter")
        for description in "{}", '{"transports":7}', '{"transports":[{"name":1,"crosses":true}]}', '{"version":[]}', "null", \
                '{"transports":[],"pairs":["topic","friend"]}':
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\necho '{description}'\n")
            os.chmod(path, 0o700)
            with self.subTest(description):
                code, text = self.refused("throughput", "-p", path)
                self.assertEqual(code, 1)
                self.assertIn("as an adapter: ", text)

    def test_what_cannot_be_written_is_told_before_anything_is_measured(self):
        folder = self.folder()
        for option, place, said in (("--out", os.path.join(folder, "none", "report.json"), "No such file"),
                                    ("--out", folder, "Is a directory"), ("--plots", "/dev/null/plots", "Not a directory")):
            with self.subTest(option=option, place=place):
                code, text = self.refused("throughput", "-p", ODD, "-t", "hangs", option, place)
                self.assertEqual(code, 1)
                self.assertIn(said, text)
                self.assertIn(place, text)
        self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
