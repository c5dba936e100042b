"""What one more pair of ports costs the directory: as much among 10,000 ports as among 100.

usage: directory.py DIRECTORY_COST

Counted are the words that are said, which must be the same, and the instructions, of which at 10,000 a tenth more is
allowed: what is looked up lies deeper in a tree.
"""
import os
import re
import subprocess
import sys
import tempfile

SIZES = (100, 1000, 10000)
CYCLES = 100
MOST_GROWTH = 1.1


def measure(program, ports):
    """Words, and instructions, of a publisher and a subscriber that come, meet and go."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--toggle-collect=*directory_cycle*",
             program, str(ports), str(CYCLES)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"valgrind failed: {done.stderr}")
        with open(out, encoding="utf-8") as file:
            counted = re.search(r"^(?:totals|summary): (\d+)", file.read(), re.M)
        return int(done.stdout) / CYCLES, int(counted[1]) / CYCLES


def main():
    costs = {}
    for ports in SIZES:
        costs[ports] = measure(sys.argv[1], ports)
        words, instructions = costs[ports]
        print(f"among {ports:>6} ports: {words:.0f} words, {instructions:.0f} instructions")
    few, many = costs[SIZES[0]], costs[SIZES[-1]]
    same_words = len({words for words, _ in costs.values()}) == 1
    return int(not same_words or many[1] > few[1] * MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
