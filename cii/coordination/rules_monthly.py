"""Monthly data by measure and line: who owes them, what a month is called, which counts go together.

Source: mandate of the coordination group (002, annex 2), task 8.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cii.coordination.rules import PERMANENT
from cii.kernel.errors import Refusal
from cii.kernel.period import Period, month_of

_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


class NotAMonth(Refusal):
    """The text is not a month written like 2026-09."""

    code, kind = "not-a-month", "unfit"


class MonthNotOver(Refusal):
    """Data of a month are delivered once it is over."""

    code, kind = "month-not-over", "unfit"


class NothingInMonth(Refusal):
    """The institution has neither places nor participants nor persons waiting there in that month."""

    code, kind = "nothing-in-month", "unfit"


class FigureTwice(Refusal):
    """One delivery tells the same measure and line twice."""

    code, kind = "monthly-figure-twice", "unfit"


class CountsApart(Refusal):
    """A part exceeds its whole: entries or exits the participants, interruptions the exits."""

    code, kind = "monthly-counts-apart", "unfit"


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """A measure and line in a month: places at its end, participants in its course, their days, and the rest.

    `interruptions` are the exits before the end for whatever reason; `waiting` counts at the month's end.
    """

    places: int = 0
    participants: int = 0
    occupied_days: int = 0
    entries: int = 0
    exits: int = 0
    interruptions: int = 0
    waiting: int = 0


_WITHIN: Mapping[str, str] = {"entries": "participants", "exits": "participants", "interruptions": "exits"}
"""Part → the whole it cannot exceed."""


def parse_month(text: str) -> Period:
    """The month written like 2026-09; refuses NotAMonth."""
    held = _MONTH.fullmatch(text)
    if held is None:
        raise NotAMonth(field="month", found=text[:20])
    return month_of(date(int(held[1]), int(held[2]), 1))


def counts_faults(counts: MonthCounts) -> list[Refusal]:
    """Every part that is larger than its whole."""
    return [
        CountsApart(field=part, part=getattr(counts, part), whole=getattr(counts, whole))
        for part, whole in _WITHIN.items()
        if getattr(counts, part) > getattr(counts, whole)
    ]


def missing_deliveries(delivered: Collection[str], expected: Collection[str] = PERMANENT) -> tuple[str, ...]:
    """The institutions whose monthly data are missing, in the order of the mandate (task 8)."""
    return tuple(one for one in expected if one not in delivered)
