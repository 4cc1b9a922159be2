"""The dates of agreements with their effect: who is told how long before, and what a provider owes by when.

The nightly job tells of each date on the day of its warning, once per business date; a missed night is made
up. Whom: the person who prepared the agreement and the provider's unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from cii.agreements.queries import visible_to
from cii.agreements.rules import LIVING_STATES
from cii.agreements.rules_dates import AgreementDate, Dated, Limits, dates_of, late_since, reminded_on
from cii.agreements.tables import Agreement, Deliverable, Provider, Tariff
from cii.agreements.vocabulary import DeliverableKind
from cii.kernel.period import ONE_DAY
from cii.notices.actions import tell
from cii.notices.queries import told_already
from cii.store.work import Work


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

    ref: str
    number: str
    prepared_by: int | None
    unit_id: int
    date: AgreementDate


def agreement_dates(work: Work, day: date, *, of: Sequence[int] | None = None) -> Iterator[DatedAgreement]:
    """Every date ahead of the agreements in force that the actor may see; `of` narrows to these."""
    priced = (
        select(func.max(col(Tariff.valid_from)))
        .where(col(Tariff.agreement_id) == col(Agreement.id), col(Tariff.valid_from) <= day)
        .scalar_subquery()
    )
    wanted = (
        select(Agreement, col(Provider.unit_id), priced.label("priced_on"))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(visible_to(work.actor), col(Agreement.state).in_(LIVING_STATES))
        .order_by(col(Agreement.number))
    )
    if of is not None:
        wanted = wanted.where(col(Agreement.id).in_(of))
    numbers = limits(work, day)
    for agreement, unit_id, priced_on in work.session.execute(wanted):
        last = agreement.valid_to - ONE_DAY if agreement.valid_to else None
        told = Dated(agreement.profile, agreement.notice_months, last, priced_on)
        for one in dates_of(told, day, numbers):
            yield DatedAgreement(agreement.ref, agreement.number, agreement.prepared_by, unit_id, one)


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
    """Deliverables not received and due in these days (both inside), of agreements that the actor may see."""
    rows = work.session.execute(
        select(Deliverable, Agreement, col(Provider.unit_id))
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(
            visible_to(work.actor),
            col(Agreement.state).in_(LIVING_STATES),
            col(Deliverable.received_at).is_(None),
            col(Deliverable.due_on).between(first, last),
        )
        .order_by(col(Deliverable.due_on), col(Deliverable.id))
    )
    for owed, agreement, unit_id in rows:
        yield OwedSoon(
            owed.ref, agreement.ref, agreement.number, agreement.prepared_by, unit_id, owed.kind, owed.due_on
        )


def watch_dates(work: Work, day: date) -> dict[str, int]:
    """Tell of the dates whose warning falls on that day, of deliverables due soon or late; for the job.

    Run again for the same night, it writes no second notice. Returns how many of each kind were due.
    """
    told = {"warned": 0, "reminded": 0, "late": 0}
    for one in agreement_dates(work, day):
        if day in one.date.warned_on:
            _tell(work, one, f"agreement-{one.date.kind.value}", night=day, due=one.date.due_on)
            told["warned"] += 1
    ahead = timedelta(days=work.parameter("deliverable_reminder_days", day))
    for owed in owed_ahead(work, day - ONE_DAY, day + ahead):
        if reminded_on(owed.due_on, ahead.days) == day:
            _tell(work, owed, "deliverable-due", night=day, what=owed.kind, due=owed.due_on)
            told["reminded"] += 1
        elif late_since(owed.due_on) == day:
            _tell(work, owed, "deliverable-late", night=day, what=owed.kind, due=owed.due_on)
            told["late"] += 1
    return told


def _tell(work: Work, one: DatedAgreement | OwedSoon, kind: str, **facts: object) -> None:
    ref = one.agreement_ref if isinstance(one, OwedSoon) else one.ref
    reached: list[dict[str, int]] = [{"unit_id": one.unit_id}]
    if one.prepared_by is not None:
        reached.append({"account_id": one.prepared_by})
    for reader in reached:
        if told_already(work, **reader, kind=kind, subject_ref=ref, facts=facts):
            continue
        tell(work, **reader, kind=kind, subject="agreement", subject_ref=ref, number=one.number, **facts)  # type: ignore[arg-type]
