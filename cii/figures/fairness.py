"""Whether places are given fairly: persons who asked for one, by sector, region, age, sex and language.

Counted are those who asked in the period, and those who still waited at its end, each once: placed, if one of
their requests was accepted; else waiting, if one still is; else gone. All as known at the end of the period.
A person is looked at as the unit knows them that asked first; the sector is the one that would have paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, union
from sqlmodel import col

from cii.figures.asked import Asked, Came, asked
from cii.figures.facts import line_names
from cii.figures.rules_fairness import (
    NOT_STATED,
    OUTSIDE,
    Dimension,
    FairRow,
    Seeker,
    age_class,
    by_group,
    whole,
)
from cii.figures.whole_months import months_over
from cii.institutions.regions import region_of_each
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import ONE_DAY, Period, month_of, months_later
from cii.people.tables import Identity
from cii.placements.tables import Placement, WaitingEntry
from cii.store.work import Work


class NotWholeMonths(Refusal):
    """The period does not begin and end with months that are over (fact `until`, the last day told).

    Two periods that differ by a day would tell of the few who lie between them.
    """

    code, kind = "not-whole-months", "unfit"


@dataclass(frozen=True, slots=True)
class FairnessFigures:
    """The persons of a period together, and by dimension: without a row where too few would be told of."""

    first: date
    last: date
    minimum: int
    whole: FairRow
    by: Mapping[str, tuple[FairRow, ...]]


def fairness_period(work: Work, first: date | None, last: date | None) -> tuple[date, date]:
    """The period asked for; else the twelve months to the last one that is over."""
    last = last or months_over(work.today)
    return first or months_later(last + ONE_DAY, -12), last


def fairness_figures(work: Work, first: date, last: date) -> FairnessFigures:
    """The figures of a period, without names; six statements.

    Refuses, to every reader: NotWholeMonths, PeriodUpsideDown.
    """
    Period.through(first, last)
    until = months_over(work.today)
    refuse(
        NotWholeMonths(field=field, until=until)
        for field, wrong in (
            ("first", first != month_of(first).start),
            ("last", last > until or last != month_of(last).last),
        )
        if wrong
    )
    minimum: int = work.parameter("small_cell_minimum", last)
    people = list(_seekers(work, first, last))
    return FairnessFigures(
        first,
        last,
        minimum,
        whole(people, minimum),
        {one.value: by_group(people, one, minimum) for one in Dimension},
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a unit typed of a person."""

    born: date
    postcode: str | None
    language: str | None
    sex: str | None


def _seekers(work: Work, first: date, last: date) -> Iterator[Seeker]:
    lines, regions, known = line_names(work), region_of_each(work), _known(work)
    of_each: dict[int, list[Asked]] = {}
    for one in asked(work, last):
        if one.on >= first or one.came is Came.WAITING:
            of_each.setdefault(one.person_id, []).append(one)
    for person, requests in of_each.items():
        begun = requests[0]
        typed = known.get(person, {})
        seen = typed.get(begun.unit_id) or next(iter(typed.values()), None)
        came, days = _came(requests, last)
        yield Seeker(
            {Dimension.SECTOR: lines[begun.line_id].sector.value, **_groups(seen, begun.on, regions)},
            came.value,
            days,
        )


def _came(requests: Sequence[Asked], last: date) -> tuple[Came, int | None]:
    """What came of a person's requests, and the days since the first of them (of those that wait)."""
    placed = [one.placed_on for one in requests if one.placed_on is not None]
    if placed:
        return Came.PLACED, max(0, (min(placed) - requests[0].on).days)
    waiting = [one.on for one in requests if one.came is Came.WAITING]
    return (Came.WAITING, (last - min(waiting)).days) if waiting else (Came.GONE, None)


def _groups(seen: _Known | None, on: date, regions: Mapping[str, str]) -> dict[Dimension, str]:
    if seen is None:
        return dict.fromkeys((Dimension.REGION, Dimension.AGE, Dimension.SEX, Dimension.LANGUAGE), NOT_STATED)
    region = regions.get(seen.postcode, OUTSIDE) if seen.postcode else NOT_STATED
    return {
        Dimension.REGION: region,
        Dimension.AGE: age_class(seen.born, on).value,
        Dimension.SEX: seen.sex or NOT_STATED,
        Dimension.LANGUAGE: seen.language or NOT_STATED,
    }


def _known(work: Work) -> dict[int, dict[int, _Known]]:
    """What units typed of everyone who ever asked: by person and unit, the first first."""
    persons = union(select(col(WaitingEntry.person_id)), select(col(Placement.person_id)))
    rows = work.session.execute(
        select(
            col(Identity.person_id), col(Identity.unit_id), col(Identity.birth_date), col(Identity.postcode),
            col(Identity.language), col(Identity.sex),
        )
        .where(col(Identity.person_id).in_(persons))
        .order_by(col(Identity.id))
    )  # fmt: skip
    found: dict[int, dict[int, _Known]] = {}
    for person, unit, born, postcode, language, sex in rows:
        found.setdefault(person, {})[unit] = _Known(born, postcode, language, sex)
    return found
