"""How a target is measured: the median of several runs of each side, taken in turns."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A promise about speed. `goal` is the largest ratio ours ÷ limit that still holds it.

    `prepare` returns the two sides as functions; `unit` names what the seconds are of.
    """

    name: str
    what: str
    limit: str
    goal: float
    prepare: Callable[[], tuple[Callable[[], object], Callable[[], object]]]


@dataclass(frozen=True)
class Result:
    """Seconds of one run of each side, and whether the promise holds here and now."""

    name: str
    what: str
    ours: float
    limit: float
    ratio: float
    goal: float
    holds: bool


FEWEST = 5


def measure(target: Target, seconds: float = 1.0) -> Result:
    """Run both sides in turns for about `seconds` each and compare their medians."""
    ours, limit = target.prepare()
    ours(), limit()
    times: tuple[list[float], list[float]] = ([], [])
    began = time.perf_counter()
    while time.perf_counter() - began < 2 * seconds or len(times[0]) < FEWEST:
        for side, kept in zip((ours, limit), times, strict=True):
            start = time.perf_counter()
            side()
            kept.append(time.perf_counter() - start)
    mine, theirs = statistics.median(times[0]), statistics.median(times[1])
    ratio = mine / theirs
    return Result(target.name, target.what, mine, theirs, ratio, target.goal, holds=ratio <= target.goal)
