"""What runs once for a business date: agreements that end, the month's statements, reconciliation."""

from datetime import date

from cii.agreements.actions import expire_agreements
from cii.settlement.actions import prefill_month
from cii.settlement.actions import reconcile as compare
from cii.store.work import Work


def end_agreements(work: Work, _: date) -> int:
    """Mark the agreements whose term is over; returns how many."""
    return expire_agreements(work)


def draft_statements(work: Work, day: date) -> int:
    """Draft the statements of the month that ended with `day`; returns how many."""
    return len(prefill_month(work, day))


def reconcile(work: Work, day: date) -> dict[str, int]:
    """Compare everything that must agree as of `day`; returns the run's counts."""
    run = compare(work, day)
    return {**run.counts, "findings": run.findings}
