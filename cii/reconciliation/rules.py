"""Pure rules of the reconciliation: for which dates it runs, and who acts on each kind of finding.

Source: money.md §3; product.md §10 (who does what).
"""

from collections.abc import Mapping
from datetime import date

from cii.access.vocabulary import Role
from cii.kernel.errors import Refusal
from cii.reconciliation.vocabulary import FindingKind


class RunInFuture(Refusal):
    """A day that has not come has nothing to compare."""

    code, kind = "reconciliation-in-future", "unfit"


class RunBeforeBooks(Refusal):
    """Before the first known numbers of the trade there are no books to compare."""

    code, kind = "reconciliation-before-books", "unfit"


FIRST_DAY = date(2009, 1, 1)
"""The terms by which a night compares are known from this day on."""
OWNERS: Mapping[FindingKind, Role] = {
    FindingKind.BALANCE: Role.ADMINISTRATOR,
    FindingKind.BUDGET: Role.ADMINISTRATOR,
    FindingKind.COMMITMENT: Role.FINANCE,
    FindingKind.PLACEMENT: Role.FINANCE,
    FindingKind.RELEASE: Role.FINANCE,
    FindingKind.ACCRUAL: Role.CONTRACT_MANAGER,
    FindingKind.RECOUNT: Role.CONTRACT_MANAGER,
    FindingKind.STATEMENT: Role.FINANCE,
    FindingKind.PAYMENT: Role.FINANCE,
    FindingKind.VOLUME: Role.FINANCE,
    FindingKind.LATE_STATEMENT: Role.CONTRACT_MANAGER,
    FindingKind.LATE_PAYMENT: Role.FINANCE,
    FindingKind.PLACES: Role.ADMINISTRATOR,
    FindingKind.QUOTA: Role.CONTRACT_MANAGER,
    FindingKind.DELIVERABLE: Role.PROVIDER,
    FindingKind.CEILING: Role.ADMINISTRATOR,
    FindingKind.CARRY_OVER: Role.ADMINISTRATOR,
    FindingKind.LATE_RECLAIM: Role.FINANCE,
    FindingKind.WAGE: Role.CONTRACT_MANAGER,
    FindingKind.LATE_TRANSFER: Role.FINANCE,
    FindingKind.REJECTED_TRANSFER: Role.FINANCE,
    FindingKind.INCOMING: Role.FINANCE,
}
"""Who should act: every kind of finding has an owner, whether or not a unit is known too."""


def future_fault(day: date, today: date) -> tuple[Refusal, ...]:
    """Why a business date cannot be compared: it has not come, or lies before all books."""
    if day < FIRST_DAY:
        return (RunBeforeBooks(field="business_date", first=FIRST_DAY),)
    return (RunInFuture(field="business_date", today=today),) if day > today else ()


def kinds_of(role: Role) -> tuple[FindingKind, ...]:
    """The kinds of findings on which a role acts."""
    return tuple(kind for kind, owner in OWNERS.items() if owner is role)
