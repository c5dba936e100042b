"""What the weft tool does without a daemon: test_offline.py WEFT COMPILER INCLUDE [PROGRAM...].

Its command line, schemas given as text, completion, and the man pages of the programs.
"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema
from tool import PATIENCE, Tool

weft = Tool(os.path.abspath(sys.argv[1]))
COMPILER, INCLUDE, *PROGRAMS = sys.argv[2:]
EVERYTHING = ("test/All{flag:bool,a:i8,b:u64,x:f32,y:f64,text:string,raw:bytes,mode:test/Mode:i8(low=-1,one=1),at:time,"
              "took:duration,maybe:optional<test/V{x:f64}>,flags:list<bool>,vs:list<test/V{x:f64}>,pair:array<string,2>,"
              "by:map<string,test/V{x:f64}>,codes:map<i16,u8>,choice:variant<i64,test/V{x:f64},list<u8>>,none:test/None{}}")


class CommandLine(unittest.TestCase):
    def complains(self, text, *arguments):
        run = weft(*arguments)
        self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        self.assertIn(text, run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def test_a_mistyped_verb_is_answered_with_the_one_that_was_meant(self):
        self.complains("'tpoic' is no verb; did you mean 'topic'?", "tpoic", "list")
        self.complains("'eco' is no verb; did you mean 'echo'?", "topic", "eco")
        self.complains("'s' may be 'service' or 'schema'", "s")
        self.complains("'xyzzy' is no verb (weft --help)", "xyzzy")

    def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(self):
        self.complains("did you mean --json?", "topic", "list", "--jsno")
        self.complains("weft topic echo --help", "topic", "echo")

    def test_paths_and_filters_out_of_form_are_wrong_usage(self):
        self.complains("byte 2", "topic", "echo", "a", "--connect", "ipc://x", "--field", "a..b")
        self.complains("filter, byte 4 of 4", "topic", "echo", "a", "--connect", "ipc://x", "--filter", "x ==")

    def test_without_a_daemon_the_directory_cannot_be_seen(self):
        for verb in (["topic", "list"], ["node", "list"], ["service", "list"], ["schema", "show", "a"]):
            run = weft(*verb)
            self.assertEqual((run.returncode, run.stdout), (1, ""), verb)
            self.assertIn("daemon", run.stderr)
            self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)

    def answer(self, cause, **environment):
        """weft why's, which must be one finding of that cause."""
        run = weft("why", "a", "--json", env={**os.environ, **environment})
        self.assertEqual((run.returncode, run.stderr), (1, ""))
        finding = json.loads(run.stdout)
        self.assertEqual((finding["cause"], finding["hindered"]), (cause, True), finding)
        self.assertTrue(finding["remedy"])
        line = weft("why", "a", env={**os.environ, **environment})
        self.assertEqual((line.returncode, line.stderr), (1, ""))
        self.assertEqual(line.stdout, f"{cause}: {finding['reason']} [{finding['remedy']}]\n")

    def test_why_answers_that_no_daemon_can_be_asked(self):
        self.answer("daemon")
        self.answer("permission", WEFT_RUNTIME_DIR="/dev/null")
        self.answer("permission", WEFT_RUNTIME_DIR="/nowhere/at/all")

    def test_a_domain_out_of_form_is_wrong_usage(self):
        self.complains('domain "No Domain"', "why", "a", "--domain", "No Domain")
        self.complains('domain ""', "--domain", "", "topic", "list")

    def test_the_domain_may_stand_before_a_verb_or_behind_it(self):
        for words in (["--domain", "lab", "t", "l"], ["--domain=lab", "t", "l"], ["t", "--domain", "lab", "l"],
                      ["t", "l", "--domain", "lab"]):
            run = weft(*words)
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn("weftd-lab", run.stderr, words)
        self.complains("did you mean --domain?", "topic", "list", "--domian", "lab")

    def test_doctor_warns_that_no_daemon_runs_and_sweeps_leftovers(self):
        directory = os.environ["WEFT_RUNTIME_DIR"]
        with subprocess.Popen([weft.program, "topic", "echo", "a", "--bind", "ipc://dead"], stderr=subprocess.PIPE,
                              text=True) as victim:
            self.assertIn("waiting at", victim.stderr.readline())
            victim.kill()
        checks = [json.loads(line) for line in weft("doctor", "--json").stdout.splitlines()]
        states = {check["check"]: check for check in checks}
        self.assertEqual(states["daemon"]["state"], "warn")
        self.assertEqual(states["leftovers swept"]["text"], "1 of killed programs, removed")
        self.assertIn(directory, states["directory"]["text"])
        for check in checks:
            self.assertEqual(check["state"] == "ok", check["remedy"] == "", check)


