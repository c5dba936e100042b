"""Counts what a stage of `./dev test` left in its folder.

    tally.py stage FOLDER    one line of counts; what failed, with the end of its output
    tally.py total FOLDER    what was skipped, and last "N passed, N failed" over all stages; exit code 1 if any failed

A folder holds `code` (the stage's exit code), `log`, `results.jsonl` (a line per test program, by sandbox.py) and
`testlog.json` (a line per test, by meson). A test without a result of its own, or a stage that ended badly without
a failed test, counts as one failure.
"""
import json
import os
import sys

TAIL = 40  # lines of a failed test's output


def lines_of(path):
    """The JSON values of a file with one a line; none if it is not there."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def counts(folder):
    """(passed, failed, names of what was skipped)"""
    results = lines_of(os.path.join(folder, "results.jsonl"))
    tests = lines_of(os.path.join(folder, "testlog.json"))
    passed = sum(result["passed"] for result in results)
    failed = sum(result["failed"] for result in results) + max(len(tests) - len(results), 0)
    skipped = [skip for result in results for skip in result["skipped"]]
    if failed == 0 and read(os.path.join(folder, "code")).strip() != "0":
        failed = 1
    return passed, failed, skipped


def show_tail(title, text):
    lines = text.rstrip().splitlines()
    print(f"---- {title}" + (f", the last {TAIL} of {len(lines)} lines" if len(lines) > TAIL else ""))
    print("\n".join(lines[-TAIL:]))


def stage(folder):
    passed, failed, skipped = counts(folder)
    print(f"{passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""), flush=True)
    if not failed:
        return 0
    bad = [test for test in lines_of(os.path.join(folder, "testlog.json")) if test["result"] not in ("OK", "SKIP")]
    for test in bad:
        show_tail(f"{test['name']}: {test['result']}", test.get("stdout", "") + test.get("stderr", ""))
    if not bad:
        show_tail("the stage itself", read(os.path.join(folder, "log")))
    print(f"---- all of it: {folder}/log, {folder}/testlog.txt" if bad else f"---- all of it: {folder}/log")
    return 0


def total(folder):
    stages = sorted(entry.path for entry in os.scandir(folder) if os.path.exists(os.path.join(entry.path, "code")))
    sums = [counts(path) for path in stages]
    skipped = [skip for _, _, skips in sums for skip in skips]
    for skip in skipped:
        print(f"skipped: {skip}")
    failed = sum(each[1] for each in sums)
    print(f"{sum(each[0] for each in sums)} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit({"stage": stage, "total": total}[sys.argv[1]](sys.argv[2]))
