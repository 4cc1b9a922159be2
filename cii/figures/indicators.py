"""Each indicator of each agreement of a quarter against its target and minimum.

The value stands for the year up to the end of the quarter (targets are yearly); the quarter's own stands
beside it. Computed where a definition exists, else pooled from what people entered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.tables import Indicator
from cii.figures import attendance, facts, money
from cii.figures.deadlines import Bound
from cii.figures.rules import Facts, Value, computed, definition_of, goal, light, pooled
from cii.figures.satisfaction import ratings
from cii.figures.shapes import IndicatorFigures
from cii.figures.tables import IndicatorEntry
from cii.figures.vocabulary import Definition, Origin
from cii.indicators.queries import definitions
from cii.indicators.rules import OWN, Published
from cii.institutions.tables import FundingLine
from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.store.work import Work


def indicator_figures(
    work: Work,
    agreements: Sequence[Bound],
    institutions: Mapping[int, str],
    quarter: Quarter,
    known_at: datetime,
    *,
    quarterly: bool = True,
) -> tuple[IndicatorFigures, ...]:
    """Every indicator, by agreement and code; `quarterly` False: the quarter's own values are left out."""
    by_id = {one.id: one for one in agreements}
    rows = work.session.scalars(
        select(Indicator)
        .where(col(Indicator.agreement_id).in_(by_id))
        .order_by(col(Indicator.agreement_id), col(Indicator.code))
    ).all()
    wanted = [by_id[one] for one in dict.fromkeys(row.agreement_id for row in rows)]
    period = quarter.period
    year = Period(date(quarter.year, 1, 1), period.end)
    lines = facts.line_names(work)
    rated = any(row.source == Definition.SATISFACTION for row in rows)
    yearly = _facts(work, wanted, year, known_at, rated=rated)
    own = _facts(work, wanted, period, known_at, rated=rated) if quarterly else {}
    published = definitions(work, period.last)
    entered = _entered(work, [row.id or 0 for row in rows], year, known_at)
    durable_from = work.parameter("exit_durable_from_months", period.last)
    found = [
        _figure(
            row,
            published.get(row.source) or published[OWN],
            by_id[row.agreement_id],
            (
                _value(row, yearly[row.agreement_id], entered, year, durable_from),
                _value(row, own[row.agreement_id], entered, period, durable_from) if quarterly else None,
            ),
            _institutions(by_id[row.agreement_id], lines, institutions),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.agreement, one.code)))


def _facts(
    work: Work, agreements: Sequence[Bound], span: Period, known_at: datetime, *, rated: bool
) -> dict[int, Facts]:
    """What the agreements' indicators are computed from, over the days of the span on which each binds.

    `rated`: some indicator asks how participants rate their stay.
    """
    left = facts.left_by_agreement(work, span, known_at)
    days = attendance.attended(work, span, known_at)
    persons = attendance.participants(work, span, known_at)
    answers = ratings(work, span, known_at) if rated else {}
    cost: dict[int, Chf] = {}
    for (_, _, agreement), amount in money.delivered(work, span, known_at).items():
        cost[agreement or 0] = cost.get(agreement or 0, Chf()) + amount
    used: dict[Period, tuple[dict[facts.Pair, facts.Usage], dict[facts.Pair, facts.Places]]] = {}
    found = {}
    for one in agreements:
        term = Period(max(span.start, one.valid_from), min(span.end, one.valid_to or span.end))
        if term not in used:
            used[term] = (facts.usage(work, term, known_at), facts.places(work, term, known_at)[1])
        usage, places = used[term]
        mine = days.get(one.id, attendance.Attended())
        found[one.id] = Facts(
            left.get(one.id, ()),
            mine.absent,
            mine.participant_months,
            mine.present,
            sum(usage[pair].occupied_days for pair in one.pairs if pair in usage),
            sum(places[pair].days for pair in one.pairs if pair in places),
            cost.get(one.id, Chf()),
            persons.get(one.id, 0),
            *answers.get(one.id, (0, 0)),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    effective_on: date
    value: Value


def _entered(work: Work, ids: Sequence[int], span: Period, known_at: datetime) -> dict[int, list[_Entry]]:
    entry = IndicatorEntry
    replaced = select(col(entry.replaces)).where(
        col(entry.replaces).is_not(None), col(entry.recorded_at) <= known_at
    )
    found: dict[int, list[_Entry]] = {}
    for row in work.session.scalars(
        select(entry)
        .where(
            col(entry.indicator_id).in_(ids),
            col(entry.effective_on) >= span.start,
            col(entry.effective_on) < span.end,
            col(entry.recorded_at) <= known_at,
            col(entry.id).not_in(replaced),
        )
        .order_by(col(entry.effective_on), col(entry.id))
    ):
        value = Value(row.numerator, row.denominator, row.people)
        found.setdefault(row.indicator_id, []).append(_Entry(row.effective_on, value))
    return found


def _value(
    row: Indicator, mine: Facts, entered: Mapping[int, Sequence[_Entry]], span: Period, durable_from: int
) -> Value | None:
    definition = definition_of(row.source)
    if definition is not Definition.ENTERED:
        return computed(definition, mine, durable_from, row.interruptions)
    value = pooled(one.value for one in entered.get(row.id or 0, ()) if one.effective_on in span)
    if value is None or value.people is not None:
        return value
    return replace(value, about=mine.participants)


def _figure(
    row: Indicator,
    published: Published,
    agreement: Bound,
    values: tuple[Value | None, Value | None],
    institutions: tuple[str, ...],
) -> IndicatorFigures:
    definition = definition_of(row.source)
    value, quarter = values
    origin = Origin.ENTERED if definition is Definition.ENTERED else Origin.COMPUTED
    return IndicatorFigures(
        agreement.number,
        agreement.version,
        agreement.provider,
        institutions,
        row.code,
        row.title,
        row.unit,
        row.direction,
        row.target,
        row.minimum,
        row.interruptions,
        published.code,
        published.version,
        definition,
        Origin.MISSING if value is None else origin,
        value,
        quarter,
        light(
            value.exact if value else None,
            goal(row.unit, row.target),
            None if row.minimum is None else goal(row.unit, row.minimum),
            row.direction,
        ),
    )


def _institutions(
    agreement: Bound, lines: Mapping[int, FundingLine], names: Mapping[int, str]
) -> tuple[str, ...]:
    paying = {names[lines[line].institution_id] for _, line in agreement.pairs}
    return tuple(sorted(paying | {names[agreement.provider_institution_id]}))