class Schemas(unittest.TestCase):
    def test_an_exported_header_compiles_to_the_same_fingerprint(self):
        path = os.path.join(os.environ["WEFT_RUNTIME_DIR"], "all.hpp")
        for schema in (EVERYTHING, "test/None{}", "a/B{x:a/E:i64(low=-9223372036854775808,z=5)}"):
            header = weft("schema", "export", schema, "--format", "cpp")
            self.assertEqual(header.returncode, 0, header.stderr)
            self.assertIn("static_assert(::weft::fingerprint<", header.stdout)
            with open(path, "w", encoding="utf-8") as file:
                file.write(header.stdout)
            done = subprocess.run([COMPILER, "-std=c++20", "-fsyntax-only", "-x", "c++", f"-I{INCLUDE}", path],
                                  capture_output=True, text=True, timeout=300, check=False)
            os.unlink(path)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_exported_json_schema_is_one_of_draft_2020_12(self):
        schema = json.loads(weft("schema", "export", EVERYTHING, "--format", "json").stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        message = {"flag": True, "a": -128, "b": 2**64 - 1, "x": "nan", "y": 0.5, "text": "a", "raw": "AA==", "mode": "low",
                   "at": "2026-01-02T03:04:05.000000000Z", "took": "-1.5s", "maybe": None, "flags": [True], "vs": [{"x": 1}],
                   "pair": ["a", "b"], "by": {"k": {"x": 2}}, "codes": {"-5": 1}, "choice": {"test/V": {"x": 3}}, "none": {}}
        jsonschema.validate(message, schema)
        for wrong in ({"a": -129}, {"b": -1}, {"mode": "two"}, {"pair": ["a"]}, {"codes": {"x": 1}}, {"choice": {"f64": 1}},
                      {"took": "soon"}, {"extra": 1}):
            with self.subTest(wrong=wrong), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate({**message, **wrong}, schema)

    def test_text_is_given_back_as_it_is(self):
        self.assertEqual(weft("schema", "export", EVERYTHING).stdout, EVERYTHING + "\n")
        self.assertEqual(weft("schema", "show", EVERYTHING).stdout, EVERYTHING + "\n")


class Documents(unittest.TestCase):
    def test_every_verb_has_a_man_page_that_renders_without_a_warning(self):
        self.assertGreater(len(weft.verbs()), 20)
        for verb in [[], *weft.verbs()]:
            self.renders(weft(*verb, "--man").stdout, "-".join(["weft", *verb]))

    def test_every_program_has_one(self):
        for program in PROGRAMS:
            text = subprocess.run([program, "--man"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
            self.renders(text, os.path.basename(program))

    def renders(self, text, name):
        self.assertTrue(text.startswith(f'.TH "{name}" "1"'), text[:80])
        if not shutil.which("man"):
            self.skipTest("no man")
        done = subprocess.run(["man", "--warnings", "-l", "-"], input=text, capture_output=True, text=True, check=False,
                              timeout=PATIENCE, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        self.assertEqual((done.returncode, done.stderr), (0, ""), name)
        self.assertIn("SYNOPSIS", done.stdout)

    def completed(self, line, program=None, **options):
        words = line.split(" ")
        script = (f'source <("$0" completion bash); COMP_WORDS=("$0" "${{@:2}}"); COMP_CWORD={len(words) - 1}; _weft;'
                  ' printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, program or weft.program, *words], capture_output=True, text=True,
                              timeout=PATIENCE, check=True, **options)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines() if done.stdout != "\n" else []

    def test_bash_completes_verbs_options_and_choices(self):
        self.assertEqual(self.completed("weft to"), ["topic"])
        self.assertIn("echo", self.completed("weft topic "))
        self.assertEqual(self.completed("weft t ec"), ["echo"])
        self.assertEqual(self.completed("weft topic echo --fi"), ["--field", "--filter"])
        self.assertEqual(self.completed("weft schema export x --format "), ["text", "json", "cpp"])
        self.assertEqual(self.completed("weft topic echo "), [], "no daemon, no names")
        self.assertEqual(self.completed("weft --domain lab to"), ["topic"])
        self.assertEqual(self.completed("weft topic echo --dom"), ["--domain"])

    def test_bash_runs_and_expands_nothing_that_stands_in_a_name(self):
        """A weft whose directory holds such names."""
        names = ["$(touch pwned)", "`touch\tpwned`", "*", "it's", "two words", "plain/name", "~root"]
        with tempfile.TemporaryDirectory() as place:
            program = os.path.join(place, "weft")
            with open(program, "w", encoding="utf-8") as file:
                lines = " ".join(map(shlex.quote, names))
                file.write(f'#!/bin/sh\nif [ "$1" = complete ]; then printf "%s\\n" {lines}\n'
                           f'else exec {shlex.quote(weft.program)} "$@"\nfi\n')
            os.chmod(program, 0o700)
            offered = self.completed("weft node info ", program, cwd=place)
            echoed = subprocess.run(["bash", "-c", "for each; do eval \"printf '%s\\n' $each\"; done", "bash", *offered],
                                    capture_output=True, text=True, timeout=PATIENCE, check=True, cwd=place)
            self.assertEqual(echoed.stdout.splitlines(), names, "typed as offered, each is the name")
            self.assertEqual(self.completed("weft node info two", program, cwd=place), ["two\\ words"])
            self.assertEqual(self.completed("weft node info two\\", program, cwd=place), ["two\\ words"])
            self.assertEqual(os.listdir(place), ["weft"])

    def test_bash_completes_files_as_they_are_called(self):
        with tempfile.TemporaryDirectory() as place:
            names = ["a b.json", "a*.json", "a$(touch pwned).json"]
            for name in names:
                with open(os.path.join(place, name), "w", encoding="utf-8"):
                    pass
            self.assertEqual(sorted(self.completed("weft topic pub x --file a", cwd=place)), sorted(names))
            self.assertEqual(sorted(os.listdir(place)), sorted(names))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
