"""The forecast of needs: requests by target group in quarters that are over, those to come, places beside.

A case that asked in a quarter for a place in a measure for the group counts once there; a measure for several
groups counts for each, so that the groups do not add up to all. Places are those of all measures that serve
the group, other groups included. Numbers from 1 to below the smallest published count are told to nobody.
Source: 002 A2, mandate of the coordination group, task 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlmodel import col

from cii.figures.asked import Asked, Came, asked
from cii.figures.facts import DaysThrough, places_of_each, stays
from cii.figures.rules_needs import (
    AHEAD,
    RULE_VERSION,
    Backtest,
    Foreseen,
    Method,
    Needs,
    backtest,
    foresee,
    places_needed,
)
from cii.kernel.clock import local_midnight
from cii.kernel.errors import Refusal
from cii.kernel.period import Period, Quarter, months_later
from cii.measures.tables import Measure, PlanTarget
from cii.measures.vocabulary import TargetGroup
from cii.store.work import Work

ALL = "all"
"""Every case, whatever the measure is for."""
MOST_QUARTERS = 16
"""Quarters looked back on."""


class QuarterNotOver(Refusal):
    """The forecast starts from a quarter that is over (fact `last`, the newest one)."""

    code, kind = "needs-quarter-not-over", "unfit"


@dataclass(frozen=True, slots=True)
class QuarterToCome:
    """A quarter to come of a group: requests expected with their bounds, places they fill, places there are.

    In the first one those who wait already are added to `needed`. `needed`, `needed_low`, `needed_high`:
    places filled all through the quarter; None where too few stays have ended to know how long one lasts, or
    where the number expected is too small to be told, as its bounds are then.
    `places`: the mean of the quarter's days as decided now; `planned`: what the transformation plans want by
    its last day, None where no step of a plan is due.
    """

    quarter: str
    expected: int | None
    low: int | None
    high: int | None
    needed: int | None
    needed_low: int | None
    needed_high: int | None
    places: int
    planned: int | None


@dataclass(frozen=True, slots=True)
class GroupNeeds:
    """What is known and foreseen of a group; None is a number too small to be told, or not known.

    `counts`: cases that asked, by quarter as in `NeedsFigures.quarters`. `errors`: each method's mean error
    in persons, one quarter ahead, with one decimal. `stay_days`: how long a stay lasted that
    ended in the last four quarters.
    """

    group: str
    counts: tuple[int | None, ...]
    waiting: int | None
    stay_days: int | None
    method: Method | None
    errors: Mapping[str, str]
    ahead: tuple[QuarterToCome, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """The forecast tried on past quarters, one ahead, beside the plain guesses; errors with one decimal.

    `inside` of the `bounded` quarters that had an interval fell within it; four in five are meant to.
    """

    quarters: int
    mean_error: str
    last_error: str
    year_ago_error: str
    bounded: int
    inside: int


@dataclass(frozen=True, slots=True)
class NeedsFigures:
    """The forecast as of the end of its last known quarter, with the rule that made it."""

    rule: str
    stand: date
    quarters: tuple[str, ...]
    least: int
    minimum: int
    groups: tuple[GroupNeeds, ...]
    tried: Tried | None


def quarter_told(work: Work, written: str | None) -> Quarter:
    """The quarter asked for, else the last one that is over; refuses NotAQuarter, QuarterNotOver."""
    last = Quarter.of(work.today).previous
    wanted = Quarter.parse(written) if written else last
    if wanted > last:
        raise QuarterNotOver(field="quarter", last=str(last))
    return wanted


def needs_figures(work: Work, last: Quarter) -> NeedsFigures:
    """Requests until that quarter, and what is to be expected of the four that follow.

    As known at the end of the quarter's last day; a fixed number of statements.
    """
    stand = last.period.last
    served = _served(work)
    requests = [one for one in asked(work, stand) if one.measure_id in served]
    quarters = _quarters(requests, last)
    series = _series(requests, served, quarters)
    least: int = work.parameter("needs_quarters_least", stand)
    minimum: int = work.parameter("small_cell_minimum", stand)
    said = foresee(series, least)
    held = _Held(
        _waiting(requests, served), _lasted(work, served, last, minimum), _places(work, served, last), minimum
    )
    return NeedsFigures(
        RULE_VERSION,
        stand,
        tuple(str(one) for one in quarters),
        least,
        minimum,
        tuple(_group(group, counts, said[group], held) for group, counts in series.items()),
        _tried(backtest(series, least)),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What stands beside requests, by group: who waits, how long stays last, places of quarters to come."""

    waiting: Mapping[str, int]
    lasted: Mapping[str, Fraction | None]
    places: Mapping[str, Sequence[tuple[Quarter, int, int | None]]]
    minimum: int

    def told(self, count: int) -> int | None:
        """The count, where it may be told."""
        return None if 0 < count < self.minimum else count


def _served(work: Work) -> dict[int, frozenset[str]]:
    """The groups that each measure serves, all of them by name, and `ALL`."""
    rows = work.session.execute(select(col(Measure.id), col(Measure.target_groups)))
    return {id_ or 0: frozenset((*groups, ALL)) for id_, groups in rows}


def _quarters(requests: Sequence[Asked], last: Quarter) -> list[Quarter]:
    """Quarters from the first request on, sixteen at most, the oldest first."""
    first = Quarter.of(requests[0].on) if requests else last
    found = [last]
    while found[-1] > first and len(found) < MOST_QUARTERS:
        found.append(found[-1].previous)
    return found[::-1]


