"""Budgets: where the money of each line's year stands, and the movements behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.agreements.tables import Agreement
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.budgets.queries import movements_of, positions
from cii.budgets.rules import Position
from cii.budgets.vocabulary import EntryKind, Stage, YearState
from cii.institutions.queries import line_by_ref, lines_by_id
from cii.kernel.money import Chf
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-budgets", __name__, url_prefix=f"{PREFIX}/budgets")


@dataclass(frozen=True)
class YearAsked:
    """Which year; the present one when left out."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})


@dataclass(frozen=True)
class MovementsAsked(PageAsked):
    """Which movements: of a year, an agreement, a stage."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})
    agreement_ref: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class PositionShown:
    """A line's year; granted = available + committed + accrued + invoiced + paid."""

    line_ref: str
    line: str
    sector: str
    year: int
    state: YearState
    hard: bool
    granted: Chf
    available: Chf
    committed: Chf
    accrued: Chf
    invoiced: Chf
    paid: Chf
    warning: bool


@dataclass(frozen=True)
class MovementShown:
    """A sum that went from one stage to the next: when it took effect and was booked, by whom, for what."""

    entry_ref: str
    kind: EntryKind
    from_stage: Stage
    to_stage: Stage
    agreement_number: str | None
    amount: Chf
    effective_on: date
    origin_on: date | None
    booked_at: datetime
    source_kind: str
    actor: str
    reason: str | None


POSITION = only(
    PositionShown, "line_ref", "line", "sector", "year", "state", "hard", "granted", "available", "committed",
    "accrued", "invoiced", "paid", "warning", called="BudgetPositionAnswer",
)  # fmt: skip
MOVEMENT = only(
    MovementShown, "entry_ref", "kind", "from_stage", "to_stage", "agreement_number", "amount",
    "effective_on", "origin_on", "booked_at", "source_kind", "actor", "reason", called="MovementAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(YearAsked, location="query")
@blueprint.response(200, paged(POSITION))
def standing(asked: YearAsked) -> Page[PositionShown]:
    """Granted, available, committed, accrued, invoiced and paid of each line that I may read."""
    rows = positions(g.work, asked.year or g.work.today.year)
    lines = lines_by_id(g.work, {row.line_id for row in rows})
    return Page([_position(row, lines[row.line_id].ref) for row in rows])


@blueprint.get("/<ref:ref>/movements")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(MovementsAsked, location="query")
@blueprint.response(200, paged(MOVEMENT))
def moved(asked: MovementsAsked, ref: str) -> Page[MovementShown]:
    """The movements behind a line's year, the oldest first."""
    return _movements(asked, ref)


def _position(row: Position, ref: str) -> PositionShown:
    return PositionShown(
        ref, row.line, row.sector, row.year, row.state, row.hard, row.granted, row.available, row.committed,
        row.accrued, row.invoiced, row.paid, row.warning,
    )  # fmt: skip


def _movements(asked: MovementsAsked, ref: str) -> Page[MovementShown]:
    work, year = g.work, asked.year or g.work.today.year
    name = f"movements {ref} {year} {asked.agreement_ref or ''} {asked.stage or ''}"
    since = place(work.settings, name, asked.after)
    rows = movements_of(
        work,
        line_by_ref(work, ref).id or 0,
        year,
        agreement_id=agreement_by_ref(work, asked.agreement_ref).id if asked.agreement_ref else None,
        stage=asked.stage,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    named = agreements_by_id(work, {row.agreement_id for row in page.items if row.agreement_id})
    return Page([_movement(row, named) for row in page.items], page.next)


def _movement(row: Any, named: Mapping[int, Agreement]) -> MovementShown:  # noqa: ANN401 - a Core row
    agreement = named.get(row.agreement_id)
    return MovementShown(
        row.entry_ref, row.kind, row.from_stage, row.to_stage, agreement.number if agreement else None,
        row.amount, row.effective_on, row.origin_on, row.booked_at, row.source_kind, row.actor, row.reason,
    )  # fmt: skip
