"""The weft tool against weft-hostmon, as separate processes: test_weft.py WEFT HOSTMON.

What a user sees: types that the tool was not compiled with, exit codes, one-line errors, a clean Ctrl-C.
"""
import json
import os
import pty
import shlex
import signal
import socket
import subprocess
import sys
import unittest

WEFT, HOSTMON = sys.argv[1:3]
PATIENCE = 60


def weft(*arguments, **options):
    return subprocess.run([WEFT, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False, **options)


class Running:
    """A program that runs until the test leaves the block; ended by SIGINT, which must be clean."""

    def __init__(self, *command, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        self.process = subprocess.Popen(command, **options)

    def __enter__(self):
        return self

    def says(self, stream, text):
        """Reads lines until one contains `text`; answers that line. The sandbox's watchdog ends a wait in vain."""
        for line in stream:
            if text in line:
                return line
        raise AssertionError(f"the program ended without saying {text!r}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        _, self.errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, (self.process.args, self.process.returncode, self.errors)


class Echo(Running):
    """weft topic echo test/notes, bound."""

    def __init__(self, endpoint, *arguments, **options):
        super().__init__(WEFT, "topic", "echo", "test/notes", "--bind", endpoint, *arguments, **options)
        self.says(self.process.stderr, "waiting at")


class Topics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hostmon = Running(HOSTMON, "--rate", "50", "--bind", "ipc://hostmon")
        cls.hostmon.says(cls.hostmon.process.stderr, "host/process")

    @classmethod
    def tearDownClass(cls):
        cls.hostmon.__exit__()

    def test_echo_prints_messages_of_a_type_it_was_not_compiled_with(self):
        run = weft("topic", "echo", "host/memory", "--connect", "ipc://hostmon-memory", "--count", "3")
        self.assertEqual(run.returncode, 0, run.stderr)
        messages = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(len(messages), 3)
        self.assertGreater(messages[0]["total"], 0)

    def test_echo_json_adds_the_header(self):
        run = weft("topic", "echo", "host/load", "--connect", "ipc://hostmon-load", "--count", "2", "--json")
        first, second = (json.loads(line) for line in run.stdout.splitlines())
        self.assertEqual(first["type"], "host/Load")
        self.assertEqual(second["sequence"], first["sequence"] + 1)
        self.assertIn("one", first["message"])

    def test_a_reader_that_has_had_enough_ends_it_quietly(self):
        with subprocess.Popen([WEFT, "topic", "echo", "host/cpu", "--connect", "ipc://hostmon-cpu"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as echo:
            self.assertTrue(json.loads(echo.stdout.readline()))
            echo.stdout.close()
            self.assertEqual((echo.wait(PATIENCE), echo.stderr.read()), (0, ""))

    def test_verbs_may_be_abbreviated(self):
        run = weft("t", "e", "host/cpu", "-c", "ipc://hostmon-cpu", "-n", "1")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_hz_counts_every_message(self):
        run = weft("topic", "hz", "host/cpu", "--connect", "ipc://hostmon-cpu", "--count", "20", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        reports = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(sum(report["messages"] for report in reports), 20)
        self.assertEqual(sum(report["lost"] for report in reports), 0)

    def test_call_answers_for_a_process(self):
        request = json.dumps({"pid": os.getpid()})
        run = weft("service", "call", "host/process", request, "--connect", "ipc://hostmon-process")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["pid"], os.getpid())

    def test_call_tells_the_servers_error(self):
        run = weft("service", "call", "host/process", '{"pid":-5}', "--connect", "ipc://hostmon-process")
        self.assertEqual(run.returncode, 1, "the server's invalid_argument is no wrong usage of the tool")
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_call_names_the_field_that_is_wrong(self):
        run = weft("service", "call", "host/process", '{"pid":"one"}', "--connect", "ipc://hostmon-process")
        self.assertEqual(run.returncode, 2)
        self.assertIn("pid", run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_the_examples_of_the_help_name_fields_that_are_there(self):
        """Of topics that weft-hostmon publishes: whether a filter lets anything pass is the machine's affair."""
        found = 0
        for line in weft("topic", "echo", "--help").stdout.splitlines():
            _, example, command = line.partition("Example: weft ")
            if not example:
                continue
            words = shlex.split(command)
            for at, word in enumerate(words):
                if word == "--filter":
                    words[at + 1] = f"({words[at + 1]}) || !({words[at + 1]})"
            run = weft(*words, "--connect", "ipc://hostmon-" + words[2].partition("/")[2], "--count", "1")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertNotEqual(run.stdout, "null\n")
            found += 1
        self.assertEqual(found, 1)

    def test_another_topic_at_the_endpoint_is_named(self):
        run = weft("topic", "echo", "host/cpu", "--connect", "ipc://hostmon-load", "--duration", "1")
        self.assertEqual(run.returncode, 3)
        self.assertIn("host/load", run.stderr)

    def test_an_address_in_use_is_not_stolen(self):
        run = weft("topic", "echo", "host/cpu", "--bind", "ipc://hostmon-cpu")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        self.assertIn(str(self.hostmon.process.pid), run.stderr)
        after = weft("topic", "echo", "host/cpu", "--connect", "ipc://hostmon-cpu", "--count", "1")
        self.assertEqual(after.returncode, 0)


class Publishing(unittest.TestCase):
    def test_pub_learns_the_type_from_no_one_but_the_schema_option(self):
        schema = "test/Note{number:u64,text:string,flag:bool}"
        with Echo("ipc://notes", "--reliable") as echo:
            lines = "\n".join(json.dumps({"number": i}) for i in range(100))
            run = weft("topic", "pub", "test/notes", "--connect", "ipc://notes", "--schema", schema, "--file", "-",
                       input=lines)
            self.assertEqual(run.returncode, 0, run.stderr)
            numbers = [json.loads(echo.process.stdout.readline())["number"] for _ in range(100)]
        self.assertEqual(numbers, list(range(100)))

    def test_pub_without_a_type_waits_for_a_subscriber_that_has_one(self):
        with Echo("ipc://untyped"):
            run = weft("topic", "pub", "test/notes", "{}", "--connect", "ipc://untyped", "--timeout", "0.5")
        self.assertEqual((run.returncode, run.stderr.count("\n")), (3, 1), run.stderr)
        self.assertIn("nobody says the type of test/notes", run.stderr)

    def test_a_wrong_field_is_named_with_its_line(self):
        schema = "test/Note{number:u64}"
        with Echo("ipc://wrong"):
            run = weft("topic", "pub", "test/notes", "--connect", "ipc://wrong", "--schema", schema, "--file", "-",
                       input='{"number":1}\n{"nubmer":2}\n')
        self.assertEqual(run.returncode, 2)
        self.assertIn("-:2", run.stderr)
        self.assertIn("nubmer", run.stderr)

    def test_a_schema_out_of_form_is_wrong_usage(self):
        run = weft("topic", "pub", "test/notes", "{}", "--connect", "ipc://nobody", "--schema", "test/Note{number:")
        self.assertEqual(run.returncode, 2)
        self.assertIn("--schema", run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_text_of_other_processes_does_not_reach_a_terminal_raw(self):
        hostile = "a\nforged: 1\x1b[2J\x7f\x9b2J"
        message = json.dumps({"text": hostile, "map": {hostile: 1}, "list": [hostile]})
        for options in [], ["--json"]:
            terminal, end = pty.openpty()
            with open(terminal, encoding="utf-8", newline="\n") as shown, Echo("ipc://hostile", *options, stdout=end,
                                                                                 env={**os.environ, "NO_COLOR": "1"}):
                os.close(end)
                run = weft("topic", "pub", "test/notes", message, "--connect", "ipc://hostile", "--schema",
                           "test/Hostile{text:string,map:map<string,u8>,list:list<string>}")
                self.assertEqual(run.returncode, 0, run.stderr)
                text = ""
                while "list" not in text:
                    text += shown.readline().replace("\r\n", "\n")
            self.assertIn("a\\nforged: 1\\u001b[2J\\u007f\\u009b2J", text)
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f]|\n *forged")

    def test_pub_without_a_subscriber_times_out(self):
        run = weft("topic", "pub", "test/notes", "{}", "--bind", "ipc://alone", "--timeout", "0.1")
        self.assertEqual(run.returncode, 3)


class Interrupts(unittest.TestCase):
    """Ctrl-C ends what waits, wherever it waits."""

    def assert_ends(self, running):
        """With its standard input still open."""
        running.process.send_signal(signal.SIGINT)
        self.assertEqual(running.process.wait(PATIENCE), 0)

    @staticmethod
    def pub(endpoint, echo, *arguments):
        """A publisher of lines that has published one."""
        pub = Running(WEFT, "topic", "pub", "test/notes", "--connect", endpoint, "--schema", "test/Note{number:u64}",
                      "--file", "-", *arguments, stdin=subprocess.PIPE)
        pub.process.stdin.write('{"number":1}\n')
        pub.process.stdin.flush()
        echo.says(echo.process.stdout, '"number":1')
        return pub

    def test_pub_that_waits_for_a_line(self):
        with Echo("ipc://lines") as echo:
            with self.pub("ipc://lines", echo) as pub:
                self.assert_ends(pub)

    def test_pub_that_waits_for_a_line_of_a_named_pipe(self):
        pipe = os.path.join(os.environ["WEFT_RUNTIME_DIR"], "pipe")
        os.mkfifo(pipe)
        with Echo("ipc://fifo"):
            with Running(WEFT, "topic", "pub", "test/notes", "--connect", "ipc://fifo", "--schema",
                         "test/Note{number:u64}", "--file", pipe) as pub:
                writer = os.open(pipe, os.O_WRONLY)  # waits for the reader
                self.assert_ends(pub)
            os.close(writer)
        os.unlink(pipe)

    def test_pub_that_waits_for_room(self):
        """Its stopped subscriber takes nothing; the lines that it cannot send stay in the pipe."""
        with Echo("ipc://full", "--reliable") as echo:
            with self.pub("ipc://full", echo, "--timeout", "0") as pub:
                echo.process.send_signal(signal.SIGSTOP)
                pub.process.stdin.write('{"number":2}\n' * 5000)
                self.assert_ends(pub)
            echo.process.send_signal(signal.SIGCONT)

    def test_pub_that_waits_for_a_subscriber(self):
        with Running(WEFT, "topic", "pub", "test/notes", "{}", "--bind", "ipc://alone", "--timeout", "0") as pub:
            pub.says(pub.process.stderr, "waiting at")

    def test_call_that_waits_for_its_server(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with socket.socket() as silent:
                silent.bind(("127.0.0.1", 0))
                silent.listen()
                call = subprocess.Popen([WEFT, "service", "call", "a", "--timeout", "0", "--connect",
                                         f"tcp://127.0.0.1:{silent.getsockname()[1]}"])
                connection, _ = silent.accept()
                call.send_signal(number)
                self.assertEqual(call.wait(PATIENCE), -number)
                connection.close()


class BadInput(unittest.TestCase):
    def fails(self, code, text, *arguments):
        run = weft(*arguments)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertIn(text, run.stderr)
        if code != 2 or not run.stderr.rstrip().endswith("--help for more information."):
            self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_what_is_no_number_is_wrong_usage(self):
        for told, *arguments in (('--count: "-1" is no whole number from 0 on', "topic", "echo", "a", "--count=-1"),
                                 ('--wait: "1.5" is no whole number from 0 on', "topic", "pub", "a", "{}", "--wait", "1.5"),
                                 ('--priority: "256" is no whole number from 0 to 255', "queue", "push", "a", "{}", "-p", "256"),
                                 ('--timeout: "1s" is no number', "service", "call", "a", "-t", "1s"),
                                 ('--timeout: "nan" is no number', "service", "call", "a", "-t", "nan"),
                                 ("--timeout: -1 is less than 0", "service", "call", "a", "--timeout=-1"),
                                 ("--rate: 0 is not from 1e-06 to 1000000", "topic", "pub", "a", "{}", "-r", "0")):
            self.fails(2, told, *arguments)
        self.assertIn("-p,--priority 0..255=0 ", weft("queue", "push", "--help").stdout)

    def test_usage(self):
        self.fails(2, "no verb", "nonsense")
        self.fails(2, "inproc", "topic", "echo", "a", "--connect", "pigeon://roof")
        self.fails(2, "scheme://address", "topic", "echo", "a", "--connect", "roof")
        self.fails(2, "topic name", "topic", "echo", "Not A Name", "--connect", "ipc://x")

    def test_addresses(self):
        self.fails(1, "107", "topic", "echo", "a", "--bind", "ipc:///tmp/" + "x" * 120)
        self.fails(1, "/nowhere", "topic", "echo", "a", "--bind", "ipc:///nowhere/at/all")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.fails(1, "listens there", "topic", "echo", "a", "--bind", f"tcp://127.0.0.1:{taken.getsockname()[1]}")
        path = os.path.join(os.environ["WEFT_RUNTIME_DIR"], "foreign")
        with socket.socket(socket.AF_UNIX) as foreign:
            foreign.bind(path)
            foreign.listen()
            self.fails(1, "listens there", "topic", "echo", "a", "--bind", f"ipc://{path}")
        os.unlink(path)

    def test_silence_times_out(self):
        self.fails(3, "no message", "topic", "echo", "a", "--connect", "ipc://nobody", "--duration", "0.1")
        self.fails(1, "no server", "service", "call", "a", "--connect", "ipc://nobody", "--timeout", "0.1")


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
