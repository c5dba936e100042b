"""What weft adds to raw libzmq in instructions: one small message sent, and one received; of a topic, and of queues.

usage: instructions.py COST README QUEUES

The tables of README.md and docs/queues.md hold the agreed numbers; the test fails if a number is more than a tenth above its
agreed one, and asks for an update if it is more than a tenth below. An end of the publisher's that nobody is connected to may
cost a look at whether that is still so, and no more.
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


def agreed(path, row):
    """The numbers of a table's row."""
    with open(path, encoding="utf-8") as file:
        return map(int, re.search(rf"^\| {row} +\| +(-?\d+) \| +(-?\d+) \|$", file.read(), re.M).groups())


def compare(cost, path, row, weft_side, raw_side):
    """Prints what weft adds each way; whether that is as agreed."""
    as_agreed = True
    for way, much in zip(("send", "receive"), agreed(path, row)):
        weft, raw = (instructions(cost, side, way) for side in (weft_side, raw_side))
        adds = weft - raw
        print(f"{weft_side:<11} {way:<8} weft {weft:.0f}, raw {raw:.0f}: weft adds {adds:.0f} instructions; agreed {much}")
        if adds > much + abs(much) * TOLERANCE:
            as_agreed = False
            print(f"{way}: it was {much}; make it so again, or say in the commit why not, with {path}")
        elif adds < much - abs(much) * TOLERANCE:
            as_agreed = False
            print(f"{way}: better; write {adds:.0f} into {path}")
    return as_agreed


def main():
    cost, readme, queues = sys.argv[1:]
    as_agreed = [compare(cost, readme, "instructions", "weft", "raw"),
                 compare(cost, readme, "instructions, many", "weft-many", "raw"),
                 compare(cost, queues, "instructions, best effort", "best-effort", "raw-queue"),
                 compare(cost, queues, "instructions, reliable", "reliable", "raw-queue"),
                 compare(cost, queues, "instructions, best effort, many", "best-effort-many", "raw-queue"),
                 compare(cost, queues, "instructions, reliable, many", "reliable-many", "raw-queue")]
    idle = (instructions(cost, "idle", "send") - instructions(cost, "weft", "send")) / IDLE_ENDS
    print(f"send     an end that nobody is connected to adds {idle:.1f} instructions; at most {A_LOOK}")
    return int(not all(as_agreed) or idle > A_LOOK)


if __name__ == "__main__":
    sys.exit(main())
