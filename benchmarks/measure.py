"""How a target is measured: the median of several runs of each side, taken in turns."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prepared:
    """A side that needs something new for each run: what `ready` makes is not timed, `run` takes it."""

    ready: Callable[[], Any]
    run: Callable[[Any], object]


Side = Callable[[], object] | Prepared | float
"""A function to be timed; or a figure as it is: seconds of a clock, bytes of a size."""
Sides = tuple[Side, Side]


class Absent(Exception):  # noqa: N818 - the word of the report
    """What a target is measured beside is not installed; the text says what."""


@dataclass(frozen=True)
class Target:
    """A promise. `goal` is the largest ratio ours ÷ limit that still holds it.

    `prepare` returns the two sides; one run does the named thing `each` times; `unit` is "s" or "bytes".
    """

    name: str
    what: str
    limit: str
    goal: float
    prepare: Callable[[], Sides]
    each: int = 1
    unit: str = "s"


@dataclass(frozen=True)
class Result:
    """What one thing takes on each side, and whether the promise holds here and now.

    `absent` names what is not installed; nothing is then measured.
    """

    name: str
    what: str
    beside: str
    unit: str
    ours: float | None
    limit: float | None
    ratio: float | None
    goal: float
    holds: bool | None
    absent: str = ""


FEWEST = 5


def measure(target: Target, seconds: float = 1.0) -> Result:
    """Run both sides in turns for about `seconds` each and compare their medians."""
    told = (target.name, target.what, target.limit, target.unit)
    try:
        sides = target.prepare()
    except Absent as no:
        return Result(*told, None, None, None, target.goal, None, str(no))
    timed = [(place, side) for place, side in enumerate(sides) if not isinstance(side, int | float)]
    times: tuple[list[float], list[float]] = ([], [])
    for _, side in timed:
        _once(side)
    began = time.perf_counter()
    while timed and (time.perf_counter() - began < len(timed) * seconds or len(times[timed[0][0]]) < FEWEST):
        for place, side in timed:
            times[place].append(_once(side))
    mine, theirs = (
        float(side) if isinstance(side, int | float) else statistics.median(kept) / target.each
        for side, kept in zip(sides, times, strict=True)
    )
    ratio = mine / theirs
    return Result(*told, mine, theirs, ratio, target.goal, holds=ratio <= target.goal)


def _once(side: Side) -> float:
    """Seconds of one run."""
    if isinstance(side, Prepared):
        held = side.ready()
        start = time.perf_counter()
        side.run(held)
    else:
        assert callable(side)
        start = time.perf_counter()
        side()
    return time.perf_counter() - start
