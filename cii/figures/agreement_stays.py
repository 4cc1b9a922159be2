"""The stays that an agreement pays, one row each by its ref, as known at a moment."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.figures.attendance import attended_months
from cii.figures.facts import stays
from cii.kernel.digest import plain_rows
from cii.kernel.period import Period
from cii.measures.tables import Measure
from cii.placements.tables import Placement, PlacementEvent, PlacementShare
from cii.store.work import Work


def agreement_stays(
    work: Work, agreement_id: int, period: Period, known_at: datetime
) -> list[dict[str, Any]]:
    """Stays of the period of which the agreement pays a share, by ref; without names.

    Fields: ref, kind (of the measure), starts_on, started_on, last, ended_on, exit_type, contract_type,
    contract_months, days (attended in the period), months (of the period with an attested day).
    """
    held, facts = stays(known_at), col(PlacementEvent.facts)
    shown: list[Any] = [
        col(Placement.ref), col(Measure.kind), held.c.starts_on, held.c.started_on, held.c.last,
        held.c.ended_on, facts["exit_type"].as_string().label("exit_type"),
        facts["contract_type"].as_string().label("contract_type"),
        facts["contract_months"].as_integer().label("contract_months"),
    ]  # fmt: skip
    paid = select(col(PlacementShare.placement_id)).where(col(PlacementShare.agreement_id) == agreement_id)
    rows = work.session.execute(
        select(*shown)
        .join(Placement, col(Placement.id) == held.c.placement_id)
        .join(Measure, col(Measure.id) == held.c.measure_id)
        .outerjoin(PlacementEvent, col(PlacementEvent.id) == held.c.exit_id)
        .where(
            held.c.starts_on <= period.last,
            held.c.last >= period.start,
            held.c.placement_id.in_(paid),
        )
    ).all()
    days, months = _attended(work, period, known_at)
    return plain_rows(
        (
            {**row._mapping, "days": days.get(row.ref, 0), "months": months.get(row.ref, 0)}  # noqa: SLF001
            for row in rows
        ),
        "ref",
    )


def _attended(work: Work, period: Period, known_at: datetime) -> tuple[Mapping[str, int], Mapping[str, int]]:
    days: Counter[str] = Counter()
    months: defaultdict[str, int] = defaultdict(int)
    for row in attended_months(work, period, known_at):
        days[row.ref] += int(row.present)
        months[row.ref] += int(row.present) + int(row.absent) > 0
    return days, months


def left_in(row: Mapping[str, Any], period: Period) -> bool:
    """Whether the stay of a row ended in the period; pure."""
    return row["ended_on"] is not None and date.fromisoformat(row["ended_on"]) in period
