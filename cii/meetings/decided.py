"""Reads of what the bodies decided, and of how it was followed; a guest reads none of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, false, func, select, true
from sqlmodel import col

from cii.coordination.queries import bodies_of
from cii.coordination.vocabulary import Body
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import Period
from cii.meetings.queries import reads_whole
from cii.meetings.rules import DECISION_MOVES
from cii.meetings.tables import BodyDecision, BodyDecisionStep, Meeting
from cii.meetings.vocabulary import DecisionEvent, DecisionKind, DecisionStand, DecisionState
from cii.store.work import Work

_decided: list[Any] = [
    col(BodyDecision.ref), col(BodyDecision.body), col(BodyDecision.year), col(BodyDecision.number),
    col(BodyDecision.kind), col(BodyDecision.subject_ref), col(BodyDecision.wording), col(BodyDecision.stand),
    col(BodyDecision.state), col(BodyDecision.owner_id), col(BodyDecision.due_on),
    col(BodyDecision.decided_on), col(BodyDecision.id), col(Meeting.ref).label("meeting_ref"),
]  # fmt: skip


def decisions(
    work: Work,
    *,
    body: Body | None = None,
    meeting_id: int | None = None,
    open_only: bool = False,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """What the bodies decided, the newest first; what is to be done, the nearest day first. None to guests.

    Rows: ref, body, year, number, kind, subject_ref, wording, stand, state, owner_id, due_on, decided_on, id,
    meeting_ref. `after`: the id of the last one shown, of the newest first.
    """
    query = select(*_decided).join(Meeting, col(Meeting.id) == col(BodyDecision.meeting_id))
    query = query.where(true() if reads_whole(work) else false())
    if body is not None:
        query = query.where(col(BodyDecision.body) == body)
    if meeting_id is not None:
        query = query.where(col(BodyDecision.meeting_id) == meeting_id)
    if after:
        query = query.where(col(BodyDecision.id) < after)
    if open_only:
        query = query.where(col(BodyDecision.state) == DecisionState.TO_DO)
        query = query.order_by(col(BodyDecision.due_on), col(BodyDecision.id))
    else:
        query = query.order_by(col(BodyDecision.id).desc())
    return work.session.execute(query.limit(limit)).all()


def decided_in(work: Work, period: Period, known_at: datetime) -> Sequence[Row[Any]]:
    """What the bodies decided in a period, as known at a moment, by day; no visibility, for what is frozen.

    Rows: ref, body, year, number, kind, wording, stand, owner_id, due_on, decided_on, state (as known then).
    """
    step = BodyDecisionStep
    last = (
        select(
            col(step.decision_id).label("decision_id"),
            col(step.state).label("state"),
            func.row_number()
            .over(partition_by=col(step.decision_id), order_by=col(step.id).desc())
            .label("age"),
        )
        .where(col(step.recorded_at) <= known_at)
        .subquery("last")
    )
    shown: list[Any] = [
        col(BodyDecision.ref), col(BodyDecision.body), col(BodyDecision.year), col(BodyDecision.number),
        col(BodyDecision.kind), col(BodyDecision.wording), col(BodyDecision.stand),
        col(BodyDecision.owner_id), col(BodyDecision.due_on), col(BodyDecision.decided_on), last.c.state,
    ]  # fmt: skip
    return work.session.execute(
        select(*shown)
        .join(last, (last.c.decision_id == col(BodyDecision.id)) & (last.c.age == 1))
        .where(
            col(BodyDecision.decided_on) >= period.start,
            col(BodyDecision.decided_on) < period.end,
            col(BodyDecision.recorded_at) <= known_at,
        )
        .order_by(col(BodyDecision.decided_on), col(BodyDecision.id))
    ).all()


def decision_by_ref(work: Work, ref: str) -> BodyDecision:
    """The decision with this outward name; refuses UnknownThing, to guests too."""
    found = work.session.scalars(select(BodyDecision).where(col(BodyDecision.ref) == ref)).first()
    if found is None or not reads_whole(work):
        raise UnknownThing(field="decision")
    return found


def approval_of(work: Work, kind: DecisionKind, subject_ref: str) -> str | None:
    """The number of the newest decision that approved this of a subject; None where none did."""
    row = work.session.execute(
        select(col(BodyDecision.year), col(BodyDecision.number), col(BodyDecision.stand))
        .where(
            col(BodyDecision.kind) == kind,
            col(BodyDecision.subject_ref) == subject_ref,
            col(BodyDecision.body) == Body.STEERING,
        )
        .order_by(col(BodyDecision.id).desc())
        .limit(1)
    ).first()
    return f"{row.year}-{row.number}" if row is not None and row.stand is DecisionStand.APPROVED else None


def decision_moves(work: Work, row: BodyDecision) -> tuple[DecisionEvent, ...]:
    """What the actor may do with a decision of its own body."""
    return open_moves(DECISION_MOVES, row.state) if row.body in bodies_of(work.actor) else ()


def decision_steps(work: Work, row: BodyDecision) -> Sequence[BodyDecisionStep]:
    """How a decision was followed, in order; the caller started its read there."""
    return work.session.scalars(
        select(BodyDecisionStep)
        .where(col(BodyDecisionStep.decision_id) == row.id)
        .order_by(col(BodyDecisionStep.id))
    ).all()


def next_number(work: Work, body: Body, year: int) -> int:
    """The number of a body's next decision in a year."""
    highest = work.session.scalars(
        select(func.max(col(BodyDecision.number))).where(
            col(BodyDecision.body) == body, col(BodyDecision.year) == year
        )
    ).one()
    return (highest or 0) + 1
