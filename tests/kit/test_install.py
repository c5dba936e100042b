"""What `meson install` installs is enough to build a program on it.

usage: test_install.py BUILD COMPILER
"""
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

BUILD, COMPILER = sys.argv[1:]
PROGRAM = r"""
#include <weft.hpp>
#include <topics/chat.hpp>

int main() {
  auto late = weft::Deadline::passed();
  auto error = weft::sys_error(2, "open", "a file");
  return late.has_passed(weft::now()) && error.code == weft::Errc::not_found ? 0 : 1;
}
"""


def output_of(*command, **environment):
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ, **environment))
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    def test_a_program_builds_on_the_installed_library_and_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            output_of("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder)
            found = next(path for path, _, names in os.walk(folder) if "weft.pc" in names)
            prefix = folder + output_of("pkg-config", "--variable=prefix", "weft", PKG_CONFIG_PATH=found).strip()
            flags = output_of("pkg-config", f"--define-variable=prefix={prefix}", "--cflags", "--libs", "weft",
                              PKG_CONFIG_PATH=found)
            source, program = os.path.join(folder, "program.cpp"), os.path.join(folder, "program")
            with open(source, "w", encoding="utf-8") as file:
                file.write(PROGRAM)
            output_of(COMPILER, "-std=c++20", source, "-o", program, *shlex.split(flags))
            output_of(program)
            files = {name for _, _, names in os.walk(folder) for name in names}
            self.assertLessEqual({"weft.1", "weft-topic-echo.1", "weft-hostmon.1", "weft-alerts.1",
                                  "weft-hostview.1", "weftd.1", "weft.bash"}, files)
            unit = os.path.join(prefix, "lib/systemd/user/weftd.service")
            with open(unit, encoding="utf-8") as file:
                command = next(line for line in file if line.startswith("ExecStart=")).split("=")[1].split()[0]
            self.assertTrue(os.access(folder + command, os.X_OK), f"{unit} starts {command}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
