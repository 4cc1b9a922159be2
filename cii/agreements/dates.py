"""The dates of agreements in force, and what their providers owe by when.

Who is told how long before is said in `conventions.dates`, where the options of the text are known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.agreements.owed import still_owed
from cii.agreements.price_talks import later, stands_since
from cii.agreements.queries import visible_to
from cii.agreements.rules import LIVING_STATES
from cii.agreements.rules_dates import AgreementDate, Dated, Limits, dates_of
from cii.agreements.tables import Agreement, Deliverable, Provider
from cii.agreements.vocabulary import AgreementState, DeliverableKind, FollowsAs
from cii.kernel.period import ONE_DAY
from cii.store.work import Work

Options = Callable[[Sequence[int]], Mapping[int, int]]
"""From the ids of agreements to the months of the options that they agreed on, where they did."""


def limits(work: Work, day: date) -> Limits:
    """The dated numbers in force on that day."""
    return Limits(
        (
            work.parameter("agreement_end_warning_months", day),
            work.parameter("agreement_end_reminder_months", day),
        ),
        work.parameter("ai_price_renegotiation_months", day),
        work.parameter("ai_price_preparation_months", day),
    )


@dataclass(frozen=True, slots=True)
class DatedAgreement:
    """An agreement in force with one of its dates ahead."""

    agreement_id: int
    ref: str
    number: str
    prepared_by: int | None
    unit_id: int
    date: AgreementDate


def agreement_dates(work: Work, day: date, options: Options) -> Iterator[DatedAgreement]:
    """Every date ahead of the agreements in force that the actor may see.

    `options` tells the months of the options agreed on, by agreement. What was amended is told of under its
    amendment; an option is told of until another agreement, signed, carries on what it would have put off.
    """
    after = aliased(Agreement)
    carried = exists().where(
        col(after.follows_id) == col(Agreement.id),
        col(after.follows_as).is_distinct_from(FollowsAs.AMENDMENT),
        col(after.state).in_((AgreementState.SIGNED, *LIVING_STATES)),
    )
    wanted = (
        select(Agreement, col(Provider.unit_id), carried.label("carried"), *stands_since(day))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(
            visible_to(work.actor),
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.takes_until).is_(None),
        )
        .order_by(col(Agreement.number))
    )
    numbers = limits(work, day)
    rows = work.session.execute(wanted).all()
    agreed = options([agreement.id or 0 for agreement, _, followed, *_ in rows if not followed])
    for agreement, unit_id, _, since, kept in rows:
        last = agreement.valid_to - ONE_DAY if agreement.valid_to else None
        told = Dated(
            agreement.profile, agreement.notice_months, last, later(since, kept), agreed.get(agreement.id),
            agreement.notice_on is not None,
        )  # fmt: skip
        for one in dates_of(told, day, numbers):
            yield DatedAgreement(
                agreement.id or 0, agreement.ref, agreement.number, agreement.prepared_by, unit_id, one
            )


@dataclass(frozen=True, slots=True)
class OwedSoon:
    """A deliverable that is still to come in."""

    ref: str
    agreement_ref: str
    number: str
    prepared_by: int | None
    unit_id: int
    kind: DeliverableKind
    due_on: date


def owed_ahead(work: Work, first: date, last: date) -> Iterator[OwedSoon]:
    """What is still owed and due in these days (both inside), under agreements that the actor may see."""
    rows = work.session.execute(
        select(Deliverable, Agreement, col(Provider.unit_id))
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(
            visible_to(work.actor),
            still_owed(),
            col(Deliverable.due_on).between(first, last),
        )
        .order_by(col(Deliverable.due_on), col(Deliverable.id))
    )
    for owed, agreement, unit_id in rows:
        yield OwedSoon(
            owed.ref, agreement.ref, agreement.number, agreement.prepared_by, unit_id, owed.kind, owed.due_on
        )
