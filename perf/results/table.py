"""The docs' tables of weft beside others, from the reports that are kept here: table.py REPORT.json TABLE.

Ratios are medians of the rounds' own, in brackets where 95 % of the rounds say that the true one lies (order statistics).
"""
import json
import math
import statistics
import sys


def rows_of_topics():
    return [(f"{transport}, {size}", "throughput", "delivered", "k/s", {"transport": transport, "bytes": count})
            for transport in ("ipc", "tcp")
            for size, count in (("64 B", 64), ("1 KiB", 1 << 10), ("64 KiB", 1 << 16), ("1 MiB", 1 << 20))]


def rows_of_calls():
    return [(f"{transport}, {window} under way", "rpc", "calls", "k/s", {"transport": transport, "window": window})
            for transport in ("ipc", "tcp") for window in (1, 64)]


def rows_of_queues():
    return [(f"{kind}, {transport}, {size}", "pipeline", "pushed", "k/s",
             {"transport": transport, "bytes": count, "acknowledged": acknowledged})
            for kind, acknowledged in (("best effort", "no"), ("reliable", "yes"))
            for transport in ("ipc", "tcp") for size, count in (("64 B", 64), ("1 KiB", 1 << 10))]


# Of each table its first line, who weft is beside, and its rows: what one is called, the verb, the metric, how it is shown, and
# the settings that tell its cell.
TABLES = {
    "zmq": ("| over ipc | weft | libzmq | weft / libzmq |", "zmq", [
        ("there and back, 64 B", "latency", "round trip p50", "µs", {"bytes": 64}),
        ("there and back, 1 MiB", "latency", "round trip p50", "µs", {"bytes": 1 << 20}),
        ("1 → 1, 64 B", "throughput", "delivered", "k/s", {"bytes": 64}),
        ("1 → 1, 1 KiB", "throughput", "delivered", "k/s", {"bytes": 1 << 10}),
        ("1 → 1, 64 KiB", "throughput", "delivered", "k/s", {"bytes": 1 << 16}),
        ("1 → 1, 1 MiB", "throughput", "delivered", "k/s", {"bytes": 1 << 20}),
        ("1 → 4, 64 B", "fanout", "delivered", "k/s", {"bytes": 64}),
        ("1 → 4, 64 KiB", "fanout", "delivered", "k/s", {"bytes": 1 << 16}),
        ("calls, one under way", "rpc", "calls", "k/s", {"window": 1}),
        ("calls, 64 under way", "rpc", "calls", "k/s", {"window": 64}),
        ("items, not acknowledged, 64 B", "pipeline", "pushed", "k/s", {"bytes": 64, "acknowledged": "no"}),
    ]),
    "topics": ("| topic | weft | by hand | weft / by hand |", "twin", rows_of_topics()),
    "calls": ("| calls of 64 B | weft | by hand | weft / by hand |", "twin", rows_of_calls()),
    "queues": ("| queue | weft | by hand | weft / by hand |", "twin", rows_of_queues()),
}
SCALE = {"µs": 1e-3, "k/s": 1e-3}


def interval(values):
    """Of the median, at least 95 %: as perf/kit/statistics.hpp has it."""
    n, below, cut = len(values), 0.0, 0
    while below + math.comb(n, cut) * 0.5**n <= 0.025:
        below += math.comb(n, cut) * 0.5**n
        cut += 1
    index = max(cut - 1, 0)
    return sorted(values)[index], sorted(values)[n - 1 - index]


def values_of(report, metric, **settings):
    """The rounds' values of the one cell with these settings."""
    cells = [cell for cell in report["cells"] if all(cell["key"].get(name) == value for name, value in settings.items())]
    if len(cells) != 1:
        sys.exit(f"{len(cells)} cells have {settings}")
    return next(each["values"] for each in cells[0]["metrics"] if each["name"] == metric)


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def row(report, other, name, verb, metric, unit, settings):
    others = {**settings, "acknowledged": "no"} if "acknowledged" in settings else settings  # by hand nobody does
    weft = statistics.median(values_of(report, metric, verb=verb, peer="weft", **settings)) * SCALE[unit]
    by_hand = statistics.median(values_of(report, metric, verb=verb, peer=other, **others)) * SCALE[unit]
    ratios = values_of(report, metric, verb="compare", what=verb, peer="weft", to=other, **settings)
    low, high = interval(ratios)
    return (f"| {name} | {figure(weft)} {unit} | {figure(by_hand)} {unit} | "
            f"{statistics.median(ratios):.2f} [{low:.2f} {high:.2f}] |")


def table(report, which):
    head, other, rows = TABLES[which]
    return "\n".join([head, "|---|--:|--:|--:|", *(row(report, other, *each) for each in rows)])


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(table(json.load(file), sys.argv[2]))
