"""The nightly reconciliation: writes a run and its findings; corrects nothing.

Comparing only reads, one snapshot; keeping is one transaction: killed at any point it has not happened. Run
twice for a date it says the same: a finding keeps the date since which it stands, and closes by itself when
its cause is gone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import col

from cii.agreements.rules_proration import RULE_VERSION
from cii.journal.actions import wrote
from cii.kernel.errors import refuse
from cii.reconciliation.differences import Difference
from cii.reconciliation.proofs import PROOFS
from cii.reconciliation.rules import future_fault
from cii.reconciliation.tables import Finding, ReconciliationRun
from cii.store.work import Work

Progress = Callable[[str, int, int], None]
"""Told after each comparison: its name, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared for a business date at a moment: counts and sums by comparison, the differences."""

    business_date: date
    horizon: datetime
    counts: dict[str, int]
    sums: dict[str, int]
    differences: tuple[Difference, ...]


def compare(work: Work, business_date: date, progress: Progress | None = None) -> Compared:
    """Compare everything that must agree on a business date; writes nothing, so that nobody waits for it."""
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    differences: list[Difference] = []
    for done, (name, prove) in enumerate(PROOFS.items(), start=1):
        proof = prove(work, business_date)
        counts[name], sums[name] = proof.compared, proof.sum
        differences += proof.differences
        if progress is not None:
            progress(name, done, len(PROOFS))
    return Compared(business_date, work.now, counts, sums, tuple(differences))


def keep(work: Work, seen: Compared) -> ReconciliationRun:
    """Write down what was compared: the run, and its findings unless a later date has spoken already.

    For a date before the latest run only the run is written: findings say how things stand now.
    """
    latest = work.session.scalar(select(func.max(ReconciliationRun.business_date)))
    if latest is None or seen.business_date >= latest:
        _keep_findings(work, seen.differences, seen.business_date)
    return _keep_run(work, seen)


def reconcile(work: Work, business_date: date, progress: Progress | None = None) -> ReconciliationRun:
    """Compare and keep, in one transaction. Refuses: RunInFuture."""
    refuse(future_fault(business_date, work.today))
    return keep(work, compare(work, business_date, progress))


def _keep_run(work: Work, seen: Compared) -> ReconciliationRun:
    run = work.session.scalars(
        select(ReconciliationRun).where(col(ReconciliationRun.business_date) == seen.business_date)
    ).first()
    if run is None:
        run = ReconciliationRun(
            business_date=seen.business_date,
            horizon=seen.horizon,
            rule_version=RULE_VERSION,
            counts={},
            sums={},
        )
        work.session.add(run)
    run.horizon, run.rule_version = seen.horizon, RULE_VERSION
    run.counts, run.sums, run.findings = seen.counts, seen.sums, len(seen.differences)
    work.session.flush()
    wrote(work, "reconciled", "reconciliation_run", run.id, ref=run.ref, payload={"findings": run.findings})
    return run


def _keep_findings(work: Work, differences: Sequence[Difference], day: date) -> None:
    """New differences open findings, known ones are brought up to date, those that are gone close."""
    open_ = {
        (row.kind, row.object_key): row
        for row in work.session.scalars(select(Finding).where(col(Finding.closed_on).is_(None)))
    }
    for one in differences:
        row = open_.pop((one.kind, one.key), None)
        if row is None:
            row = Finding(
                kind=one.kind,
                severity=one.severity,
                object_kind=one.object_kind,
                object_ref=one.ref,
                object_key=one.key,
                unit=one.unit,
                expected=one.expected,
                found=one.found,
                difference=one.found - one.expected,
                facts=one.facts,
                since=day,
                owner_unit_id=one.owner_unit_id,
            )
            work.session.add(row)
        row.severity, row.facts, row.object_ref = one.severity, one.facts, one.ref
        row.expected, row.found, row.difference = one.expected, one.found, one.found - one.expected
    for gone in open_.values():
        gone.closed_on = max(day, gone.since)
    work.session.flush()
