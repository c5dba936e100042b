"""Runs one libFuzzer target.

    fuzz.py replay TARGET CORPUS     every committed input; none may fail
    fuzz.py search TARGET CORPUS     new inputs from the committed ones, for WEFT_FUZZ_SECONDS (30)
    fuzz.py planted TARGET CORPUS    the target has a bug compiled in: some committed input must find it

An input that fails is kept in the folder `crashes` beside the target; to run it again: TARGET FILE.
"""
import os
import subprocess
import sys
import tempfile

LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]
SIGNS_OF_A_FIND = ("ERROR: AddressSanitizer", "runtime error:", "ERROR: libFuzzer", "ERROR: LeakSanitizer")


def fuzz(target, *arguments):
    crashes = os.path.join(os.path.dirname(target), "crashes", "")
    os.makedirs(crashes, exist_ok=True)
    done = subprocess.run([target, *LIMITS, f"-artifact_prefix={crashes}", *arguments], check=False, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout)
    return done


def replay(target, corpus):
    return int(fuzz(target, "-runs=0", corpus).returncode != 0)


def search(target, corpus):
    seconds = os.environ.get("WEFT_FUZZ_SECONDS", "30")
    with tempfile.TemporaryDirectory() as found:
        return int(fuzz(target, f"-max_total_time={seconds}", found, corpus).returncode != 0)


def planted(target, corpus):
    done = fuzz(target, "-runs=0", corpus)
    if done.returncode != 0 and any(sign in done.stdout for sign in SIGNS_OF_A_FIND):
        return 0
    print(f"the bug planted in {target} was not found by {corpus}")
    return 1


if __name__ == "__main__":
    mode, program, folder = sys.argv[1:]
    if not os.path.isdir(folder) or not os.listdir(folder):
        sys.exit(f"no corpus in {folder}")
    sys.exit({"replay": replay, "search": search, "planted": planted}[mode](os.path.abspath(program), folder))
