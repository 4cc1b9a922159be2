"""Pure rules of the fairness view: who was given a place and who waits, by what persons have in common.

Nobody is told apart: each table adds up to the same sums, small numbers are hidden with as many others as it
takes, and days are told of numbers that are shown. Source: product.md §0 row 22, §7; classes of age as the
federal statistics of unemployment have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from statistics import median

from cii.figures.suppression import TOTAL, Counts, hidden

NOT_STATED = "not_stated"
OUTSIDE = "outside"
"""A postcode that lies in no region of the canton."""
CAME = ("placed", "waiting", "gone")


class Dimension(StrEnum):
    """What persons are looked at by."""

    SECTOR = "sector"
    REGION = "region"
    AGE = "age"
    SEX = "sex"
    LANGUAGE = "language"


class AgeClass(StrEnum):
    """Age on the day of the request, in whole years."""

    UNDER_25 = "under_25"
    FROM_25 = "from_25"
    FROM_50 = "from_50"


_LATE = {AgeClass.UNDER_25.value: -1, OUTSIDE: 1, NOT_STATED: 2}
"""Groups that stand before and after the others."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """A person who asked: their group in each dimension, what came of it, and how many days it took or takes.

    `days` is None where nothing came of it.
    """

    groups: Mapping[Dimension, str]
    came: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Days waited in the middle and on average, whole days."""

    median: int
    mean: int


@dataclass(frozen=True, slots=True)
class FairRow:
    """A group of persons; None is a number that is not told.

    `percent`: the placed in a hundred of all, one decimal. `until_placed`: from the request to the first day
    of the place; `so_far`: of those who wait, until the day of the figures.
    """

    group: str
    placed: int | None
    waiting: int | None
    gone: int | None
    total: int | None
    percent: str | None
    until_placed: Days | None
    so_far: Days | None


def age_class(born: date, on: date) -> AgeClass:
    """The class of age on a day."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if years < 25:  # noqa: PLR2004 - the class of that name
        return AgeClass.UNDER_25
    return AgeClass.FROM_25 if years < 50 else AgeClass.FROM_50  # noqa: PLR2004 - the class of that name


def whole(people: Sequence[Seeker], minimum: int) -> FairRow:
    """All persons together; only their sum where one of its parts is too small, and not that if it is."""
    counts = {one: sum(person.came == one for person in people) for one in CAME}
    if any(0 < count < minimum for count in counts.values()):
        total = len(people)
        return FairRow(TOTAL, None, None, None, total if total >= minimum else None, None, None, None)
    return _row(TOTAL, people, frozenset(), minimum)


def by_group(people: Sequence[Seeker], dimension: Dimension, minimum: int) -> tuple[FairRow, ...]:
    """The persons by group, by age or name; nothing where the whole is not told."""
    if whole(people, minimum).placed is None:
        return ()
    names = sorted({one.groups[dimension] for one in people}, key=lambda name: (_LATE.get(name, 0), name))
    cells: dict[tuple[str, str], int] = {}
    for one in people:
        cell = (one.groups[dimension], one.came)
        cells[cell] = cells.get(cell, 0) + 1
    out = hidden(Counts(names, CAME, cells), minimum, known=lambda row, _: row == TOTAL)
    return tuple(
        _row(name, [one for one in people if one.groups[dimension] == name], out, minimum) for name in names
    )


def _row(
    name: str, people: Sequence[Seeker], out: Iterable[tuple[str, str]], minimum: int
) -> FairRow:  # fmt: skip
    gone = {column for row, column in out if row == name}
    shown = {
        one: None if one in gone else sum(person.came == one for person in people) for one in CAME
    }  # fmt: skip
    total = None if TOTAL in gone else len(people)
    return FairRow(
        name, shown["placed"], shown["waiting"], shown["gone"], total,
        _percent(shown["placed"], total),
        _days(people, "placed", shown["placed"], minimum),
        _days(people, "waiting", shown["waiting"], minimum),
    )  # fmt: skip


def _days(people: Iterable[Seeker], came: str, shown: int | None, minimum: int) -> Days | None:
    if shown is None or shown < minimum:
        return None
    days = [one.days for one in people if one.came == came and one.days is not None]
    return Days(_whole(Fraction(median(days))), _whole(Fraction(sum(days), len(days)))) if days else None


def _percent(part: int | None, of: int | None) -> str | None:
    if part is None or not of:
        return None
    tenths = _whole(Fraction(part * 1000, of))
    return f"{tenths // 10}.{tenths % 10}"


def _whole(value: Fraction) -> int:
    """Half up."""
    return (value * 2 + 1) // 2 if value >= 0 else -((-value * 2 + 1) // 2)
