"""Signing up, of separate processes, of which some are away: test_examples_signup.py SIGNUP WEFTD"""
import email
import email.header
import email.policy
import email.utils
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from tool import PATIENCE, Beside, Tool

SIGNUP, WEFTD = sys.argv[1:]
PLACE = os.environ["TMPDIR"]
os.environ.pop("WEFT_DISCOVERY", None)
signup = Tool(SIGNUP)


def decoded_name(data):
    """The addressee's. Not by the policy that reads all else: it puts a blank between encoded words."""
    to = email.message_from_bytes(data)["To"].rpartition(" <")[0]
    name = str(email.header.make_header(email.header.decode_header(to)))
    return email.utils.unquote(name.strip())


class SignUp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Beside(WEFTD, says="listening at")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end(signal.SIGTERM)

    def setUp(self):
        self.folder = os.path.join(PLACE, "signup")
        os.mkdir(self.folder)
        self.addCleanup(shutil.rmtree, self.folder)
        self.users = os.path.join(self.folder, "users")
        self.spool = os.path.join(self.folder, "spool")

    def beside(self, *arguments, says):
        program = Beside(SIGNUP, *arguments, says=says)
        self.addCleanup(self.kill, program)  # if the test did not come to its end
        return program

    @staticmethod
    def kill(program):
        if program.process.poll() is None:
            program.process.kill()
            program.process.communicate(timeout=PATIENCE)

    def serve(self):
        return self.beside("serve", "--users", self.users, says="Ctrl-C")

    def mail(self):
        return self.beside("mail", "--spool", self.spool, says="Ctrl-C")

    def add(self, name, address, code=0):
        run = signup("add", name, address, "--timeout", "30")
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def letters(self):
        """{address: letter} of the spool, one each."""
        found = {}
        for name in os.listdir(self.spool):
            self.assertTrue(name.endswith(".eml"), name)
            with open(os.path.join(self.spool, name), "rb") as file:
                data = file.read()
            self.assertNotIn(b"\n", data.replace(b"\r\n", b""))
            letter = email.message_from_bytes(data, policy=email.policy.default)
            letter.to_name = decoded_name(data)
            self.assertEqual(letter["Message-ID"], f"<{name[:-4]}@weft-signup.localdomain>")
            self.assertEqual(letter.defects, [])
            address = letter["To"].addresses[0].addr_spec
            self.assertNotIn(address, found)
            found[address] = letter
        return found

    def written(self, mailer, count):
        """Waits until so many files were written."""
        for _ in range(count):
            self.assertTrue(mailer.line().endswith(".eml\n"))

    def test_who_signs_up_gets_a_number_and_a_welcome(self):
        server, mailer = self.serve(), self.mail()
        for number, name in enumerate(("Ada Lovelace", 'Bob "the Builder" \\', "Zoë 東京 " + "ß" * 30), 1):
            self.assertIn(f"Welcome, {name}: you are user number {number}\n", self.add(name, f"user{number}@example.org"))
            self.written(mailer, 1)
            letter = self.letters()[f"user{number}@example.org"]
            self.assertEqual(letter.to_name, name)
            self.assertIn(f"Welcome, {name}!\n\nYou are our user number {number}.\n",
                          letter.get_content().replace("\r\n", "\n"))
        self.assertIn("number 1\n", self.add("Ada Lovelace", "USER1@example.org"), "the same again")
        server.end(signal.SIGINT)
        mailer.end(signal.SIGTERM)
        self.assertEqual(len(self.letters()), 3)

    def test_what_is_wrong_is_told_by_the_service(self):
        server = self.serve()
        self.add("Ada", "ada@example.org")
        self.assertIn("by another name", self.add("Eve", "ada@example.org", code=1))
        self.assertIn("ada@example.org, not \"nobody\"", self.add("Ada", "nobody", code=2))
        self.assertIn("a name is", self.add("Ada\nBcc: eve@example.org", "eve@example.org", code=2))
        server.end(signal.SIGINT)
        nobody = signup("add", "Ada", "a@b.org", "--timeout", "0.1")
        self.assertEqual(nobody.returncode, 1)
        self.assertIn("no server answers", nobody.stderr)

    def test_a_killed_email_service_loses_nothing_and_writes_nothing_twice(self):
        server = self.serve()
        addresses = {f"user{number}@example.org" for number in range(30)}
        waiting = sorted(addresses)
        for _ in range(3):
            mailer = self.mail()
            for _ in range(5):
                self.add("User", waiting.pop())
            self.written(mailer, 1)
            self.kill(mailer)
            for _ in range(5):
                self.add("User", waiting.pop())
        mailer = self.mail()
        while "mailed\t30\n" not in self.text():  # not when all are written: some came twice, and are not done yet
            os.sched_yield()
        mailer.end(signal.SIGINT)
        server.end(signal.SIGINT)
        self.assertEqual(set(self.letters()), addresses)

    def text(self):
        with open(self.users, encoding="utf-8") as file:
            return file.read()

    def test_a_killed_user_service_goes_on_where_it_was(self):
        server = self.serve()
        for number in range(3):
            self.add("User", f"user{number}@example.org")
        self.kill(server)
        self.assertIn("number 4\n", self.after_restart())
        self.assertEqual(len(self.letters()), 4)

    def after_restart(self):
        server, mailer = self.serve(), self.mail()
        said = self.add("User", "user3@example.org")
        self.written(mailer, 4)
        server.end(signal.SIGINT)
        mailer.end(signal.SIGINT)
        self.assertIn("mailed\t4\n", self.text())
        return said

    def test_welcomes_that_wait_are_told_at_the_end(self):
        server = self.serve()
        self.add("Ada", "ada@example.org")
        server.process.send_signal(signal.SIGINT)
        said, _ = server.process.communicate(timeout=PATIENCE)
        self.assertIn("1 welcomes wait for weft-signup mail", said)
        self.assertEqual(server.process.returncode, 0)

    def test_sign_ups_are_counted_by_domain_and_minute(self):
        server = self.serve()
        counters = [self.beside("count", *options, says="counts") for options in ((), ("--json",))]
        for number, domain in enumerate(("example.org", "x.net", "Example.org")):
            self.add("User", f"user{number}@{domain}")
        self.add("User", "user0@example.org")  # the same again is none
        rows = []
        for counter in counters:
            counter.process.send_signal(signal.SIGINT)
            rows.append(counter.process.communicate(timeout=PATIENCE)[0].splitlines())
            self.assertEqual(counter.process.returncode, 0)
        server.end(signal.SIGINT)
        sums = {}
        for row in map(json.loads, rows[1]):
            self.assertRegex(row["minute"], r"^\d{4}-\d\d-\d\dT\d\d:\d\dZ$")
            sums[row["domain"]] = sums.get(row["domain"], 0) + row["sign_ups"]
        self.assertEqual(sums, {"example.org": 2, "x.net": 1})
        for row in rows[0]:
            self.assertRegex(row, r"^\S+ +[12]  (example\.org|x\.net)$")

    def test_a_second_user_service_does_not_get_the_file(self):
        server = self.serve()
        run = signup("serve", "--users", self.users)
        self.assertEqual(run.returncode, 1)
        self.assertIn("users.lock", run.stderr)
        server.end(signal.SIGINT)

    def test_a_spool_that_cannot_be_written_to_is_tried_again(self):
        server, mailer = self.serve(), self.mail()
        os.rmdir(self.spool)
        self.add("Ada", "ada@example.org")
        self.assertIn("tried again in a second", mailer.line())
        os.mkdir(self.spool)
        while not mailer.line().endswith(".eml\n"):
            pass
        server.end(signal.SIGINT)
        mailer.end(signal.SIGINT)
        self.assertEqual(list(self.letters()), ["ada@example.org"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
