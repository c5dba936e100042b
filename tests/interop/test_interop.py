#!/usr/bin/python3
"""Programs written from lib/wire/FORMAT.md alone talk with weft, every field type both ways.

    test_interop.py PEER FORMAT.md [unittest arguments]

The Python side is the very text of the page: its fenced blocks "python subscriber", publisher, client, server,
producer, worker.
"""
import ast
import os
import re
import struct
import subprocess
import sys
import unittest

import msgpack
import zmq

PEER, FORMAT = sys.argv[1:3]
NAME = "interop/everything"
WATCHDOG = 60_000  # milliseconds

# test::everything() of tests/codec/everything.hpp, as MessagePack says it.
EVERYTHING = [
    True, -128, -300, 70000, -2**63, 255, 300, 70000, 2**64 - 1, 1.5, 0.1, "grüß", b"\x00\xff", 200, -70000,
    1767225600123456789, -1, ["m", -33], [True, False, True], [1.0, -0.0, 1e300], [["a", 1], ["b" * 40, -2]],
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], ["left", "right"],
    {"base": [1.0, 2.0, 3.0], "tool": [4.0, 5.0, 6.0]}, {-5: "minus five", 500: "five hundred"},
    {0: False, 200: True}, [3, [["c", 3]]], [7.0, 8.0, 9.0], []]


def program(name):
    """A fenced block of the page."""
    with open(FORMAT, encoding="utf-8") as file:
        return re.search(f"```python {name}\n(.*?)```", file.read(), re.DOTALL)[1]


def fingerprint(text):
    value = 0xcbf29ce484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001b3 % 2**64
    return value


def item(sequence, value):
    """A frame as anybody's who is not weft."""
    header = struct.pack("<2sBBHHQQIIQq", b"WF", 1, 1, 0, 48, 0, 0, 0, 0, sequence, 0)
    return header + msgpack.packb(value)


