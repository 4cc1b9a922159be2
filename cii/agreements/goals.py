"""Objectives of an open agreement, set and taken out with their indicators."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.tables import Agreement, Indicator, Objective
from cii.agreements.vocabulary import (
    Direction,
    IndicatorUnit,
    Interruptions,
    ObjectiveKind,
    ObjectiveLevel,
    Standing,
)
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


@dataclass(frozen=True)
class GaugeWish:
    """How an objective is measured; percentages in permille, francs in centimes (i.10, i.11)."""

    code: str = field(metadata={"min": 1, "max": 60})
    title: str = field(metadata={"min": 1, "max": 200})
    unit: IndicatorUnit
    direction: Direction
    target: int = field(metadata={"min": 0})
    source: str = field(metadata={"min": 1, "max": 120})
    minimum: int | None = field(default=None, metadata={"min": 0})
    interruptions: Interruptions | None = None


@dataclass(frozen=True)
class GoalWish:
    """An objective as it is to stand."""

    level: ObjectiveLevel
    kind: ObjectiveKind
    standing: Standing
    wording: str
    owner: str
    rank: int | None
    weight: int | None
    basic: bool
    gauges: tuple[GaugeWish, ...]


def goal_by_ref(work: Work, agreement_id: int, ref: str) -> Objective:
    """The objective of this agreement; refuses UnknownThing."""
    found = work.session.scalars(
        select(Objective).where(col(Objective.agreement_id) == agreement_id, col(Objective.ref) == ref)
    ).first()
    if found is None:
        raise UnknownThing(field="goal_ref")
    return found


def taken_codes(work: Work, agreement_id: int, *, but: Objective | None = None) -> frozenset[str]:
    """Names of the indicators of the agreement's other objectives."""
    wanted = select(col(Indicator.code)).where(col(Indicator.agreement_id) == agreement_id)
    if but is not None:
        wanted = wanted.where(col(Indicator.objective_id) != but.id)
    return frozenset(work.session.scalars(wanted))


def keep_goal(work: Work, agreement: Agreement, wish: GoalWish, known: Objective | None) -> Objective:
    """Write the objective as wished: an indicator that keeps its name keeps its row.

    Its title is written in the agreement's language; titles in other languages stay.
    """
    row = known or Objective(
        agreement_id=agreement.id or 0, level=wish.level, wording=wish.wording, owner=wish.owner
    )
    for name in ("level", "kind", "standing", "wording", "owner", "rank", "weight", "basic"):
        setattr(row, name, getattr(wish, name))
    work.session.add(row)
    work.session.flush()
    held = {one.code: one for one in _gauges(work, row)}
    for one in wish.gauges:
        gauge = held.pop(one.code, None) or Indicator(
            agreement_id=agreement.id or 0,
            objective_id=row.id or 0,
            code=one.code,
            title={},
            unit=one.unit,
            direction=one.direction,
            target=one.target,
            source=one.source,
        )
        gauge.title = {**gauge.title, agreement.lang: one.title}
        for name in ("unit", "direction", "target", "minimum", "source", "interruptions"):
            setattr(gauge, name, getattr(one, name))
        work.session.add(gauge)
    for gone in held.values():
        work.session.delete(gone)
    work.session.flush()
    return row


def remove_goal(work: Work, row: Objective) -> None:
    """Take an objective of an open agreement out, its indicators first."""
    for one in _gauges(work, row):
        work.session.delete(one)
    work.session.flush()
    work.session.delete(row)
    work.session.flush()


def _gauges(work: Work, row: Objective) -> Sequence[Indicator]:
    return work.session.scalars(
        select(Indicator).where(col(Indicator.objective_id) == row.id).order_by(col(Indicator.id))
    ).all()
