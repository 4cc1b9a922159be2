"""What runs once for a business date: agreements that end, statements, reconciliation, files."""

import logging
from datetime import date

from cii.agreements.ending import expire_agreements
from cii.calls.offering import sweep_calls
from cii.cases.attachments import sweep_documents
from cii.deliverables.actions import sweep_deliverables
from cii.jobs.registry import Progress
from cii.meetings.actions_minutes import sweep_minutes
from cii.reconciliation.actions import Compared, keep
from cii.reconciliation.actions import compare as compare_all
from cii.reports.actions import sweep_files as sweep_reports
from cii.settlement.actions import prefill_month
from cii.store.work import Work
from cii.workflow.sweeping import stuck_timers

log = logging.getLogger("cii.jobs")


def end_agreements(work: Work, _: date) -> int:
    """Mark the agreements whose term is over; returns how many."""
    return expire_agreements(work)


def draft_statements(work: Work, day: date) -> int:
    """Draft the statements of the month that ended with `day`; returns how many."""
    return len(prefill_month(work, day))


def compare(work: Work, day: date, progress: Progress | None = None) -> Compared:
    """Compare everything that must agree as of `day`; only reads."""
    return compare_all(work, day, progress)


def keep_reconciled(work: Work, seen: Compared) -> dict[str, int]:
    """Keep what was compared as a run with its findings; returns the run's counts."""
    run = keep(work, seen)
    return {**run.counts, "findings": run.findings}


def sweep_files(work: Work, _: date) -> dict[str, int]:
    """Erase the bytes that no row names; returns how many, by store."""
    return {
        "documents": sweep_documents(work),
        "deliverables": sweep_deliverables(work),
        "calls": sweep_calls(work),
        "reports": sweep_reports(work),
        "minutes": sweep_minutes(work),
    }


def name_stuck_timers(work: Work, _: date) -> dict[str, int]:
    """Name in the log each timer that is due and cannot fire, with its process and why; returns how many."""
    stuck = stuck_timers(work)
    for one in stuck:
        log.error(
            "timer %s of process %s (%s %s) is due since %s and cannot fire: %s, tried %s times",
            one.number, one.instance_ref, one.subject, one.subject_ref, one.due_at.isoformat(), one.failure,
            one.failures,
        )  # fmt: skip
    return {"stuck": len(stuck)}
