"""Reads of the redirects of a person, over all cases; whoever asks has seen a referral of hers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from cii.cases.queries import cases_by_id
from cii.institutions.queries import UnitLabel, shown_units
from cii.kernel.clock import local_day
from cii.routing.holding import CASE
from cii.routing.rules_redirect import Standing, counts, standing
from cii.routing.tables import Referral
from cii.routing.vocabulary import Path, ReferralState
from cii.store.work import Work
from cii.workflow.queries import definition_of, state_of
from cii.workflow.versions import processes_of

CALLS = {"network": True, "joint_assessment": False}
"""The stages of everyday collaboration that the limit leads to → whether the case goes on in the network."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """One time the person was sent on; a unit is None where the reader may not know its name."""

    at: datetime
    asked: UnitLabel | None
    named: UnitLabel | None
    counts: bool


def hold_referrals(work: Work, person_id: int) -> None:
    """Hold the person's referrals until the transaction ends, always in one order.

    Two offices that act at once on referrals of the same person count her redirects one after the other.
    """
    work.session.exec(
        select(Referral)
        .where(col(Referral.person_id) == person_id)
        .order_by(col(Referral.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def standing_of(work: Work, person_id: int) -> Standing:
    """Where the person stands today."""
    query = select(Referral).where(
        col(Referral.person_id) == person_id, col(Referral.state) == ReferralState.REDIRECTED
    )
    rows = work.session.exec(query).all()
    days = [local_day(row.answered_at) for row in rows if row.answered_at]
    limit, months = work.parameter("redirect_limit"), work.parameter("redirect_window_months")
    return standing(days, work.today, limit, months)


def redirects_of(work: Work, person_id: int) -> list[Redirect]:
    """Each redirect of the person, in order, as far as the reader may know the units."""
    rows = _of_person(work, person_id)
    months = work.parameter("redirect_window_months")
    ids = {unit for row in rows for unit in (row.to_unit_id, row.named_unit_id) if unit}
    units = shown_units(work, ids)
    return [
        Redirect(
            row.answered_at,
            units.get(row.to_unit_id),
            units.get(row.named_unit_id or 0),
            counts(local_day(row.answered_at), work.today, months),
        )
        for row in rows
        if row.answered_at
    ]


def _of_person(work: Work, person_id: int) -> Sequence[Referral]:
    return work.session.exec(
        select(Referral)
        .where(col(Referral.person_id) == person_id, col(Referral.state) == ReferralState.REDIRECTED)
        .order_by(col(Referral.answered_at), col(Referral.id))
    ).all()


@dataclass(frozen=True, slots=True)
class Convened:
    """Why the institutions of a case sit down together: the person was sent on as often as may be.

    `redirects`: those that counted on that day, in order; the units only of those in this case, None of
    others. `network`: whether the case went on in the network, else a joint session was called;
    `legal_basis`: that of the process which called them.
    """

    at: datetime
    network: bool
    limit: int
    months: int
    legal_basis: tuple[str, ...]
    redirects: tuple[Redirect, ...]


def convened(work: Work, case_id: int, person_id: int) -> Convened | None:
    """The redirects that changed the path of a case, if they did; whoever calls has seen its plan."""
    rows = _of_person(work, person_id)
    if not any(row.case_id == case_id for row in rows):
        return None
    called = _called(work, case_id)
    if called is None:
        return None
    at, network, legal_basis = called
    day = local_day(at)
    limit = work.parameter("redirect_limit", day)
    months = work.parameter("redirect_window_months", day)
    counted = [
        row
        for row in rows
        if row.answered_at and row.answered_at <= at and counts(local_day(row.answered_at), day, months)
    ]
    own = [row for row in counted if row.case_id == case_id]
    units = shown_units(work, {unit for row in own for unit in (row.to_unit_id, row.named_unit_id) if unit})
    told = [
        Redirect(
            row.answered_at or at,
            units.get(row.to_unit_id) if row in own else None,
            units.get(row.named_unit_id or 0) if row in own else None,
            counts=True,
        )
        for row in counted
    ]
    return Convened(at, network, limit, months, legal_basis, tuple(told))


def _called(work: Work, case_id: int) -> tuple[datetime, bool, tuple[str, ...]] | None:
    """When everyday collaboration last led to a joint assessment, whether in the network, by which law."""
    for instance in processes_of(work, CASE, case_id):
        definition = definition_of(work, instance.definition_id)
        if definition.id == Path.EVERYDAY.value:
            for visit in reversed(state_of(work, instance, definition).path):
                if visit.stage in CALLS:
                    return visit.entered, CALLS[visit.stage], definition.legal_basis
    return None


@dataclass(frozen=True, slots=True)
class Carousel:
    """A person sent on as often as may be: the case that opened the joint assessment, and since when."""

    case_number: str
    since: date
    count: int


def carousels(work: Work) -> Sequence[Carousel]:
    """The persons at the limit today, for the coordination group: numbers of cases, no names."""
    limit, months = work.parameter("redirect_limit"), work.parameter("redirect_window_months")
    often = (
        select(col(Referral.person_id))
        .where(col(Referral.state) == ReferralState.REDIRECTED)
        .group_by(col(Referral.person_id))
        .having(func.count() >= limit)
    )
    rows = work.session.exec(
        select(Referral)
        .where(col(Referral.state) == ReferralState.REDIRECTED, col(Referral.person_id).in_(often))
        .order_by(col(Referral.answered_at), col(Referral.id))
    ).all()
    held: dict[int, list[Referral]] = {}
    for row in rows:
        if row.answered_at and counts(local_day(row.answered_at), work.today, months):
            held.setdefault(row.person_id, []).append(row)
    last = [(found[-1], len(found)) for found in held.values() if len(found) >= limit]
    numbers = cases_by_id(work, {row.case_id for row, _ in last})
    return [
        Carousel(
            numbers[row.case_id].number if row.case_id in numbers else "–",
            local_day(row.answered_at or row.sent_at),
            count,
        )
        for row, count in last
    ]
