"""Runs clang-tidy over lib, apps and perf, and the headers that they include.

    lint.py BUILD    BUILD: a folder configured for clang, with a compile_commands.json

A file that was clean stays clean until its preprocessed text, the checks or clang-tidy change; what was found
clean is remembered in BUILD/clean/.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIDY = "clang-tidy-16"
CHECKED = ("lib", "apps", "perf")
HEADERS = f"^{ROOT}/(lib|topics|apps|perf)/"


def checked_sources(build):
    """(path, compile command) of each source that is ours to check, once."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    folders = tuple(os.path.join(ROOT, name, "") for name in CHECKED)
    sources = {os.path.normpath(os.path.join(each["directory"], each["file"])): each for each in commands}
    return sorted((path, each["command"]) for path, each in sources.items() if path.startswith(folders))


def preprocessed(build, command):
    """The text that the compiler sees, comments included, since they may hold a NOLINT; None if it has none."""
    words = iter(shlex.split(command))
    kept = []
    for word in words:
        if word in ("-o", "-MF", "-MQ"):
            next(words)
        elif word not in ("ccache", "-c", "-MD"):
            kept.append(word)
    done = subprocess.run([*kept, "-E", "-C", "-w"], cwd=build, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def stamp_of(build, command, checks):
    text = preprocessed(build, command)
    if text is None:
        return None
    return os.path.join(build, "clean", hashlib.sha256(checks + text).hexdigest())


def check(build, path, command, checks):
    """What clang-tidy says about a file: nothing if it is clean."""
    stamp = stamp_of(build, command, checks)
    if stamp and os.path.exists(stamp):
        return ""
    done = subprocess.run([TIDY, "--quiet", f"-p={build}", f"--header-filter={HEADERS}", path],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return done.stdout or done.stderr
    if stamp:
        open(stamp, "w", encoding="utf-8").close()
    return ""


def main():
    build = os.path.abspath(sys.argv[1])
    os.makedirs(os.path.join(build, "clean"), exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    with open(os.path.join(ROOT, ".clang-tidy"), "rb") as file:
        checks = version + file.read()
    sources = checked_sources(build)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda source: check(build, *source, checks), sources))
    print("\n".join(text for text in found if text))
    bad = sum(1 for text in found if text)
    print(f"{len(sources)} files checked, {bad} with warnings")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
