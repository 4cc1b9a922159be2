"""Reads rounds: who may see them, one by its reference, its runs, its decisions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, select, true
from sqlmodel import col

from cii.access.permits import Permit
from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.allocation.writing import read_allocation, read_problem
from cii.kernel.errors import UnknownThing
from cii.rounds.tables import AllocationRound, RoundCandidate, RoundPin, RoundRun
from cii.store.work import Actor, Work


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Rounds concern every sector alike: whoever may see rounds sees all of them, nobody else any.

    What a run says of one case is another question: its case must be open to the reader.
    """
    return true() if Permit.SEE_ROUNDS in actor.permits else false()


def round_by_ref(work: Work, ref: str, *, hold: bool = False) -> AllocationRound:
    """The round, held until the transaction ends where asked; refuses UnknownThing."""
    query = select(AllocationRound).where(col(AllocationRound.ref) == ref, visible_to(work.actor))
    found = work.session.scalars(query.with_for_update() if hold else query).first()
    if found is None:
        raise UnknownThing(field="round_ref")
    return found


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run without its contents: numbers, who, when."""

    number: int
    candidates: int
    placed: int
    first_come: int
    objective: int
    bound: int
    gap_ppm: int
    rank: str
    persons_bound: int | None
    cost: object
    problem_digest: str
    result_digest: str
    computed_by: int
    computed_at: datetime


def runs_of(work: Work, round_id: int) -> list[RunRow]:
    """Every run of a round, the latest first."""
    names = RunRow.__slots__
    rows = work.session.execute(
        select(*(getattr(RoundRun, name) for name in names))
        .where(col(RoundRun.round_id) == round_id)
        .order_by(col(RoundRun.number).desc())
    )
    return [RunRow(*row) for row in rows]


def run_of(work: Work, round_id: int, number: int | None = None) -> RoundRun | None:
    """A run with its contents: the one of that number, or the latest; None where there is none."""
    query = select(RoundRun).where(col(RoundRun.round_id) == round_id)
    if number is not None:
        query = query.where(col(RoundRun.number) == number)
    return work.session.scalars(query.order_by(col(RoundRun.number).desc()).limit(1)).first()


def contents(run: RoundRun) -> tuple[Problem, Allocation]:
    """What a run was computed from, and what it came to, as they were kept."""
    return read_problem(run.problem), read_allocation(run.result)


def pins_of(work: Work, round_id: int, *, live: bool = True) -> list[RoundPin]:
    """The decisions of a round, oldest first; `live`: without those withdrawn."""
    query = select(RoundPin).where(col(RoundPin.round_id) == round_id)
    if live:
        query = query.where(col(RoundPin.withdrawn_at).is_(None))
    return list(work.session.scalars(query.order_by(col(RoundPin.id))))


def pin_by_ref(work: Work, round_id: int, ref: str) -> RoundPin:
    """A decision of a round, held until the transaction ends; refuses UnknownThing."""
    found = work.session.scalars(
        select(RoundPin).where(col(RoundPin.round_id) == round_id, col(RoundPin.ref) == ref).with_for_update()
    ).first()
    if found is None:
        raise UnknownThing(field="pin_ref")
    return found


def candidate_by_ref(work: Work, round_id: int, position: int) -> RoundCandidate:
    """A case of the latest run by its place in the order; refuses UnknownThing."""
    latest = select(func.max(col(RoundRun.id))).where(col(RoundRun.round_id) == round_id).scalar_subquery()
    found = work.session.scalars(
        select(RoundCandidate).where(
            col(RoundCandidate.run_id) == latest,
            col(RoundCandidate.position) == position,
            col(RoundCandidate.position) > 0,
        )
    ).first()
    if found is None:
        raise UnknownThing(field="candidate")
    return found


def positions_of(work: Work, round_id: int, case_ids: Collection[int]) -> dict[int, int]:
    """The place in the order that cases had in the last run they were in."""
    rows = work.session.execute(
        select(col(RoundCandidate.case_id), col(RoundCandidate.position))
        .join(RoundRun, col(RoundRun.id) == col(RoundCandidate.run_id))
        .where(col(RoundRun.round_id) == round_id, col(RoundCandidate.case_id).in_(case_ids))
        .where(col(RoundCandidate.position) > 0)
        .order_by(col(RoundRun.number))
    )
    return {case: position for case, position in rows}  # noqa: C416 - the later replaces the earlier
