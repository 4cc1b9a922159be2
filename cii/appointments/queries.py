"""Reads of talks and visits; each starts at an agreement that the actor may see.

That payer and provider met is told to whoever sees the agreement; what was said, to these two only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.bound import binds, bound_seen
from cii.agreements.owed import last_received
from cii.agreements.queries import may_write
from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement
from cii.appointments.rules import FirstStep, next_talk, state_of
from cii.appointments.tables import Appointment, AppointmentRemark, TalkPoint
from cii.appointments.vocabulary import AppointmentKind, AppointmentState
from cii.conventions.parts_conduct import Talks
from cii.conventions.queries import talks_agreed
from cii.conventions.vocabulary import TalkPurpose
from cii.institutions.queries import unit_told, with_units
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.kernel.period import months_later
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A talk or a visit as a list tells it."""

    ref: str
    kind: AppointmentKind
    agreement_ref: str
    number: str
    starts_at: datetime
    place: str
    state: AppointmentState
    held_on: date | None
    provider: Any = None


@dataclass(frozen=True, slots=True)
class TalkDue:
    """An agreement in force whose next talk is to be arranged: by when, and when the last one was."""

    agreement_ref: str
    number: str
    times_a_year: int
    due_on: date
    last_on: date | None
    prepared_by: int | None
    unit_id: int
    provider: Any = None


@dataclass(frozen=True, slots=True)
class Point:
    """A purpose on the agenda, with its minutes once they were written and where they are open."""

    purpose: TalkPurpose
    minutes: str | None


@dataclass(frozen=True, slots=True)
class AppointmentShown:
    """A talk or a visit in full, and what the reader may do; `opens`: whether it reads what was said."""

    ref: str
    kind: AppointmentKind
    agreement_ref: str
    number: str
    starts_at: datetime
    place: str
    state: AppointmentState
    version: int
    criterion: str | None
    reason: str | None
    first_talk_ref: str | None
    held_on: date | None
    points: tuple[Point, ...]
    outcome: str | None
    cancelled_why: str | None
    remark: str | None
    remarked_at: datetime | None
    opens: bool
    may_lead: bool
    may_remark: bool


def appointments_seen(work: Work, *, agreement_ref: str | None = None) -> list[AppointmentRow]:
    """Talks and visits of the agreements that are the actor's own to lead or to keep, the newest first.

    Narrowed to one agreement, those of any agreement that the actor may see.
    """
    own = agreement_ref is None and not work.actor.has_role(Role.PROVIDER)
    bound = bound_seen(work.actor, own=own).subquery("bound")
    query = (
        select(Appointment, bound)
        .join(bound, bound.c.agreement_id == col(Appointment.agreement_id))
        .order_by(col(Appointment.starts_at).desc(), col(Appointment.id).desc())
        .limit(500)
    )
    if agreement_ref is not None:
        query = query.where(bound.c.agreement_ref == agreement_ref)
    found = work.session.execute(with_units(query, work.actor, provider=bound.c.unit_id))
    return [_row(row) for row in found]


def talks_due(work: Work, until: date, *, agreement_ref: str | None = None) -> list[TalkDue]:
    """Agreements in force whose next talk is due by that day and not planned, the earliest first.

    Those that the actor leads (for the house: all), by the rhythm that each agreed.
    """
    bound = bound_seen(work.actor, own=True).subquery("bound")
    query = with_units(select(bound), work.actor, provider=bound.c.unit_id)
    query = query.where(bound.c.state.in_(LIVING_STATES), bound.c.valid_from <= work.today)
    if agreement_ref is not None:
        query = query.where(bound.c.agreement_ref == agreement_ref)
    rows = work.session.execute(query).all()
    agreed = talks_agreed(work, (row.agreement_id for row in rows))
    rows = [row for row in rows if _rhythm(agreed.get(row.agreement_id))]
    last, planned = _talks_of(work, (row.agreement_id for row in rows))
    due = [
        _due(row, _rhythm(agreed[row.agreement_id]), last.get(row.agreement_id))
        for row in rows
        if row.agreement_id not in planned
    ]
    return sorted((one for one in due if one.due_on <= until), key=lambda one: (one.due_on, one.number))


def appointment(work: Work, ref: str) -> tuple[Appointment, Agreement]:
    """A talk or a visit with its agreement, when the actor may see this one; refuses UnknownThing."""
    bound = bound_seen(work.actor).subquery("bound")
    found = work.session.execute(
        select(Appointment, bound.c.agreement_ref)
        .join(bound, bound.c.agreement_id == col(Appointment.agreement_id))
        .where(col(Appointment.ref) == ref)
    ).first()
    if found is None:
        raise UnknownThing(field="appointment_ref")
    return found[0], binds(work, found[1])[0]


