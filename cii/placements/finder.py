"""The place finder: for one case each measure with verdict, free days, price, rank, and what would change it.

A constant number of statements, whatever the number of measures. No other person appears in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.agreements.queries import PriceBook, agreements_in_force, price_book
from cii.allocation.rules import DEFAULT, Option, Wish, rank
from cii.allocation.vocabulary import Access, Part
from cii.cases.queries import case_by_ref
from cii.institutions.queries import line_by_ref
from cii.kernel.errors import NotAllowed, Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.eligibility import ELIGIBILITY, OPEN_TO_ALL, Standing, Verdict, judge, read_table
from cii.measures.queries import (
    CatalogueFilter,
    CatalogueRow,
    LineQuota,
    catalogue,
    rules_at,
)
from cii.measures.rules import steps
from cii.placements.days import granted
from cii.placements.tables import MeasureDay, QuotaDay
from cii.store.work import Work

SHOWN = 500
"""More measures than that are not searched at once; a canton has about 120."""


class _Published(Protocol):
    """An eligibility table as `measures` keeps it."""

    source: str


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What the placement would cost a line; `fault` says why there is no price."""

    line_ref: str
    line_code: str
    amount: Chf | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Freedom:
    """Free places over the days asked for: of the paying line, and of the measure as a whole.

    `free` is the least number over all days that the line may use; `full_days` counts days without any.
    """

    free: int
    measure_free: int
    line_free: int
    line_places: int
    full_days: int
    first_full: date | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would change the answer: a stable code (`remedy.<code>`) with its facts."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure for the case; `parts` sum to `suitability`; `score` = suitability − bid."""

    measure: CatalogueRow
    access: Access
    verdict: Verdict
    freedom: Freedom
    prices: tuple[LinePrice, ...]
    position: int
    parts: Mapping[Part, int]
    suitability: int
    bid: int
    score: int
    weights: str
    would_change: tuple[Remedy, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that could still change the verdict."""
        return self.verdict.missing


def find_places(  # noqa: PLR0917 - the parts of one question
    work: Work,
    case_ref: str,
    starts_on: date,
    ends_on: date,
    line_ref: str,
    facts: Mapping[str, object],
    *,
    wish: Wish | None = None,
    bids: Mapping[str, int] | None = None,
    workload: int | None = None,
) -> list[Proposal]:
    """Every running measure for the case and the days (both inside), for the line that would ask; best first.

    `facts`: what is known of the person, for the eligibility tables. `wish`: what is known for the choice
    (left out: `region`, `language`, `target_groups` of the facts). `bids`: points by measure code, from the
    last round. `workload`: percent of full time, as it would be bound; none, full time.
    Refuses: UnknownThing, NotAllowed (no access to placements of the case), PeriodUpsideDown.
    """
    held = case_by_ref(work, case_ref)
    if Section.PLACEMENT not in sections_on_case(work, held.id or 0)[0]:
        raise NotAllowed
    stay, line = Period.through(starts_on, ends_on), line_by_ref(work, line_ref)
    shown = catalogue(work, CatalogueFilter(), starts_on, limit=SHOWN, overlaps=False)
    rules = rules_at(work, starts_on, [row.id for row in shown])
    freedom = _freedom(work, shown, line.id or 0, stay)
    agreements = agreements_in_force(work, starts_on)
    book = price_book(work, set(agreements.values()))
    verdicts = {row.id: _verdict(rules.get(row.id), facts) for row in shown}
    prices = {
        row.id: tuple(
            _price(book, agreements.get((row.id, quota.line_id)), row.id, quota, stay, workload)
            for quota in row.quotas
            if quota.places
        )
        for row in shown
    }
    open_to = {
        row.id: _access(row, verdicts[row.id], freedom[row.id], _mine(prices[row.id], line_ref), stay)
        for row in shown
    }
    options = [
        Option(
            row.code,
            open_to[row.id],
            row.region,
            row.languages,
            row.target_groups,
            freedom[row.id].free,
            freedom[row.id].line_places,
            _centimes(_mine(prices[row.id], line_ref)),
            (bids or {}).get(row.code, 0),
        )
        for row in shown
    ]
    by_code = {row.code: row for row in shown}
    found = []
    for ranked in rank(options, wish or _wish(facts), DEFAULT):
        row = by_code[ranked.option.code]
        found.append(
            Proposal(
                row,
                ranked.option.access,
                verdicts[row.id],
                freedom[row.id],
                prices[row.id],
                ranked.position,
                ranked.parts,
                ranked.suitability,
                ranked.option.bid,
                ranked.score,
                ranked.weights,
                tuple(
                    _remedies(
                        row, verdicts[row.id], freedom[row.id], prices[row.id], (line_ref, line.code), stay
                    )
                ),
            )
        )
    work.saw("person", [held.person_id], int(Section.PLACEMENT))
    return found


def _verdict(rule: _Published | None, facts: Mapping[str, object]) -> Verdict:
    return judge(read_table(rule.source, ELIGIBILITY), facts) if rule is not None else OPEN_TO_ALL


def _wish(facts: Mapping[str, object]) -> Wish:
    groups, language = facts.get("target_groups"), facts.get("language")
    return Wish(
        str(facts.get("region") or ""),
        (str(language),) if language else (),
        tuple(str(one) for one in groups) if isinstance(groups, list | tuple) else (),
    )


def _mine(prices: Sequence[LinePrice], line_ref: str) -> LinePrice | None:
    """The price for the paying line; None when the line has no places in the measure."""
    return next((price for price in prices if price.line_ref == line_ref), None)


def _centimes(price: LinePrice | None) -> int | None:
    return price.amount.centimes if price is not None and price.amount is not None else None


def _access(
    row: CatalogueRow, verdict: Verdict, freedom: Freedom, price: LinePrice | None, stay: Period
) -> Access:
    """Whether the place can be had; without an agreement and a tariff of the paying line it cannot."""
    if verdict.standing is Standing.NOT_ELIGIBLE or (row.ends_on is not None and row.ends_on < stay.last):
        return Access.CLOSED
    if verdict.standing is Standing.MISSING_FACTS:
        return Access.MISSING_FACTS
    if verdict.standing is Standing.UNDECIDED:
        return Access.UNDECIDED
    if price is not None and price.fault is not None:
        return Access.UNPAYABLE
    return Access.OPEN if freedom.free > 0 else Access.FULL


def _price(  # noqa: PLR0917 - one stay under one agreement
    book: PriceBook,
    agreement_id: int | None,
    measure_id: int,
    quota: LineQuota,
    stay: Period,
    workload: int | None,
) -> LinePrice:
    ref, code = quota.line_ref, quota.line_code
    if agreement_id is None:
        return LinePrice(ref, code, None, "no-agreement-in-force")
    try:
        key = (agreement_id, measure_id, quota.line_id)
        return LinePrice(ref, code, book.price(key, stay, workload=workload).total)
    except Refusal as no:
        return LinePrice(ref, code, None, no.reasons[0].code)


def _freedom(work: Work, shown: Sequence[CatalogueRow], line_id: int, stay: Period) -> dict[int, Freedom]:
    """Free places of each measure; days that are not opened yet count with their quota and nobody in them."""
    ids = [row.id for row in shown]
    mine = func.coalesce(QuotaDay.places - QuotaDay.taken, 0)
    whole = col(MeasureDay.places) - col(MeasureDay.taken)
    shut = or_(whole <= 0, mine <= 0)
    opened = {
        row.measure_id: row
        for row in work.session.execute(
            select(
                col(MeasureDay.measure_id),
                func.count().label("days"),
                func.min(whole).label("whole"),
                func.min(mine).label("mine"),
                func.max(func.coalesce(QuotaDay.places, 0)).label("places"),
                func.count(case((shut, 1))).label("full"),
                func.min(case((shut, col(MeasureDay.day)))).label("first"),
            )
            .outerjoin(
                QuotaDay,
                and_(
                    col(QuotaDay.measure_id) == col(MeasureDay.measure_id),
                    col(QuotaDay.day) == col(MeasureDay.day),
                    col(QuotaDay.line_id) == line_id,
                ),
            )
            .where(col(MeasureDay.measure_id).in_(ids), col(MeasureDay.day).between(stay.start, stay.last))
            .group_by(col(MeasureDay.measure_id))
        )
    }
    found = {}
    for measure_id in ids:
        row = opened.get(measure_id)
        least = (int(row.whole), int(row.mine), int(row.places)) if row is not None else None
        if row is None or int(row.days) < len(stay):
            least = _planned(work, measure_id, line_id, stay, least)
        free, line_free, places = least or (0, 0, 0)
        found[measure_id] = Freedom(
            max(0, min(free, line_free)),
            free,
            line_free,
            places,
            int(row.full) if row is not None else 0,
            row.first if row is not None else None,
        )
    return found


def _planned(
    work: Work, measure_id: int, line_id: int, stay: Period, opened: tuple[int, int, int] | None
) -> tuple[int, int, int]:
    """Least free places of the measure and of the line, and places of the line, with days not opened yet."""
    rows, lines = granted(work, measure_id)
    whole = min(step.places for step in steps(rows, stay.start, stay.last))
    mine = min(step.places for step in steps(lines.get(line_id, []), stay.start, stay.last))
    if opened is None:
        return whole, mine, mine
    return min(whole, opened[0]), min(mine, opened[1]), max(mine, opened[2])


def _remedies(  # noqa: PLR0917 - what one proposal knows
    row: CatalogueRow,
    verdict: Verdict,
    freedom: Freedom,
    prices: Sequence[LinePrice],
    line: tuple[str, str],
    stay: Period,
) -> list[Remedy]:
    """What would change the answer, as facts for a sentence."""
    line_ref, line_code = line
    found = [
        Remedy("fact", {"input": change.input, "observed": change.observed, "needed": change.needed})
        for change in verdict.changes
    ]
    found += [Remedy("missing", {"input": name}) for name in verdict.missing]
    if row.ends_on is not None and row.ends_on < stay.last:
        found.append(Remedy("dates", {"day": row.ends_on}))
    if freedom.line_places == 0:
        found.append(Remedy("quota-none", {"line": line_code}))
    elif freedom.line_free <= 0 < freedom.measure_free:
        others = [quota.line_code for quota in row.quotas if quota.line_ref != line_ref and quota.places]
        found.append(Remedy("quota", {"line": line_code, "lines": others, "day": freedom.first_full}))
    elif freedom.measure_free <= 0:
        found.append(Remedy("place", {"day": freedom.first_full, "days": freedom.full_days}))
    mine = _mine(prices, line_ref)
    if mine is not None and mine.fault is not None:
        found.append(Remedy("agreement", {"line": line_code}))
    return found
