"""Compiles a source twice: as it is, which must work, and with -DBROKEN, which must fail with the right words.

    compile_fail.py SOURCE INCLUDE COMPILER...

The words are in the source's lines `// expect: WORDS`; each must stand in what the compiler says.
"""
import os
import re
import subprocess
import sys


def compile_source(source, include, compiler, *flags):
    command = [*compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", *flags, source]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main():
    source, include, *command = sys.argv[1:]
    compiler = [word for word in command if os.path.basename(word) != "ccache"]  # it would leave files behind
    with open(source, encoding="utf-8") as file:
        expected = re.findall(r"^// expect: (.+)$", file.read(), re.MULTILINE)
    if not expected:
        return f"{source}: no line '// expect: WORDS'"
    control = compile_source(source, include, compiler)
    if control.returncode != 0:
        return f"{source} must compile without -DBROKEN:\n{control.stderr}"
    broken = compile_source(source, include, compiler, "-DBROKEN")
    if broken.returncode == 0:
        return f"{source} must not compile with -DBROKEN"
    missing = [words for words in expected if words not in broken.stderr]
    if missing:
        return f"{source}: the compiler does not say {missing}, but:\n{broken.stderr}"
    return 0


sys.exit(main())