def _groups(served: Mapping[int, frozenset[str]]) -> list[str]:
    there = frozenset[str]().union(*served.values())
    return [ALL, *(one.value for one in TargetGroup if one.value in there)]


def _series(
    requests: Iterable[Asked], served: Mapping[int, frozenset[str]], quarters: Sequence[Quarter]
) -> dict[str, list[int]]:
    cases: dict[tuple[str, Quarter], set[int]] = {}
    for one in requests:
        quarter = Quarter.of(one.on)
        for group in served[one.measure_id]:
            cases.setdefault((group, quarter), set()).add(one.case_id)
    return {
        group: [len(cases.get((group, quarter), ())) for quarter in quarters] for group in _groups(served)
    }


def _waiting(requests: Iterable[Asked], served: Mapping[int, frozenset[str]]) -> dict[str, int]:
    cases: dict[str, set[int]] = {}
    for one in requests:
        if one.came is Came.WAITING:
            for group in served[one.measure_id]:
                cases.setdefault(group, set()).add(one.case_id)
    return {group: len(held) for group, held in cases.items()}


def _lasted(
    work: Work, served: Mapping[int, frozenset[str]], last: Quarter, minimum: int
) -> dict[str, Fraction | None]:
    """Mean days of the stays that ended in the four quarters to the last one; None with too few."""
    held = stays(local_midnight(last.period.end))
    since = months_later(last.period.end, -3 * AHEAD)
    rows = work.session.execute(
        select(
            held.c.measure_id, func.sum(DaysThrough(held.c.started_on, held.c.ended_on)), func.count()
        )
        .where(
            held.c.started_on.is_not(None), held.c.ended_on >= since, held.c.ended_on < last.period.end
        )
        .group_by(held.c.measure_id)
    )  # fmt: skip
    days: dict[str, tuple[int, int]] = {}
    for measure, total, count in rows:
        for group in served[measure]:
            so_far = days.get(group, (0, 0))
            days[group] = so_far[0] + int(total), so_far[1] + int(count)
    return {
        group: Fraction(total, count) if count >= minimum and total > 0 else None
        for group, (total, count) in days.items()
    }


def _places(
    work: Work, served: Mapping[int, frozenset[str]], last: Quarter
) -> dict[str, list[tuple[Quarter, int, int | None]]]:
    """Per group the quarters to come with their places: the mean of the days, and what the plans want."""
    known_at = local_midnight(last.period.end)
    plans = work.session.execute(
        select(
            col(PlanTarget.measure_id), col(PlanTarget.line_id), col(PlanTarget.kind), col(PlanTarget.places),
            col(PlanTarget.due_on),
        )
        .where(col(PlanTarget.recorded_at) < known_at)
        .order_by(col(PlanTarget.due_on), col(PlanTarget.id))
    ).all()  # fmt: skip
    found: dict[str, list[tuple[Quarter, int, int | None]]] = {}
    ahead = [Quarter.of(last.period.end)]
    while len(ahead) < AHEAD:
        ahead.append(Quarter.of(ahead[-1].period.end))
    each = places_of_each(work, [one.period for one in ahead], known_at)
    for quarter, (whole, _) in zip(ahead, each, strict=True):
        wanted = {(row[0], row[1], row[2]): row[3] for row in plans if row[4] in _until(quarter)}
        for group in _groups(served):
            mine = {measure for measure, groups in served.items() if group in groups}
            days = sum(one.days for measure, one in whole.items() if measure in mine)
            steps = [count for (measure, _, _), count in wanted.items() if measure in mine]
            mean = (2 * days + len(quarter.period)) // (2 * len(quarter.period))
            found.setdefault(group, []).append((quarter, mean, sum(steps) if steps else None))
    return found


def _until(quarter: Quarter) -> Period:
    return Period(date.min, quarter.period.end)


def _group(group: str, counts: Sequence[int], said: Needs | None, held: _Held) -> GroupNeeds:
    lasted, waiting = held.lasted.get(group), held.told(held.waiting.get(group, 0))
    ahead: list[QuarterToCome] = []
    for at, (quarter, there, planned) in enumerate(held.places[group]):
        if said is None:
            break
        one, more = said.quarters[at], (waiting or 0) if at == 0 else 0
        if held.told(one.expected) is None:
            ahead.append(QuarterToCome(str(quarter), *(None,) * 6, there, planned))
        else:
            ahead.append(_to_come(quarter, one, more, lasted, (there, planned)))
    return GroupNeeds(
        group,
        tuple(held.told(count) for count in counts),
        waiting,
        None if lasted is None else round(lasted),
        said.method if said else None,
        {one.method.value: tenths(one.mean_error) for one in said.trials} if said else {},
        tuple(ahead),
    )


def tenths(value: Fraction) -> str:
    """A mean with one decimal, half up."""
    whole = (value * 20 + 1) // 2
    return f"{whole // 10}.{whole % 10}"


def _tried(found: Backtest | None) -> Tried | None:
    if found is None:
        return None
    means = (found.mean_error, found.last_error, found.year_ago_error)
    mean, last, year = (tenths(one) for one in means)
    return Tried(found.tried, mean, last, year, found.bounded, found.inside)


def _to_come(
    quarter: Quarter, one: Foreseen, more: int, lasted: Fraction | None, there: tuple[int, int | None]
) -> QuarterToCome:
    def filled(count: int | None) -> int | None:
        if count is None or lasted is None:
            return None
        return places_needed(count + more, lasted, len(quarter.period))

    return QuarterToCome(
        str(quarter), one.expected, one.low, one.high,
        filled(one.expected), filled(one.low), filled(one.high), *there,
    )  # fmt: skip