class Interop(unittest.TestCase):
    def setUp(self):
        self.directory = os.environ["WEFT_RUNTIME_DIR"]
        self.sockets = 0

    def endpoint(self):
        """Of a socket that Python binds."""
        self.sockets += 1
        path = f"{self.directory}/{self.id().rpartition('.')[2][:20]}-{self.sockets}"
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        return f"ipc://{path}"

    def start(self, command):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

        def end():
            if command[1] not in ("publish", "serve", "work"):  # those end with their input
                process.kill()
            process.communicate(timeout=WATCHDOG / 1000)
        self.addCleanup(end)
        return process

    def peer(self, *arguments):
        return self.start([PEER, *arguments])

    def python(self, name, *arguments):
        return self.start([sys.executable, "-c", program(name), *arguments])

    def say(self, process, value):
        process.stdin.write(f"{value}\n")
        process.stdin.flush()

    def hear(self, process):
        line = process.stdout.readline()
        self.assertTrue(line, f"{process.args} ended early")
        return line.rstrip("\n")

    def bound(self, verb):
        """A peer that has bound, and its endpoint."""
        endpoint = self.endpoint()
        process = self.peer(verb, endpoint)
        self.assertEqual(self.hear(process), "ready")
        return process, endpoint

    def schema(self):
        return subprocess.run([PEER, "schema"], capture_output=True, text=True, check=True).stdout.strip()

    def test_the_programs_of_the_page_take_fifteen_lines_at_most(self):
        for name in ("subscriber", "publisher", "client", "server", "producer", "worker"):
            self.assertLessEqual(len(program(name).splitlines()), 15, name)

    def test_a_subscriber_hears_every_field_type(self):
        publisher, endpoint = self.bound("publish")
        subscriber = self.python("subscriber", endpoint, NAME)
        for sequence in range(1, 101):
            self.say(publisher, "go")
            number, _, value = self.hear(subscriber).partition(" ")
            self.assertEqual(int(number), sequence)
            self.assertEqual(ast.literal_eval(value), EVERYTHING)

    def test_a_publisher_is_heard_with_every_field_type(self):
        endpoint = self.endpoint()
        publisher = self.python("publisher", endpoint, NAME, self.schema())
        subscriber = self.peer("subscribe", endpoint)
        for _ in range(100):
            self.say(publisher, EVERYTHING)
            self.assertEqual(self.hear(subscriber), "equal")
        self.say(publisher, [False] + EVERYTHING[1:])
        self.assertEqual(self.hear(subscriber), "different")

    def test_a_client_is_answered_with_every_field_type(self):
        _, endpoint = self.bound("serve")
        client = self.python("client", endpoint)
        for _ in range(100):
            self.say(client, EVERYTHING)
            kind, _, value = self.hear(client).partition(" ")
            self.assertEqual((kind, ast.literal_eval(value)), ("reply", EVERYTHING))

    def test_a_client_gets_errors_as_values(self):
        _, endpoint = self.bound("serve")
        client = self.python("client", endpoint)
        self.say(client, [False] + EVERYTHING[1:])
        self.assertEqual(self.hear(client), "error [2, 'no such thing', 0]")
        self.say(client, ["nonsense"])
        self.assertRegex(self.hear(client), r"error \[8, .+ at byte 0 of 10")
        self.say(client, EVERYTHING)
        self.assertTrue(self.hear(client).startswith("reply "))

    def test_a_request_that_is_late_or_called_off_is_not_answered(self):
        _, endpoint = self.bound("serve")
        with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
            socket.setsockopt(zmq.RCVTIMEO, WATCHDOG)
            socket.connect(endpoint)
            remaining = {2: 0, 3: 10**12}  # ns
            for sequence in range(1, 5):
                flags, length = (1, 56) if sequence in remaining else (0, 48)
                frame = struct.pack("<2sBBHHQQIIQq", b"WF", 1, 1, flags, length, 0, 0, 0, 0, sequence, 0)
                if flags:
                    frame += struct.pack("<q", remaining[sequence])
                socket.send_multipart([b"", frame + msgpack.packb(EVERYTHING)])
            cancel = struct.pack("<2sBBHHQQIIQq", b"WF", 1, 8, 0, 48, 0, 0, 0, 0, 99, 0)  # nobody's: passed over
            socket.send_multipart([b"", cancel])
            self.assertEqual([struct.unpack_from("<Q", socket.recv_multipart()[1], 32)[0] for _ in range(3)], [1, 3, 4])

    def test_a_server_serves_every_field_type(self):
        endpoint = self.endpoint()
        self.python("server", endpoint, "interop/echo", self.schema(), self.schema())
        for _ in range(2):
            client = self.peer("call", endpoint, "100")
            self.assertEqual([self.hear(client) for _ in range(100)], ["equal"] * 100)
            self.assertEqual(client.wait(WATCHDOG / 1000), 0)

    def produced(self, values, endpoint):
        """What a producer prints of these items."""
        producer = self.python("producer", endpoint)
        for value in values:
            self.say(producer, value)
        producer.stdin.close()
        producer.stdin = None
        return [self.hear(producer) for _ in values]

    def test_a_producer_pushes_every_field_type(self):
        worker, endpoint = self.bound("work")
        self.assertEqual(self.produced([EVERYTHING] * 100, endpoint), [f"done {EVERYTHING}"] * 100)
        self.assertEqual([self.hear(worker) for _ in range(100)], ["equal"] * 100)

    def test_a_producer_hears_what_is_refused(self):
        _, endpoint = self.bound("work")
        values = [EVERYTHING, [False] + EVERYTHING[1:], ["nonsense"], EVERYTHING]
        self.assertEqual(sorted(self.produced(values, endpoint)),
                         sorted(f"{what} {value}" for what, value in zip(["done", "refused", "refused", "done"], values)))

    def test_a_plain_request_is_an_item_and_is_answered_by_its_receipt(self):
        worker, endpoint = self.bound("work")
        with zmq.Context() as context, context.socket(zmq.REQ) as socket:
            socket.setsockopt(zmq.RCVTIMEO, WATCHDOG)
            socket.connect(endpoint)
            for sequence in range(1, 101):
                socket.send(item(sequence, EVERYTHING))
                receipt = socket.recv()
                self.assertEqual(receipt[:4], b"WF\x01\x07")
                self.assertEqual(msgpack.unpackb(receipt[receipt[6]:]), [[sequence], [], []])
                self.assertEqual(self.hear(worker), "equal")

    def test_a_worker_does_every_field_type(self):
        endpoint = self.endpoint()
        worker = self.python("worker", endpoint, "interop/jobs", self.schema())
        for _ in range(2):
            producer = self.peer("push", endpoint, "100")
            for _ in range(100):
                self.assertEqual(ast.literal_eval(self.hear(worker)), EVERYTHING)
            self.assertEqual(self.hear(producer), "done")
            self.assertEqual(producer.wait(WATCHDOG / 1000), 0)

    def test_what_a_killed_worker_had_is_done_by_the_next(self):
        endpoint = self.endpoint()
        producer = self.peer("push", endpoint, "100")
        for _ in range(3):
            worker = self.python("worker", endpoint, "interop/jobs", self.schema())
            for _ in range(10):
                self.hear(worker)
            worker.kill()
            worker.wait()
        self.python("worker", endpoint, "interop/jobs", self.schema())
        self.assertEqual(self.hear(producer), "done")

    def test_the_schema_comes_on_request_and_is_the_messages_own(self):
        publisher, endpoint = self.bound("publish")
        with zmq.Context() as context, context.socket(zmq.SUB) as socket:
            socket.setsockopt(zmq.RCVTIMEO, WATCHDOG)
            socket.connect(endpoint)
            asked = b"\xfe" + NAME.encode() + b"\0"
            socket.subscribe(asked)
            part = socket.recv()
            self.assertTrue(part.startswith(asked))
            frame = part[len(asked):]
            self.assertEqual(frame[:4], b"WF\x01\x05")
            schema = frame[frame[6]:].decode()
            self.assertEqual(schema, self.schema())

            socket.subscribe(NAME.encode() + b"\0")
            self.say(publisher, "go")
            message = socket.recv()[len(NAME) + 1:]
            self.assertEqual(int.from_bytes(message[8:16], "little"), fingerprint(schema))
            self.assertEqual(msgpack.unpackb(message[48:], strict_map_key=False), EVERYTHING)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