def appointment_shown(work: Work, ref: str) -> AppointmentShown:
    """A talk or a visit as the actor may read it; refuses UnknownThing."""
    held, agreement = appointment(work, ref)
    leads, keeps = may_write(work, agreement), of_provider(work, held)
    opens = leads or keeps
    if opens:
        work.saw("agreement", [agreement.id or 0], 0, "appointment")
    state = state_of(held.held_on, held.cancelled_why)
    first = work.session.get(Appointment, held.first_talk_id) if held.first_talk_id else None
    said = remark_of(work, held)
    return AppointmentShown(
        ref=held.ref,
        kind=held.kind,
        agreement_ref=agreement.ref,
        number=agreement.number,
        starts_at=held.starts_at,
        place=held.place,
        state=state,
        version=version_of(held, said),
        criterion=held.criterion if opens else None,
        reason=held.reason if opens else None,
        first_talk_ref=first.ref if first else None,
        held_on=held.held_on,
        points=tuple(Point(one.purpose, one.minutes if opens else None) for one in points_of(work, held)),
        outcome=held.outcome if opens else None,
        cancelled_why=held.cancelled_why if opens else None,
        remark=said.wording if said and opens else None,
        remarked_at=said.recorded_at if said else None,
        opens=opens,
        may_lead=leads and state is AppointmentState.PLANNED,
        may_remark=keeps and state is AppointmentState.HELD and said is None,
    )


def points_of(work: Work, held: Appointment) -> Sequence[TalkPoint]:
    """The agenda of a talk that was read."""
    wanted = select(TalkPoint).where(col(TalkPoint.appointment_id) == held.id).order_by(col(TalkPoint.id))
    return work.session.scalars(wanted).all()


def remark_of(work: Work, held: Appointment) -> AppointmentRemark | None:
    """What the provider has remarked on it, if anything."""
    wanted = select(AppointmentRemark).where(col(AppointmentRemark.appointment_id) == held.id)
    return work.session.scalars(wanted).first()


def version_of(held: Appointment, said: AppointmentRemark | None) -> int:
    """Counts what has happened: moved, held, cancelled, remarked on."""
    once = (held.held_on, held.cancelled_why, said)
    return 1 + held.moves + sum(one is not None for one in once)


def of_provider(work: Work, held: Appointment) -> bool:
    """Whether the actor acts for the provider of the appointment's agreement."""
    bound = bound_seen(work.actor).subquery("bound")
    unit = work.session.scalar(select(bound.c.unit_id).where(bound.c.agreement_id == held.agreement_id))
    return work.actor.has_role(Role.PROVIDER) and unit in work.actor.units


def first_step(work: Work, agreement: Agreement, agreed: Talks) -> tuple[FirstStep, Appointment | None]:
    """What is known before a visit, and the talk that it may follow.

    What came in and was held under the agreement, or under the one that it follows.
    """
    since = months_later(work.today, -work.parameter("visit_first_step_months"))
    ids = [agreement.id or 0, *([agreement.follows_id] if agreement.follows_id else [])]
    came = max(last_received(work, ids).values(), default=None)
    talk = work.session.scalars(
        select(Appointment)
        .where(
            col(Appointment.agreement_id).in_(ids),
            col(Appointment.kind) == AppointmentKind.TALK,
            col(Appointment.held_on) >= since,
        )
        .order_by(col(Appointment.held_on).desc(), col(Appointment.id).desc())
    ).first()
    return FirstStep(
        visits=agreed.visits,
        criteria=bool(agreed.visit_criteria.strip()),
        since=since,
        reported=came is not None and came >= since,
        talked=talk is not None,
    ), talk


def appointments_planned(work: Work, days: Iterable[date]) -> Iterator[tuple[Appointment, Row[Any]]]:
    """What is planned with all agreements and neither held nor cancelled, for the nightly job."""
    bound = bound_seen(work.actor).subquery("bound")
    wanted = set(days)
    rows = work.session.execute(
        select(Appointment, bound)
        .join(bound, bound.c.agreement_id == col(Appointment.agreement_id))
        .where(col(Appointment.held_on).is_(None), col(Appointment.cancelled_why).is_(None))
        .order_by(col(Appointment.id))
    )
    for row in rows:
        if local_day(row[0].starts_at) in wanted:
            yield row[0], row


def _rhythm(agreed: Talks | None) -> int:
    return (agreed.times_a_year or 0) if agreed else 0


def _talks_of(work: Work, agreement_ids: Iterable[int]) -> tuple[Mapping[int, date], frozenset[int]]:
    """The day of the last talk held, by agreement, and the agreements with one planned."""
    wanted = set(agreement_ids)
    of_these = (col(Appointment.agreement_id).in_(wanted), col(Appointment.kind) == AppointmentKind.TALK)
    held = work.session.execute(
        select(col(Appointment.agreement_id), func.max(col(Appointment.held_on)))
        .where(*of_these, col(Appointment.held_on).is_not(None))
        .group_by(col(Appointment.agreement_id))
    )
    planned = work.session.scalars(
        select(col(Appointment.agreement_id)).where(
            *of_these, col(Appointment.held_on).is_(None), col(Appointment.cancelled_why).is_(None)
        )
    )
    return {row[0]: row[1] for row in held}, frozenset(planned)


def _due(row: Row[Any], times: int, last: date | None) -> TalkDue:
    return TalkDue(
        row.agreement_ref, row.number, times, next_talk(row.valid_from, last, times), last, row.prepared_by,
        row.unit_id, unit_told(row, "provider"),
    )  # fmt: skip


def _row(row: Row[Any]) -> AppointmentRow:
    held: Appointment = row[0]
    return AppointmentRow(
        held.ref, held.kind, row.agreement_ref, row.number, held.starts_at, held.place,
        state_of(held.held_on, held.cancelled_why), held.held_on, unit_told(row, "provider"),
    )  # fmt: skip
