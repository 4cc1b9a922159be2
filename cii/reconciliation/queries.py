"""Reads of the reconciliation: its findings and its runs. No personal data: things are named by number."""

from collections.abc import Collection

from sqlmodel import col, select

from cii.reconciliation.seeing import visible_to
from cii.reconciliation.tables import Finding, ReconciliationRun
from cii.reconciliation.vocabulary import FindingKind, Severity
from cii.store.work import Work


def findings_list(
    work: Work,
    *,
    open_only: bool = True,
    kinds: Collection[FindingKind] = (),
    severity: Severity | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Finding]:
    """What the reconciliation found and the actor may see, in the order found; no `kinds`: all.

    `after` is the last id shown.
    """
    query = select(Finding).where(col(Finding.id) > after, visible_to(work))
    if open_only:
        query = query.where(col(Finding.closed_on).is_(None))
    if kinds:
        query = query.where(col(Finding.kind).in_(kinds))
    if severity is not None:
        query = query.where(col(Finding.severity) == severity)
    return list(work.session.scalars(query.order_by(col(Finding.id)).limit(limit)))


def runs(work: Work, limit: int = 30) -> list[ReconciliationRun]:
    """The last reconciliation runs, latest business date first."""
    return list(
        work.session.scalars(
            select(ReconciliationRun).order_by(col(ReconciliationRun.business_date).desc()).limit(limit)
        )
    )
