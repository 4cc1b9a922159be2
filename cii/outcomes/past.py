"""Reads for simulation and drift, set by set: past placements of a line with their category, what was paid.

Nothing here is saved. Whoever simulates sees sums per provider and no person.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from cii.agreements.queries import provider_units
from cii.institutions.queries import UnitLabel, shown_units
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.outcomes.queries import formula, scheme_by_ref, stays
from cii.outcomes.rules import BOOKED
from cii.outcomes.rules_simulation import Limits, MixPart, PastStay, Simulated, mix_of, simulate
from cii.outcomes.tables import Outcome, OutcomeScheme, PlacementCategory, SchemeVersion, Subcontractor
from cii.settlement.proofs import paid_between
from cii.store.work import Work

_NOBODY: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a version of a scheme would have paid in a period, per provider; nothing of it is kept.

    `labels`: how each provider's unit is shown to the reader.
    """

    scheme: OutcomeScheme
    version: SchemeVersion
    period: Period
    limits: Limits
    rows: tuple[Simulated, ...]
    labels: dict[int, UnitLabel]


def simulation(work: Work, ref: str, period: Period, number: int | None = None) -> Simulation:
    """Simulate a version (the newest when left out) on the placements that its funding line paid.

    Refuses: UnknownThing.
    """
    scheme = scheme_by_ref(work, ref)
    version = _version(work, scheme.id or 0, number)
    limits = limits_at(work, period.last)
    paid = paid_by_provider(work, scheme.line_id, period)
    rows = simulate(
        past_stays(work, scheme.line_id, period),
        formula(version),
        period,
        today=paid,
        subcontracted=subcontracted(work, period.last),
        limits=limits,
    )
    labels = shown_units(work, [row.provider for row in rows])
    return Simulation(scheme, version, period, limits, tuple(rows), labels)


def _version(work: Work, scheme_id: int, number: int | None) -> SchemeVersion:
    query = select(SchemeVersion).where(col(SchemeVersion.scheme_id) == scheme_id)
    if number is not None:
        query = query.where(col(SchemeVersion.number) == number)
    found = work.session.scalars(query.order_by(col(SchemeVersion.number).desc()).limit(1)).first()
    if found is None:
        raise UnknownThing(field="version")
    return found


def limits_at(work: Work, day: date) -> Limits:
    """From where on signals are raised, on that day."""
    return Limits(
        work.parameter("outcome_threshold_window_days", day),
        work.parameter("outcome_threshold_exits_permille", day),
        work.parameter("category_drift_points", day),
    )


def past_stays(work: Work, line_id: int, period: Period) -> list[PastStay]:
    """The placements that a line paid on a day of the period, with category and verified outcomes."""
    last = (
        select(
            col(PlacementCategory.placement_id).label("placement_id"),
            col(PlacementCategory.code).label("code"),
            func.row_number()
            .over(
                partition_by=col(PlacementCategory.placement_id),
                order_by=(col(PlacementCategory.effective_on).desc(), col(PlacementCategory.id).desc()),
            )
            .label("place"),
        )
        .where(col(PlacementCategory.effective_on) < period.end)
        .subquery("last")
    )
    shown: list[Any] = [
        stays.c.placement_id, stays.c.provider_unit_id, stays.c.person_id, last.c.code, stays.c.starts_on,
        stays.c.ends_on, stays.c.exit_type, stays.c.contract_type, stays.c.contract_months,
    ]  # fmt: skip
    rows = work.session.execute(
        select(*shown)
        .outerjoin(last, (last.c.placement_id == stays.c.placement_id) & (last.c.place == 1))
        .where(
            stays.c.line_id == line_id,
            stays.c.provider_unit_id.is_not(None),
            stays.c.starts_on < period.end,
            stays.c.ends_on >= period.start,
        )
        .order_by(stays.c.placement_id)
    ).all()
    attested = _attested(work, line_id, period)
    return [
        PastStay(
            provider, person, code, starts_on, ends_on if exit_type is not None else None, exit_type,
            contract_type, contract_months, attested.get(placement, _NOBODY),
        )
        for placement, provider, person, code, starts_on, ends_on, exit_type, contract_type, contract_months
        in rows
    ]  # fmt: skip


def _attested(work: Work, line_id: int, period: Period) -> dict[int, dict[str, int]]:
    """The values of outcomes verified for the period, by placement and KPI."""
    found: dict[int, dict[str, int]] = {}
    rows = work.session.execute(
        select(col(Outcome.placement_id), col(Outcome.kpi), col(Outcome.value))
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
        .where(
            col(OutcomeScheme.line_id) == line_id,
            col(Outcome.state).in_(BOOKED),
            col(Outcome.due_on) >= period.start,
            col(Outcome.due_on) < period.end,
        )
    )
    for placement, kpi, value in rows:
        found.setdefault(placement, {})[kpi] = value
    return found


def paid_by_provider(work: Work, line_id: int, period: Period) -> dict[int, Chf]:
    """What the line paid by statement for the months that begin in the period, by the provider's unit."""
    paid = paid_between(period.start, period.end).subquery("paid")
    rows = work.session.execute(
        select(paid.c.agreement_id, func.sum(paid.c.amount))
        .where(paid.c.line_id == line_id)
        .group_by(paid.c.agreement_id)
    ).all()
    units = provider_units(work, [row[0] for row in rows])
    found: dict[int, Chf] = {}
    for agreement, sum_ in rows:
        unit = units[agreement]
        found[unit] = found.get(unit, Chf(0)) + Chf(int(sum_))
    return found


def subcontracted(work: Work, day: date) -> dict[int, int]:
    """How much of its mandate each provider lets others do on a day, in permille, by the provider's unit.

    Of several agreements the largest part counts.
    """
    rows = work.session.execute(
        select(col(Subcontractor.agreement_id), func.sum(col(Subcontractor.share_permille)))
        .where(
            col(Subcontractor.valid_from) <= day,
            or_(col(Subcontractor.valid_to).is_(None), col(Subcontractor.valid_to) > day),
        )
        .group_by(col(Subcontractor.agreement_id))
    ).all()
    units = provider_units(work, [row[0] for row in rows])
    found: dict[int, int] = {}
    for agreement, permille in rows:
        found[units[agreement]] = max(found.get(units[agreement], 0), int(permille))
    return found


def drift(work: Work, line_id: int, before: Period, after: Period, points: int) -> tuple[MixPart, ...]:
    """How the shares of categories moved from one period to another, of the placements set in each.

    A part is marked when it moved by more than so many points.
    """
    now, then = _set_in(work, line_id, after, before)
    return mix_of(now, then, points)


def _set_in(work: Work, line_id: int, *periods: Period) -> list[Counter[str]]:
    """The last category set for each placement of the line in each period, counted; in one statement."""
    day = col(PlacementCategory.effective_on)
    rows = work.session.execute(
        select(col(PlacementCategory.placement_id), col(PlacementCategory.code), day)
        .join(stays, stays.c.placement_id == col(PlacementCategory.placement_id))
        .where(stays.c.line_id == line_id, or_(*((day >= one.start) & (day < one.end) for one in periods)))
        .order_by(day, col(PlacementCategory.id))
    ).all()
    last: list[dict[int, str]] = [
        {placement: code for placement, code, on in rows if on in period} for period in periods
    ]
    return [Counter(one.values()) for one in last]
