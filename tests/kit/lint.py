"""Runs clang-tidy over lib, apps and perf, and the headers that they include.

    lint.py BUILD    BUILD: a folder configured for clang, with a compile_commands.json

What takes clang-tidy's time is the headers, so files that are compiled alike are checked together, as one text that
includes them; a file that uses a name of another's, each for itself, is checked alone. Where something is found, each
is checked alone, and what that says counts.

Files that were clean stay clean until their preprocessed text, the checks or clang-tidy change; what was found clean
is remembered in BUILD/clean/.
"""
import concurrent.futures
import hashlib
import itertools
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIDY = "clang-tidy-16"
CHECKS = os.path.join(ROOT, ".clang-tidy")  # named: clang-tidy looks for it beside what it reads, and BUILD may be elsewhere
CHECKED = ("lib", "apps", "perf")
HEADERS = f"^{ROOT}/(lib|topics|apps|perf)/"


TOGETHER = 8


def checked_sources(build):
    """{path: compile command} of each source that is ours to check."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    folders = tuple(os.path.join(ROOT, name, "") for name in CHECKED)
    sources = {os.path.normpath(os.path.join(each["directory"], each["file"])): each["command"] for each in commands}
    return {path: sources[path] for path in sorted(sources) if path.startswith(folders)}


def flags_of(command):
    """The compiler and its flags, and where it looks for headers; without the names of what it reads and writes."""
    words = iter(shlex.split(command))
    flags, folders = [], []
    for word in words:
        if word in ("-o", "-MF", "-MQ", "-c"):
            next(words)
        elif word == "-isystem":
            folders.append(word + next(words))
        elif word.startswith("-I"):
            folders.append(word)
        elif word not in ("ccache", "-MD"):
            flags.append(word)
    return tuple(flags), folders


def groups_of(sources):
    """(flags, paths) of those that are checked together."""
    alike = {}
    for path, command in sources.items():
        flags, folders = flags_of(command)
        alike.setdefault(flags, []).append((path, folders))
    for flags, files in alike.items():
        for at in range(0, len(files), TOGETHER):
            paths, folders = zip(*files[at:at + TOGETHER])
            yield [*flags, *dict.fromkeys(itertools.chain(*folders))], paths


def text_of(build, paths):
    """A file that includes them all."""
    text = "".join(f'#include "{path}"\n' for path in paths)
    name = os.path.join(build, "together", hashlib.sha256(text.encode()).hexdigest()[:16] + ".cpp")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def stamp_of(build, flags, path, checks):
    """Named after all that the compiler sees, comments included (they may hold a NOLINT); None: it sees an error."""
    done = subprocess.run([*flags, "-E", "-C", "-w", path], cwd=build, capture_output=True, check=False)
    if done.returncode != 0:
        return None
    return os.path.join(build, "clean", hashlib.sha256(checks + done.stdout).hexdigest())


def tidy(build, flags, path, *options):
    """What clang-tidy says: nothing if the file is clean."""
    done = subprocess.run([TIDY, "--quiet", f"--config-file={CHECKS}", f"--header-filter={HEADERS}", *options, path,
                           "--", *flags[1:]], cwd=build, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout or done.stderr


def odd_ones(build, flags, paths):
    """Those that do not compile in one text with the others."""
    options = ("-fsyntax-only", "-w", "-ferror-limit=0", "-fno-color-diagnostics")
    done = subprocess.run([*flags, *options, text_of(build, paths)], cwd=build, capture_output=True, text=True,
                          check=False)
    return [path for path in paths if re.search(re.escape(path) + r":[0-9:]+ error:", done.stderr)]


def check(build, flags, paths, checks):
    """What clang-tidy says about each of them that is not clean."""
    stamp = stamp_of(build, flags, text_of(build, paths), checks)
    if stamp and os.path.exists(stamp):
        return []
    alone = odd_ones(build, flags, paths)
    others = [path for path in paths if path not in alone]
    if tidy(build, flags, text_of(build, others), "--checks=-bugprone-suspicious-include"):
        alone = paths
    found = [text for text in (tidy(build, flags, path) for path in alone) if text]
    if stamp and not found:
        open(stamp, "w", encoding="utf-8").close()
    return found


def main():
    build = os.path.abspath(sys.argv[1])
    for folder in ("clean", "together"):
        os.makedirs(os.path.join(build, folder), exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    with open(CHECKS, "rb") as file:
        checks = version + file.read()
    sources = checked_sources(build)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        each = pool.map(lambda group: check(build, *group, checks), groups_of(sources))
        found = [text for texts in each for text in texts]
    print("\n".join(found))
    print(f"{len(sources)} files checked, {len(found)} with warnings")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
