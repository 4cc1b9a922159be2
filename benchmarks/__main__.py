"""The command: measures the named targets, or all. Timings never fail; exit code 2 is wrong usage."""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks import rows
from benchmarks.measure import Result, measure
from benchmarks.targets import TARGETS


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(TARGETS)}")
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long each side runs")
    parser.add_argument("--large", action="store_true", help="the inbox among a million cases")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.name if name not in TARGETS]:
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    if asked.large:
        rows.CASES = 1_000_000
    results = []
    if not asked.json:
        print(f"{'name':<18}{'ours':>11}{'limit':>11}{'ratio':>8}{'goal':>7}  holds  what ÷ beside what")
    for name in asked.name or TARGETS:
        results.append(measure(TARGETS[name], asked.seconds))
        if not asked.json:
            print(line(results[-1]), flush=True)
    if asked.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    return 0


def line(one: Result) -> str:
    """One result in words."""
    if one.ours is None or one.limit is None or one.ratio is None:
        return f"{one.name:<18}{'not measured: ' + one.absent:<42}  {one.what} ÷ {one.beside}"
    return (
        f"{one.name:<18}{figure(one.ours, one.unit):>11}{figure(one.limit, one.unit):>11}"
        f"{one.ratio:>8.3g}{one.goal:>7.2g}  {'yes' if one.holds else 'NO':<5}  {one.what} ÷ {one.beside}"
    )


def figure(value: float, unit: str) -> str:
    """A figure in the unit that fits its size."""
    if unit == "bytes":
        return f"{value / 1024:.2f} KB"
    if unit != "s":
        return f"{value:.0f}"
    for factor, name in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.2f} {name}"
    return f"{value * 1e6:.2f} µs"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
