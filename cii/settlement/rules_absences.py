"""Absences and the term by which they are announced; when a month's attestation is due.

Attesting a day as absent is announcing it. A day that nobody has attested is no absence.
Source: 000 i.24 (three working days); product.md AC6, OACI 96 (third working day of the next month).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.kernel.calendar import WorkingDays
from cii.kernel.period import Period
from cii.settlement.vocabulary import AbsenceNews


@dataclass(frozen=True, slots=True)
class Absence:
    """A day attested as absent: the day on which that was first told, and whether with an excuse."""

    told_on: date
    excused: bool


@dataclass(frozen=True, slots=True)
class News:
    """An absence told late (`told_on` past `due_on`), or days in a row without an excuse."""

    kind: AbsenceNews
    first_day: date
    last_day: date
    due_on: date
    told_on: date
    days: int


def absence_news(
    expected: Sequence[date], absences: Mapping[date, Absence], term: int, calendar: WorkingDays
) -> list[News]:
    """What is wrong with the absences of a stay, in order; `expected`: its expected days, in order.

    An absence begins with the first of days in a row. It is late when its first day was told after the
    `term`-th working day that follows; it is without news once `term` days in a row lack an excuse.
    """
    found = []
    for run in _in_a_row(expected, absences):
        due = calendar.after(run[0], term)
        told = absences[run[0]].told_on
        if told > due:
            found.append(News(AbsenceNews.LATE, run[0], run[-1], due, told, len(run)))
        found += [
            News(
                AbsenceNews.SILENT, silent[0], silent[-1], calendar.after(silent[0], term),
                absences[silent[0]].told_on, len(silent),
            )
            for silent in _in_a_row(run, {day: one for day, one in absences.items() if not one.excused})
            if len(silent) >= term
        ]  # fmt: skip
    return found


def _in_a_row(expected: Sequence[date], absences: Mapping[date, Absence]) -> list[list[date]]:
    runs: list[list[date]] = []
    before = False
    for day in expected:
        if day in absences:
            if before:
                runs[-1].append(day)
            else:
                runs.append([day])
        before = day in absences
    return runs


def attestation_due(month: Period, nth: int, calendar: WorkingDays) -> date:
    """The `nth` working day of the month that follows, by which the month's attendance is attested."""
    return calendar.nth_of_month(month.end.year, month.end.month, nth)
