"""Dates with effect: what lies ahead of the agreements in force, and the night that tells of it.

The nightly job tells of each date on the day of its warning, once per business date; a missed night is made
up. Whom: the person who prepared the agreement and the provider's unit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cii.agreements.dates import DatedAgreement, OwedSoon, agreement_dates, owed_ahead
from cii.agreements.rules_dates import DateKind, late_since, reminded_on
from cii.agreements.vocabulary import DeliverableKind
from cii.conventions.queries import terms_agreed
from cii.kernel.period import ONE_DAY
from cii.notices.actions import tell
from cii.notices.queries import told_already
from cii.store.work import Work

_AHEAD = timedelta(days=366)
"""Deliverables are listed a year ahead; those that are late, whatever their age."""
_EVER = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class ComingDate:
    """A date of an agreement: its own, or that of a deliverable still to come in.

    Either `kind` or `deliverable` says what falls on it. `mark` names it among all dates; `warned`: its first
    warning is past, something is to be done.
    """

    mark: str
    agreement_ref: str
    number: str
    kind: DateKind | None
    deliverable: DeliverableKind | None
    due_on: date
    warned: bool


def dates_ahead(work: Work, day: date) -> Iterator[DatedAgreement]:
    """Every date ahead of the agreements in force that the actor may see, options too."""

    def options(ids: Sequence[int]) -> Mapping[int, int]:
        agreed = terms_agreed(work, ids).items()
        return {one: term.option_months for one, term in agreed if term.option_months}

    return agreement_dates(work, day, options)


def coming(work: Work) -> list[ComingDate]:
    """Ends, options, last days for a notice, prices and deliverables still to come in, the nearest first."""
    today = work.today
    reminder = timedelta(days=work.parameter("deliverable_reminder_days"))
    found = [
        ComingDate(
            f"{one.ref}-{one.date.kind.value}-{one.date.due_on:%Y%m%d}",
            one.ref,
            one.number,
            one.date.kind,
            None,
            one.date.due_on,
            min(one.date.warned_on, default=date.max) <= today,
        )
        for one in dates_ahead(work, today)
    ]
    found += [
        ComingDate(owed.ref, owed.agreement_ref, owed.number, None, owed.kind, owed.due_on,
                   reminded_on(owed.due_on, reminder.days) <= today)
        for owed in owed_ahead(work, _EVER, today + _AHEAD)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due_on, one.number, one.kind or one.deliverable or ""))


def watch_dates(work: Work, day: date) -> dict[str, int]:
    """Tell of the dates whose warning falls on that day, of deliverables due soon or late; for the job.

    Run again for the same night, it writes no second notice. Returns how many of each kind were due.
    """
    told = {"warned": 0, "reminded": 0, "late": 0}
    for one in dates_ahead(work, day):
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


def tell_missed(work: Work, agreement_id: int) -> int:
    """Tell now of the dates whose warning day was past when the agreement entered into force; how many."""
    missed = [
        one for one in dates_ahead(work, work.today)
        if one.agreement_id == agreement_id and any(day < work.today for day in one.date.warned_on)
    ]  # fmt: skip
    for one in missed:
        _tell(work, one, f"agreement-{one.date.kind.value}", night=work.today, due=one.date.due_on)
    return len(missed)


def _tell(work: Work, one: DatedAgreement | OwedSoon, kind: str, **facts: object) -> None:
    ref = one.agreement_ref if isinstance(one, OwedSoon) else one.ref
    reached: list[dict[str, int]] = [{"unit_id": one.unit_id}]
    if one.prepared_by is not None:
        reached.append({"account_id": one.prepared_by})
    for reader in reached:
        if told_already(work, **reader, kind=kind, subject_ref=ref, facts=facts):
            continue
        tell(work, **reader, kind=kind, subject="agreement", subject_ref=ref, number=one.number, **facts)  # type: ignore[arg-type]
