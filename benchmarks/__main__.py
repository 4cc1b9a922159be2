"""The command: measures the named targets, or all. Timings never fail; exit code 2 is wrong usage."""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.measure import measure
from benchmarks.targets import TARGETS


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(TARGETS)}")
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long each side runs")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.name if name not in TARGETS]:
        parser.error(f"no such target: {', '.join(unknown)}")
    results = [measure(TARGETS[name], asked.seconds) for name in asked.name or TARGETS]
    if asked.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return 0
    print(f"{'name':<18}{'ours':>12}{'limit':>12}{'ratio':>8}{'goal':>8}  holds  what")
    for one in results:
        print(
            f"{one.name:<18}{one.ours * 1e3:>9.3f} ms{one.limit * 1e3:>9.3f} ms"
            f"{one.ratio:>8.2f}{one.goal:>8.2f}  {'yes' if one.holds else 'NO':<5}  {one.what}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
