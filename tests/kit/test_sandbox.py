"""The sandbox names whatever a test leaves behind, stops what hangs, and touches nothing else."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

SANDBOX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sandbox.py")
SHM_GET = "import ctypes; ctypes.CDLL(None).shmget(0x77656674, 4096, 0o1600)"
MSG_GET = "import ctypes; ctypes.CDLL(None).msgget(0x77656674, 0o1600)"
MQ_OPEN = ("import ctypes, os; lib = ctypes.CDLL('librt.so.1');"
           "lib.mq_open(b'/weft-leak', os.O_CREAT | os.O_RDWR, 0o600, None)")
ABSTRACT_LISTENER = """
import os, signal, socket
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind('\\0weft-leak')
        listener.listen()
        os.write(tell, b'1')
        signal.pause()
    os._exit(0)
os.read(ready, 1)
"""


def sandbox(program, *options):
    return subprocess.run([sys.executable, SANDBOX, *options, sys.executable, "-c", program],
                          capture_output=True, text=True, check=False)


def results_of(program, **variables):
    with tempfile.NamedTemporaryFile("r") as results:
        subprocess.run([sys.executable, SANDBOX, sys.executable, "-c", program], capture_output=True, check=False,
                       env=dict(os.environ, WEFT_TEST_RESULTS=results.name, **variables))
        return json.loads(results.read())


class Sandbox(unittest.TestCase):
    def assert_left(self, program, what):
        done = sandbox(program)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("left behind: " + what, done.stdout)

    def test_a_clean_program_passes_and_its_output_is_shown(self):
        done = sandbox("print('hello')")
        self.assertEqual((done.returncode, done.stdout), (0, "hello\n"))

    def test_the_programs_own_exit_code_is_kept(self):
        self.assertEqual(sandbox("raise SystemExit(3)").returncode, 3)

    def test_a_crash_is_named(self):
        done = sandbox("import os; os.abort()")
        self.assertEqual(done.returncode, 128 + signal.SIGABRT)
        self.assertIn("killed by SIGABRT", done.stdout)

    def test_the_runtime_directory_is_fresh_private_and_short(self):
        program = ("import os; d = os.environ['WEFT_RUNTIME_DIR'];"
                   "assert d == os.environ['TMPDIR'] == os.environ['XDG_RUNTIME_DIR'];"
                   "print(oct(os.stat(d).st_mode & 0o777), os.listdir(d), len(d) < 20)")
        self.assertEqual(sandbox(program).stdout, "0o700 [] True\n")

    def test_a_file_left_behind_is_named_and_removed(self):
        done = sandbox("import os; open(os.environ['TMPDIR'] + '/forgotten', 'w').close()")
        self.assertEqual(done.returncode, 1)
        path = done.stdout.partition("left behind: file ")[2].strip()
        self.assertTrue(path.endswith("/forgotten"))
        self.assertFalse(os.path.exists(os.path.dirname(path)))

    def test_what_the_thread_sanitizer_left_in_a_process_that_was_killed_early_is_removed(self):
        done = sandbox("import os; d = os.environ['TMPDIR']; open(d + '/tsan.rodata.7', 'w').close(); print(d)")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertFalse(os.path.exists(done.stdout.strip()))

    def test_a_socket_left_behind_is_named(self):
        self.assert_left("import os, socket; socket.socket(socket.AF_UNIX).bind(os.environ['TMPDIR'] + '/s')", "file ")

    def test_a_child_left_behind_is_named_and_killed(self):
        done = sandbox("import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)")
        self.assertEqual(done.returncode, 1)
        pid = int(done.stdout.splitlines()[0])
        self.assertIn(f"left behind: process {pid} (sleep 1000)", done.stdout)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def test_a_daemon_with_an_abstract_socket_is_named_with_it(self):
        done = sandbox(ABSTRACT_LISTENER)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"left behind: process \d+ .*, socket @weft-leak")

    def test_shared_memory_left_behind_is_named(self):
        self.assert_left("open('/dev/shm/weft-leak', 'w').close()", "shared memory /dev/shm/weft-leak")

    def test_a_message_queue_left_behind_is_named(self):
        self.assert_left(MQ_OPEN, "message queue /weft-leak")

    def test_system_v_objects_left_behind_are_named(self):
        self.assert_left(SHM_GET, "System V shared memory")
        self.assert_left(MSG_GET, "System V message queue")

    def test_objects_of_others_are_not_taken_for_the_programs(self):
        with tempfile.NamedTemporaryFile(dir="/dev/shm", prefix="weft-other"):
            self.assertEqual(sandbox("pass").returncode, 0)

    def test_processes_of_others_are_left_alone(self):
        with subprocess.Popen(["sleep", "1000"]) as other:
            self.assertEqual(sandbox("import subprocess; subprocess.Popen(['sleep', '1000'])").returncode, 1)
            self.assertIsNone(other.poll())
            other.kill()

    def test_a_process_that_is_just_dying_is_not_a_leftover(self):
        self.assertEqual(sandbox("import subprocess; subprocess.Popen(['sleep', '1000']).kill()").returncode, 0)

    def test_a_program_that_hangs_is_stopped(self):
        done = sandbox("import signal; signal.pause()", "--timeout", "1")
        self.assertEqual(done.returncode, 124)
        self.assertIn("timeout: still running after 1 s", done.stdout)

    def test_an_interrupted_run_stops_the_program_with_its_children_and_removes_its_directory(self):
        with tempfile.TemporaryDirectory() as folder:
            told = os.path.join(folder, "told")
            os.mkfifo(told)
            program = ("import os, signal, subprocess\n"
                       "children = [subprocess.Popen(['setsid', 'sleep', '1000']).pid for _ in range(20)]\n"
                       f"print(os.environ['TMPDIR'], *children, file=open({told!r}, 'w'), flush=True)\n"
                       "signal.pause()")
            with subprocess.Popen([sys.executable, SANDBOX, sys.executable, "-c", program],
                                  stdout=subprocess.PIPE, text=True) as run:
                with open(told, encoding="utf-8") as file:
                    runtime, *children = file.read().split()
                run.terminate()
                self.assertIn("interrupted", run.stdout.read())
            self.assertEqual(run.returncode, 124)
            self.assertFalse(os.path.exists(runtime))
            self.assertEqual([pid for pid in children if os.path.exists(f"/proc/{pid}")], [], "not even as a zombie")

    def test_who_is_dead_already_is_reaped_too_when_all_are_killed(self):
        program = ("import os, sandbox\n"
                   "child = os.fork() or os._exit(0)\n"
                   "os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)\n"
                   "sandbox.kill_all()\n"
                   "print(os.path.exists(f'/proc/{child}'))")
        done = subprocess.run([sys.executable, "-c", program], cwd=os.path.dirname(SANDBOX), capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.stdout, "False\n", done.stderr)


class Results(unittest.TestCase):
    def assert_counts(self, program, passed, failed, skipped=0):
        result = results_of(program)
        self.assertEqual((result["passed"], result["failed"], len(result["skipped"])), (passed, failed, skipped))

    def test_the_cases_of_a_catch_program_are_counted(self):
        self.assert_counts("print('All tests passed (9 assertions in 4 test cases)')", 4, 0)
        self.assert_counts("print('test cases: 5 | 3 passed | 2 failed'); raise SystemExit(2)", 3, 2)
        self.assert_counts("print('test cases: 2 | 2 failed'); raise SystemExit(2)", 0, 2)

    def test_the_cases_of_a_unittest_program_are_counted(self):
        self.assert_counts("print('Ran 7 tests in 0.1s\\n\\nOK')", 7, 0)
        self.assert_counts("print('Ran 7 tests in 0.1s\\n\\nFAILED (failures=1, errors=2)'); raise SystemExit(1)", 4, 3)

    def test_a_program_without_a_summary_counts_as_one_case(self):
        self.assert_counts("pass", 1, 0)
        self.assert_counts("raise SystemExit(1)", 0, 1)

    def test_a_crash_after_the_summary_or_a_leftover_counts_as_a_failure(self):
        summary = "print('All tests passed (9 assertions in 4 test cases)', flush=True);"
        self.assert_counts(summary + "import os; os.abort()", 3, 1)
        self.assert_counts(summary + "open('/dev/shm/weft-leak', 'w').close()", 3, 1)

    def test_skipped_cases_are_counted_and_named(self):
        self.assert_counts("print('SKIPPED: no printer\\nAll tests passed (1 assertion in 2 test cases)')", 1, 0, 1)
        self.assert_counts("raise SystemExit(77)", 0, 0, 1)

    def test_a_check_that_the_sandbox_cannot_make_is_named_and_takes_no_case_away(self):
        result = results_of("pass", WEFT_TEST_NO_NAMESPACES="1")
        self.assertEqual(result["passed"], 1)
        self.assertRegex(result["skipped"][0], "kernel objects left behind")

    def test_a_catch_program_that_runs_nothing_fails(self):
        self.assert_counts("print('No tests ran')", 0, 1)


if __name__ == "__main__":
    unittest.main()
