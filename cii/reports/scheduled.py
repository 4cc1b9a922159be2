"""Drafts that the house makes by itself when a period ends, and tells the coordination group of."""

from collections.abc import Mapping
from datetime import date

from sqlmodel import col, select

from cii.institutions.queries import unit_for
from cii.institutions.vocabulary import UnitKind
from cii.kernel.digest import digest
from cii.kernel.span import Span, SpanKind
from cii.notices.actions import tell
from cii.reports.registry import KINDS
from cii.reports.tables import ReportDraft
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

_ENDS = (SpanKind.MONTH, SpanKind.QUARTER, SpanKind.YEAR)


def due_drafts(day: date) -> list[tuple[ReportKind, Span]]:
    """The reports whose period ends on that day, in the order of the kinds; those of a day or term never."""
    found = [(name, Span.of(kind.span, day)) for name, kind in KINDS.items() if kind.span in _ENDS]
    return [(name, span) for name, span in found if span.period.last == day]


def draft_reports(work: Work, day: date) -> dict[str, int]:
    """The nightly work of `day`: draft every report whose period ends then, once, and tell the group.

    A report that tells of one thing alone is drafted when somebody asks for it. Returns how many of each.
    """
    group = unit_for(work, UnitKind.COORDINATION, None, day)
    made: dict[str, int] = {}
    for name, span in due_drafts(day):
        kind = KINDS[name]
        if "" not in kind.open_scopes(work, [""]) or draft_of(work, name, span) is not None:
            continue
        values = kind.derive(kind.facts(work, span, "", work.now))
        work.session.add(ReportDraft(kind=name, period=str(span), known_at=work.now, sha256=digest(values)))
        work.session.flush()
        tell(
            work, unit_id=group.id, kind=f"report-drafted-{name.replace('_', '-')}", subject="report_draft",
            subject_ref=str(span), what=str(span),
        )  # fmt: skip
        made[name.value] = 1
    return made


def draft_of(work: Work, kind: ReportKind, span: Span) -> ReportDraft | None:
    """The draft that the house made of a period, or None."""
    return work.session.exec(
        select(ReportDraft).where(col(ReportDraft.kind) == kind, col(ReportDraft.period) == str(span))
    ).first()


def drafts_of(work: Work, kind: ReportKind) -> Mapping[str, ReportDraft]:
    """The drafts that the house made of a kind, by period."""
    rows = work.session.exec(select(ReportDraft).where(col(ReportDraft.kind) == kind))
    return {row.period: row for row in rows}
