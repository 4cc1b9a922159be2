"""Reads of the reconciliation: its findings and its runs; a place is named only to whom it is open."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlmodel import col

from cii.placements.queries import visible_refs
from cii.reconciliation.seeing import reads_every_line, visible_to
from cii.reconciliation.tables import Finding, ReconciliationRun
from cii.reconciliation.vocabulary import FindingKind, Severity
from cii.store.work import HOUSE, Work


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

    `after` is the last id shown. The number of a place that is closed to the actor is left out.
    """
    query = select(Finding, _closed(work)).where(col(Finding.id) > after, visible_to(work))
    if open_only:
        query = query.where(col(Finding.closed_on).is_(None))
    if kinds:
        query = query.where(col(Finding.kind).in_(kinds))
    if severity is not None:
        query = query.where(col(Finding.severity) == severity)
    return [
        Finding(**one.model_dump() | {"object_ref": None}) if closed else one
        for one, closed in work.session.execute(query.order_by(col(Finding.id)).limit(limit))
    ]


def findings_on(work: Work, day: date) -> list[Finding]:
    """What stood open at the end of a day, in the order found; no visibility, for what is frozen."""
    return list(
        work.session.scalars(
            select(Finding)
            .where(
                col(Finding.since) <= day, or_(col(Finding.closed_on).is_(None), col(Finding.closed_on) > day)
            )
            .order_by(col(Finding.id))
        )
    )


def _closed(work: Work) -> ColumnElement[bool]:
    """Whether a finding is about a place that the actor may not see."""
    if work.actor == HOUSE:
        return false()
    return and_(col(Finding.object_kind) == "placement", col(Finding.object_ref).not_in(visible_refs(work)))


def runs(work: Work, limit: int = 30) -> list[ReconciliationRun]:
    """The last reconciliation runs, latest business date first."""
    return list(
        work.session.scalars(
            select(ReconciliationRun).order_by(col(ReconciliationRun.business_date).desc()).limit(limit)
        )
    )


def sums_shown(work: Work, run: ReconciliationRun) -> dict[str, int]:
    """The centimes of all lines that a run compared; none for who does not read every line."""
    return run.sums if reads_every_line(work) else {}
