"""The systemd unit of weftd.

usage: test_weftd_unit.py WEFTD FINDER plain|sanitized UNIT
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from weftd_kit import PATIENCE, RUNTIME, SANITIZED, WEFTD, Finder, WeftdTest, end, environment, holder

UNIT = os.path.abspath(sys.argv[4])


def system_calls(group):
    """Those of a systemd group, and of the groups in it."""
    lines = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True,
                           timeout=PATIENCE).stdout.splitlines()[1:]
    names = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return set().union(*(system_calls(name) if name.startswith("@") else {name} for name in names))


class Unit(WeftdTest):
    @unittest.skipIf(SANITIZED, "SKIPPED: the sandbox of the systemd unit (the sanitizer calls more)")
    def test_its_user_unit_allows_every_system_call_that_it_makes(self):
        if shutil.which("systemd-analyze") is None or shutil.which("strace") is None:
            print("SKIPPED: the sandbox of the systemd unit (no systemd-analyze or strace)")
            return
        trace = os.path.join(RUNTIME, "trace")
        with subprocess.Popen(["strace", "-f", "-o", trace, WEFTD], stderr=subprocess.PIPE, text=True,
                              env=environment(self.directory)) as daemon:
            line = daemon.stderr.readline()
            if "listening" not in line:
                print("SKIPPED: the sandbox of the systemd unit (tracing is not permitted)")
                os.unlink(trace)
                return
            with Finder(self.directory, 1, "publisher") as one, Finder(self.directory, 2, "subscriber") as two:
                two.reads("join 1 ")
                one.reads("host 1")
            end(holder(self.directory))
        with open(trace, encoding="ascii", errors="replace") as file:
            made = {line.split()[1].split("(")[0] for line in file if "(" in line and "<..." not in line}
        os.unlink(trace)
        self.assertIn("accept4", made)
        with open(UNIT, encoding="utf-8") as file:
            filters = [line.split("=", 1)[1] for line in file.read().splitlines() if line.startswith("SystemCallFilter=")]
        allowed = set()
        for each in filters:
            calls = set().union(*map(system_calls, each.removeprefix("~").split()))
            allowed = allowed - calls if each.startswith("~") else allowed | calls
        self.assertEqual({call for call in made if call.isidentifier()} - allowed, set())

    def test_its_user_unit_has_no_fault(self):
        if shutil.which("systemd-analyze") is None:
            print("SKIPPED: the systemd unit (no systemd-analyze)")
            return
        with open(UNIT, encoding="utf-8") as file:
            lines = file.read().splitlines()
        command = next(line for line in lines if line.startswith("ExecStart="))
        self.assertTrue(command.endswith("/weftd --foreground"), command)
        home = tempfile.mkdtemp(dir=RUNTIME)
        unit = os.path.join(home, "weftd.service")
        with open(unit, "w", encoding="utf-8") as file:
            file.write("\n".join(f"ExecStart={WEFTD} --foreground" if line == command else line for line in lines))
        done = subprocess.run(["systemd-analyze", "--user", "verify", unit], capture_output=True, text=True, check=False,
                              timeout=PATIENCE, env={**os.environ, "XDG_RUNTIME_DIR": home})
        shutil.rmtree(home)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
