"""Deadlines as pages show them: how many working days are left or lost, told in words by the part `clock`."""

from dataclasses import dataclass
from datetime import date, datetime

from cii.kernel.clock import local_day
from cii.kernel.period import ONE_DAY
from cii.store.work import Work

SOON = 3
"""Working days from which a deadline counts as near."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`state` is late, today, soon or later; `n` working days between today and `due`."""

    state: str
    n: int
    due: date


def deadline(work: Work, due_at: datetime | None) -> Deadline | None:
    """The clock of a due moment, None where nothing is due."""
    return None if due_at is None else deadline_on(work, local_day(due_at))


def deadline_on(work: Work, due: date) -> Deadline:
    """The clock of a due day, which still counts as in time."""
    if due == work.today:
        return Deadline("today", 0, due)
    if due < work.today:
        return Deadline("late", max(1, work.calendar.between(due + ONE_DAY, work.today + ONE_DAY)), due)
    left = work.calendar.between(work.today + ONE_DAY, due + ONE_DAY)
    return Deadline("soon" if left <= SOON else "later", left, due)
