"""Reads of the coordination group: alerts, presidency, corrective measures, monthly data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries import agreements_by_id
from cii.coordination.monthly import missing_months
from cii.coordination.rules import CORRECTIVE_MOVES, OPEN_STATES, may_move
from cii.coordination.tables import CorrectiveMeasure, CorrectiveStep, Presidency
from cii.coordination.vocabulary import Body, CorrectiveEvent, CorrectiveState
from cii.institutions.queries import institutions
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import ONE_DAY, Period
from cii.routing.redirects import carousels
from cii.store.work import HOUSE, Actor, Work

ALL_READERS = (Role.COORDINATION_MEMBER, Role.STEERING, Role.DASHBOARD_REFERENCE)
"""They read the group's business whole."""
NEVER = date(9999, 12, 31)
"""Where those stand that have no day yet."""


def bodies_of(actor: Actor) -> frozenset[Body]:
    """The bodies in whose name the actor acts; the house acts for both (loader, jobs)."""
    if actor == HOUSE:
        return frozenset(Body)
    roles = {Body.COORDINATION: Role.COORDINATION_MEMBER, Body.STEERING: Role.STEERING}
    return frozenset(body for body, role in roles.items() if actor.has_role(role))


def codes(work: Work) -> dict[int, str]:
    """Codes of the institutions by id."""
    return {row.id or 0: row.code for row in institutions(work)}


@dataclass(frozen=True, slots=True)
class Alert:
    """What the group has to see to, since a day.

    `monthly_data_missing`, `quarter_without_meeting`: what is owed. `redirects`: a person was sent on as
    often as may be; `what` is the number of the case whose joint assessment opened.
    """

    kind: str
    since: date
    what: str


def alerts(work: Work, day: date | None = None) -> list[Alert]:
    """What the group has to see to on that day: monthly data that the sectors owe.

    Further the persons whom three redirects within the window call to a joint assessment (as of today).
    """
    at = day or work.today
    found = []
    month = (at.replace(day=1) - ONE_DAY).replace(day=1)
    due = work.calendar.nth_of_month(at.year, at.month, work.parameter("monthly_data_working_day", at))
    if due < at:
        found += [
            Alert("monthly_data_missing", due + ONE_DAY, f"{one} {month:%Y-%m}")
            for one in missing_months(work, month)
        ]
    found += [Alert("redirects", one.since, f"{one.case_number} ({one.count})") for one in carousels(work)]
    return found


def presidencies(work: Work) -> dict[int, str]:
    """Who presides, year by year: codes of institutions."""
    names = codes(work)
    rows = work.session.scalars(select(Presidency).order_by(col(Presidency.year)))
    return {row.year: names[row.institution_id] for row in rows}


def corrective_readable(actor: Actor) -> ColumnElement[bool]:
    """Both bodies and the reference person read all, a respondent service what it asks of a provider."""
    if actor == HOUSE or actor.has_role(*ALL_READERS):
        return true()
    asking = [seat.unit_id for seat in actor.seats if seat.role == Role.CONTRACT_MANAGER]
    return col(CorrectiveMeasure.respondent_unit_id).in_(asking)


def responds(actor: Actor, row: CorrectiveMeasure) -> bool:
    """Whether the actor manages contracts in the service that speaks to the provider."""
    return any(
        seat.unit_id == row.respondent_unit_id and seat.role == Role.CONTRACT_MANAGER for seat in actor.seats
    )


