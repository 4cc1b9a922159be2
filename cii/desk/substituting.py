"""Who stands in for whom: a member of the same unit, from a day to a day, under their own name.

A substitute sees and does what their own seat in the unit allows, never more: this room opens nothing. It
shows the absent member's tasks and keeps in which cases somebody acts in their place. Source: product.md §8.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.permits import Permit
from cii.access.queries import account_names, case_visible, members_of
from cii.access.vocabulary import Role
from cii.cases.queries import cases_by_id
from cii.desk.rules import (
    AbsentIsSubstitute,
    NotOfYourUnit,
    NotStandingIn,
    SubstitutionDates,
    SubstitutionMeets,
    SubstitutionOver,
)
from cii.desk.tables import SubstitutedCase, Substitution
from cii.desk.vocabulary import StandIn
from cii.institutions.queries import UnitLabel, unit_by_ref, units_by_id
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.store.work import Work
from cii.workflow.actions import hand_to
from cii.workflow.inbox import CASE, TASKS
from cii.workflow.queries import task_by_ref


@dataclass(frozen=True)
class AgreeSubstitution:
    """Somebody of a unit of mine stands in for another, from the first to the last day, both counted."""

    unit_ref: str
    absent_ref: str
    substitute_ref: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class TakeForAbsent:
    """Tasks of somebody for whom I stand in, which I take upon me."""

    refs: tuple[str, ...] = field(metadata={"min": 1, "max": 100})


@dataclass(frozen=True, slots=True)
class Standing:
    """A substitution as lists show it; `live`: it holds today, `mine`: I may end it."""

    ref: str
    absent_id: int
    absent: str
    substitute_id: int
    substitute: str
    unit_id: int
    unit: UnitLabel
    first_day: date
    last_day: date
    live: bool
    mine: bool


def agree_substitution(work: Work, ask: AgreeSubstitution) -> Substitution:
    """Agree on who stands in; for oneself, or as the unit's supervisor for a member.

    Refuses: UnknownThing (a unit that is not mine), NotAllowed (for somebody else), and all at once
    NotOfYourUnit, AbsentIsSubstitute, SubstitutionDates; then SubstitutionMeets.
    """
    unit_id = _own_unit(work, ask.unit_ref)
    members = {one.ref: one.id or 0 for one in members_of(work, unit_id)}
    absent, substitute = members.get(ask.absent_ref), members.get(ask.substitute_ref)
    if absent is not None and absent != work.actor.account_id and not supervises(work, unit_id):
        raise NotAllowed(act="substitution")
    found: list[Refusal] = [
        NotOfYourUnit(field=name)
        for name, account in (("absent_ref", absent), ("substitute_ref", substitute))
        if account is None
    ]
    if absent is not None and absent == substitute:
        found.append(AbsentIsSubstitute(field="substitute_ref"))
    if ask.last_day < ask.first_day or ask.last_day < work.today:
        found.append(SubstitutionDates(field="last_day", today=work.today))
    refuse(found)
    row = Substitution(
        account_id=absent or 0, substitute_id=substitute or 0, unit_id=unit_id, first_day=ask.first_day,
        last_day=ask.last_day, made_at=work.now, made_by=work.actor.account_id,
    )  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError as clash:
        raise SubstitutionMeets(field="first_day") from clash
    _wrote(work, "agree_substitution", row)
    return row


def revoke_substitution(work: Work, ref: str) -> None:
    """End a substitution before its last day; refuses UnknownThing, SubstitutionOver."""
    row = work.session.exec(
        select(Substitution).where(
            col(Substitution.ref) == ref, col(Substitution.unit_id).in_(work.actor.units)
        )
    ).first()
    if row is None or not (row.account_id == work.actor.account_id or supervises(work, row.unit_id)):
        raise UnknownThing(field="substitution")
    if row.state is StandIn.REVOKED or row.last_day < work.today:
        raise SubstitutionOver
    row.state, row.revoked_at, row.revoked_by = StandIn.REVOKED, work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    _wrote(work, "revoke_substitution", row)


def supervises(work: Work, unit_id: int) -> bool:
    """Whether the actor is a supervisor in the unit."""
    return any(seat.unit_id == unit_id and seat.role == Role.SUPERVISOR for seat in work.actor.seats)


def _own_unit(work: Work, ref: str) -> int:
    unit = unit_by_ref(work, ref)
    if unit.id not in work.actor.units:
        raise UnknownThing(field="unit")
    return unit.id or 0


def _wrote(work: Work, act: str, row: Substitution) -> None:
    wrote(
        work, act, "substitution", row.id, ref=row.ref, unit_id=row.unit_id,
        payload={
            "absent": row.account_id, "substitute": row.substitute_id,
            "from": row.first_day.isoformat(), "to": row.last_day.isoformat(),
        },
    )  # fmt: skip


def substitutions(work: Work) -> list[Standing]:
    """The substitutions that go on or come: mine, those I take on, as supervisor all of the unit."""
    me = work.actor.account_id or 0
    led = [one for one in work.actor.units if supervises(work, one)]
    return _shown(
        work,
        work.session.exec(
            select(Substitution)
            .where(
                col(Substitution.unit_id).in_(work.actor.units),
                col(Substitution.state) == StandIn.AGREED,
                col(Substitution.last_day) >= work.today,
                or_(
                    col(Substitution.account_id) == me,
                    col(Substitution.substitute_id) == me,
                    col(Substitution.unit_id).in_(led),
                ),
            )
            .order_by(col(Substitution.first_day), col(Substitution.id))
        ).all(),
    )


def standing_in_today(work: Work) -> list[Standing]:
    """For whom I stand in today, in units in which I still have a seat."""
    me = work.actor.account_id or 0
    return [one for one in substitutions(work) if one.live and one.substitute_id == me]


def absent_today(work: Work, unit_id: int) -> set[int]:
    """The members of the unit for whom somebody stands in today."""
    return set(
        work.session.exec(
            select(Substitution.account_id).where(
                col(Substitution.unit_id) == unit_id,
                col(Substitution.state) == StandIn.AGREED,
                col(Substitution.first_day) <= work.today,
                col(Substitution.last_day) >= work.today,
            )
        )
    )


def _shown(work: Work, rows: Sequence[Substitution]) -> list[Standing]:
    names = account_names(work, {id_ for one in rows for id_ in (one.account_id, one.substitute_id)})
    units = units_by_id(work, {one.unit_id for one in rows})
    return [
        Standing(
            one.ref, one.account_id, names[one.account_id], one.substitute_id, names[one.substitute_id],
            one.unit_id, units[one.unit_id], one.first_day, one.last_day, one.first_day <= work.today,
            one.account_id == work.actor.account_id or supervises(work, one.unit_id),
        )
        for one in rows
    ]  # fmt: skip


def tasks_in_place(work: Work, standing: Sequence[Standing]) -> list[ColumnElement[bool]]:
    """The absent members' tasks as a condition on my unit's inbox; of cases only those that I may see."""
    theirs = [and_(TASKS.account_id == one.absent_id, TASKS.unit_id == one.unit_id) for one in standing]
    seen = or_(TASKS.subject != CASE, case_visible(TASKS.subject_id, work.actor, work.now))
    return [or_(*theirs) if theirs else false(), seen]


def take_for_absent(work: Work, ask: TakeForAbsent) -> None:
    """Take tasks of those for whom I stand in today, all or none; the case keeps in whose place I act.

    Refuses: NotAllowed (without a desk), UnknownThing (also a case that I may not see), NotStandingIn.
    """
    if Permit.SEE_DESK.value not in work.actor.permits:
        raise NotAllowed
    standing = {(one.absent_id, one.unit_id): one for one in standing_in_today(work)}
    for ref in dict.fromkeys(ask.refs):
        task = task_by_ref(work, ref)
        held = standing.get((task.account_id or 0, task.unit_id or 0))
        if task.subject == CASE and task.subject_id not in cases_by_id(work, [task.subject_id]):
            raise UnknownThing(what="task")
        if held is None:
            raise NotStandingIn
        hand_to(work, task, held.substitute_id)
        row = work.session.exec(select(Substitution).where(col(Substitution.ref) == held.ref)).one()
        if task.subject == CASE:
            _acts_in(work, row, task.subject_id)
        wrote(
            work, "take_for_absent", task.subject, task.subject_id, ref=task.subject_ref,
            person_id=task.person_id, unit_id=task.unit_id, payload={"for": held.absent},
        )  # fmt: skip


def _acts_in(work: Work, row: Substitution, case_id: int) -> None:
    known = work.session.exec(
        select(SubstitutedCase.id).where(
            col(SubstitutedCase.substitution_id) == row.id, col(SubstitutedCase.case_id) == case_id
        )
    ).first()
    if known is None:
        work.session.add(SubstitutedCase(substitution_id=row.id or 0, case_id=case_id, at=work.now))
        work.session.flush()


@dataclass(frozen=True, slots=True)
class InPlace:
    """Somebody acts in a case in the place of another, from a moment to a moment."""

    account_id: int
    absent: str
    since: datetime
    until: datetime


def in_place_of(work: Work, case_ids: Iterable[int]) -> list[tuple[str, date]]:
    """In whose place the actor acts today in one of these cases, and until which day."""
    ids = set(case_ids)
    if not ids or work.actor.account_id is None:
        return []
    rows = work.session.exec(
        select(Substitution)
        .where(
            col(Substitution.substitute_id) == work.actor.account_id,
            col(Substitution.state) == StandIn.AGREED,
            col(Substitution.first_day) <= work.today,
            col(Substitution.last_day) >= work.today,
            col(Substitution.id).in_(
                select(SubstitutedCase.substitution_id).where(col(SubstitutedCase.case_id).in_(ids))
            ),
        )
        .order_by(col(Substitution.id))
    ).all()
    names = account_names(work, {one.account_id for one in rows})
    return [(names.get(one.account_id, "–"), one.last_day) for one in rows]


def acted_in_place(work: Work, case_id: int) -> list[InPlace]:
    """Who acted in this case in whose place, and when; the caller has shown the case."""
    rows = work.session.exec(
        select(SubstitutedCase, Substitution)
        .join(Substitution, col(Substitution.id) == col(SubstitutedCase.substitution_id))
        .where(col(SubstitutedCase.case_id) == case_id)
        .order_by(col(SubstitutedCase.id))
    ).all()
    names = account_names(work, {held.account_id for _, held in rows})
    return [
        InPlace(
            held.substitute_id,
            names.get(held.account_id, "–"),
            kept.at,
            held.revoked_at or local_midnight(held.last_day + timedelta(days=1)),
        )
        for kept, held in rows
    ]
