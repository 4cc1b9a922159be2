"""Reads of the redirects of a person, over all cases; whoever asks has seen a referral of hers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from cii.cases.queries import cases_by_id, shown_units
from cii.institutions.queries import UnitLabel
from cii.kernel.clock import local_day
from cii.routing.rules_redirect import Standing, counts, standing
from cii.routing.tables import Referral
from cii.routing.vocabulary import ReferralState
from cii.store.work import Work


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
    rows = work.session.exec(
        select(Referral)
        .where(col(Referral.person_id) == person_id, col(Referral.state) == ReferralState.REDIRECTED)
        .order_by(col(Referral.answered_at), col(Referral.id))
    ).all()
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