def corrective_by_ref(work: Work, ref: str) -> CorrectiveMeasure:
    """The corrective measure with this outward name, when the actor reads it; refuses UnknownThing."""
    found = work.session.scalars(
        select(CorrectiveMeasure).where(col(CorrectiveMeasure.ref) == ref, corrective_readable(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="corrective")
    return found


def corrective_measures(
    work: Work,
    *,
    only_open: bool = False,
    state: CorrectiveState | None = None,
    after: tuple[date, int] | None = None,
    limit: int | None = None,
) -> Sequence[CorrectiveMeasure]:
    """The corrective measures that the actor reads, the nearest date first, those without one last.

    `after`: the place of the last one shown (`corrective_place`).
    """
    query = select(CorrectiveMeasure).where(corrective_readable(work.actor))
    if only_open:
        query = query.where(col(CorrectiveMeasure.state).in_(OPEN_STATES))
    if state is not None:
        query = query.where(col(CorrectiveMeasure.state) == state)
    due, number = func.coalesce(col(CorrectiveMeasure.due_on), NEVER), col(CorrectiveMeasure.id)
    if after is not None:
        query = query.where((due > after[0]) | ((due == after[0]) & (number > after[1])))
    return work.session.scalars(query.order_by(due, number).limit(limit)).all()


def corrective_place(row: CorrectiveMeasure) -> tuple[date, int]:
    """Where it stands in their order."""
    return row.due_on or NEVER, row.id or 0


def correctives_of(work: Work, agreement_id: int) -> Sequence[CorrectiveMeasure]:
    """The corrective measures about an agreement, the newest first; the caller started its read there."""
    return work.session.scalars(
        select(CorrectiveMeasure)
        .where(col(CorrectiveMeasure.agreement_id) == agreement_id)
        .order_by(col(CorrectiveMeasure.id).desc())
    ).all()


def corrective_moves(work: Work, row: CorrectiveMeasure) -> tuple[CorrectiveEvent, ...]:
    """What the actor may do with it now: the steering group decides, the coordination group does the rest.

    The service that speaks to the provider reports what was done.
    """
    bodies, respondent = bodies_of(work.actor), responds(work.actor, row)
    known = open_moves(CORRECTIVE_MOVES, row.state)
    return tuple(event for event in known if may_move(event, bodies, respondent=respondent))


def steps_of(work: Work, row: CorrectiveMeasure) -> Sequence[CorrectiveStep]:
    """What happened to it, in order."""
    return work.session.scalars(
        select(CorrectiveStep)
        .where(col(CorrectiveStep.corrective_id) == row.id)
        .order_by(col(CorrectiveStep.id))
    ).all()


@dataclass(frozen=True, slots=True)
class CorrectiveRow:
    """A corrective measure as it stood at the end of a period."""

    ref: str
    agreement: str
    agreement_version: int
    wording: str
    observed_on: date
    due_on: date | None
    state: CorrectiveState


def corrective_at(work: Work, period: Period, known_at: datetime) -> list[CorrectiveRow]:
    """Corrective measures open in the period, as they stood at its end and as known then; by agreement."""
    step = CorrectiveStep
    seen = (
        select(
            col(step.corrective_id),
            col(step.state),
            col(step.due_on),
            func.row_number()
            .over(
                partition_by=col(step.corrective_id),
                order_by=(col(step.effective_on).desc(), col(step.id).desc()),
            )
            .label("age"),
            col(step.effective_on),
        )
        .where(col(step.effective_on) < period.end, col(step.recorded_at) <= known_at)
        .subquery("seen")
    )
    rows = work.session.execute(
        select(CorrectiveMeasure, seen.c.state, seen.c.due_on, seen.c.effective_on)
        .join(seen, seen.c.corrective_id == col(CorrectiveMeasure.id))
        .where(seen.c.age == 1)
    ).all()
    live = [row for row in rows if row[1] in OPEN_STATES or row[3] >= period.start]
    agreements = agreements_by_id(work, {row[0].agreement_id for row in live})
    return sorted(
        (
            CorrectiveRow(
                row.ref,
                agreements[row.agreement_id].number,
                agreements[row.agreement_id].version,
                row.wording,
                row.observed_on,
                due_on,
                CorrectiveState(state),
            )
            for row, state, due_on, _ in live
        ),
        key=lambda one: (one.agreement, one.observed_on, one.ref),
    )
