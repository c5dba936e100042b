"""What weft adds to raw libzmq in instructions: one small message sent, and one received.

usage: instructions.py COST README

README's table holds the agreed numbers; the test fails if a number is more than a tenth above its agreed one, and asks
for an update if it is more than a tenth below. An end of the publisher's that nobody is connected to may cost a look at
whether that is still so, and no more.
"""
import os
import re
import subprocess
import sys
import tempfile

MESSAGES = 10000
TOLERANCE = 0.10
IDLE_ENDS = 8  # of "cost run idle"
A_LOOK = 10  # instructions


def instructions(cost, side, way):
    """Instructions of one message in cost_send or cost_receive, libzmq's and the codec's included."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect=*cost_{way}*", cost,
             "run", side, str(MESSAGES)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"valgrind failed: {done.stderr}")
        with open(out, encoding="utf-8") as file:
            return int(re.search(r"^(?:totals|summary): (\d+)", file.read(), re.M)[1]) / MESSAGES


def main():
    cost, readme = sys.argv[1:]
    with open(readme, encoding="utf-8") as file:
        agreed_both = re.search(r"^\| instructions +\| +(\d+) \| +(\d+) \|$", file.read(), re.M).groups()
    failed = False
    for way, agreed in zip(("send", "receive"), map(int, agreed_both)):
        weft, raw = (instructions(cost, side, way) for side in ("weft", "raw"))
        adds = weft - raw
        print(f"{way:<8} weft {weft:.0f}, raw {raw:.0f}: weft adds {adds:.0f} instructions; agreed {agreed}")
        if adds > agreed * (1 + TOLERANCE):
            failed = True
            print(f"{way}: it was {agreed}; make it so again, or say in the commit why not, with {readme}")
        elif adds < agreed * (1 - TOLERANCE):
            failed = True
            print(f"{way}: better; write {adds:.0f} into {readme}")
    idle = (instructions(cost, "idle", "send") - instructions(cost, "weft", "send")) / IDLE_ENDS
    print(f"send     an end that nobody is connected to adds {idle:.1f} instructions; at most {A_LOOK}")
    return int(failed or idle > A_LOOK)


if __name__ == "__main__":
    sys.exit(main())
