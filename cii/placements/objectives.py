"""The individual objectives of a placement: set by who placed the person, signed by the person.

Each has the day of its balance. Nothing is overwritten: further objectives are further rows, until they are
signed together. Source: federal guide (000) §4.1, indications 6, 24, 35; product.md P6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.placements.queries import placement_by_ref
from cii.placements.rules import OutsideThePlacement
from cii.placements.tables import IndividualObjective, Placement
from cii.placements.vocabulary import FINANCED, SignedHow
from cii.store.locks import one_at_a_time
from cii.store.work import Work


class ObjectiveEmpty(Refusal):
    """An objective says what is to be reached."""

    code = "objective-empty"


class PlacementNotRunning(Refusal):
    """Objectives are agreed for a place that is held, running or over, not for one refused or called off."""

    code, kind = "placement-not-running", "conflict"


class SignatureDay(Refusal):
    """A signature on paper lies between the day the objectives were set (`first`) and today (`last`)."""

    code = "signature-day"


class NothingToSign(Refusal):
    """No objective of the placement waits for the person's signature."""

    code, kind = "nothing-to-sign", "conflict"


@dataclass(frozen=True)
class ObjectiveAsk:
    """What is to be reached, and on which day it is looked at."""

    goal: str = field(metadata={"max": 1000})
    balance_on: date


@dataclass(frozen=True)
class SetObjectives:
    """Objectives of a placement, added to those it has."""

    placement_ref: str
    objectives: tuple[ObjectiveAsk, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective as it is shown; `signed_at` is the person's signature."""

    number: int
    goal: str
    balance_on: date
    signed_at: datetime | None
    signed_how: SignedHow | None
    signed_on: date | None = None


@dataclass(frozen=True)
class SignOnPaper:
    """The person has signed the objectives of a placement on paper; on which day."""

    placement_ref: str
    signed_on: date


def set_objectives(work: Work, ask: SetObjectives) -> Placement:
    """Add objectives, each with its day of balance within the placement.

    Refuses, all at once: ObjectiveEmpty, OutsideThePlacement; before: UnknownThing, NotAllowed,
    PlacementNotRunning.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    if Section.PLACEMENT not in sections_on_case(work, placement.case_id)[1]:
        raise NotAllowed
    if placement.state not in FINANCED:
        raise PlacementNotRunning(state=placement.state)
    faults: list[Refusal] = [] if ask.objectives else [ObjectiveEmpty(field="objectives-0-goal")]
    for at, one in enumerate(ask.objectives):
        if not one.goal.strip():
            faults.append(ObjectiveEmpty(field=f"objectives.{at}.goal"))
        if not placement.starts_on <= one.balance_on <= placement.planned_end:
            faults.append(
                OutsideThePlacement(
                    field=f"objectives.{at}.balance_on",
                    day=one.balance_on,
                    first=placement.starts_on,
                    last=placement.planned_end,
                )
            )
    refuse(faults)
    one_at_a_time(work.session, f"objectives {placement.id}")
    known = len(objectives_of(work, placement.id or 0))
    for at, one in enumerate(ask.objectives, known + 1):
        work.session.add(
            IndividualObjective(
                placement_id=placement.id or 0,
                number=at,
                goal=one.goal.strip(),
                balance_on=one.balance_on,
                set_at=work.now,
                account_id=work.actor.account_id,
                unit_id=next(iter(work.actor.units), None),
            )
        )
    work.session.flush()
    _wrote(work, "set_objectives", placement, objectives=len(ask.objectives))
    return placement


def sign_objectives(work: Work, placement_ref: str, how: SignedHow) -> Sequence[ObjectiveView]:
    """The person signs every objective that is not signed yet; refuses UnknownThing, NothingToSign."""
    placement = placement_by_ref(work, placement_ref)
    return _signed(work, placement, _waiting(work, placement), how, work.today)


def sign_on_paper(work: Work, ask: SignOnPaper) -> Sequence[ObjectiveView]:
    """Record that the person has signed on paper every objective that is not signed yet.

    Refuses: UnknownThing, NotAllowed, NothingToSign, SignatureDay.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    if Section.PLACEMENT not in sections_on_case(work, placement.case_id)[1]:
        raise NotAllowed
    rows = _waiting(work, placement)
    first = max(local_day(one.set_at) for one in rows)
    if not first <= ask.signed_on <= work.today:
        raise SignatureDay(field="signed_on", first=first, last=work.today)
    return _signed(work, placement, rows, SignedHow.SIGNED_PAPER, ask.signed_on)


def _waiting(work: Work, placement: Placement) -> Sequence[IndividualObjective]:
    """The objectives that wait for the signature, held until the transaction ends; refuses NothingToSign."""
    rows = work.session.scalars(
        select(IndividualObjective)
        .where(
            col(IndividualObjective.placement_id) == placement.id,
            col(IndividualObjective.signed_at).is_(None),
        )
        .order_by(col(IndividualObjective.number))
        .with_for_update()
    ).all()
    if not rows:
        raise NothingToSign
    return rows


def _signed(
    work: Work, placement: Placement, rows: Sequence[IndividualObjective], how: SignedHow, on: date
) -> Sequence[ObjectiveView]:
    for row in rows:
        row.signed_at, row.signed_how, row.signed_on = work.now, how, on
        work.session.add(row)
    work.session.flush()
    _wrote(work, "sign_objectives", placement, objectives=len(rows), how=how.value, signed_on=on.isoformat())
    return objectives_of(work, placement.id or 0)


def objectives_of(work: Work, placement_id: int) -> list[ObjectiveView]:
    """The objectives of a placement that the caller has seen, in their order."""
    rows = work.session.scalars(
        select(IndividualObjective)
        .where(col(IndividualObjective.placement_id) == placement_id)
        .order_by(col(IndividualObjective.number))
    )
    return [
        ObjectiveView(one.number, one.goal, one.balance_on, one.signed_at, one.signed_how, one.signed_on)
        for one in rows
    ]


def _wrote(work: Work, act: str, placement: Placement, **told: object) -> None:
    wrote(
        work,
        act,
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload=told,
    )
