"""Reads of reports: drafts, issues, and what the actor may see of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.documents import store
from cii.institutions.queries import institution_marks
from cii.kernel.errors import UnknownThing, refuse
from cii.kernel.span import Span
from cii.reports.files import ANY_LANGUAGE, SPOKEN, made
from cii.reports.kinds import Head
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.rules import Change, NotTheSameReport, UnknownFormat, difference, known_faults, period_faults
from cii.reports.tables import ReportFile, ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.work import Work
from cii.texts.languages import LANGUAGES

WHOLE_READERS = (Role.COORDINATION_MEMBER, Role.DASHBOARD_REFERENCE)
"""Members of the group may know what it needs (mandate, rule 4); so may who gathers its data (task 8)."""


def readers_of(work: Work) -> Readers:
    """Whose small numbers the actor may see: its own institutions', the group's members all."""
    names = institution_marks(work)
    mine = frozenset(names[one] for one in work.actor.institutions if one in names)
    return Readers(mine, work.actor.has_role(*WHOLE_READERS))


def preview(
    work: Work, span: Span, known_at: datetime | None = None, *,
    kind: ReportKind = ReportKind.QUARTERLY, scope: str = "", readers: Readers | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A draft of a report, as known now or at an earlier moment, as the actor (or these readers) may see it.

    Refuses: UnknownThing (a scope that is not open to the actor); all at once WrongPeriod, NotYetKnown.
    """
    made, known_at = KINDS[kind], known_at or work.now
    scope_open(work, kind, scope)
    refuse([*period_faults(span, made.span), *known_faults(known_at, work.now)])
    values = made.derive(made.facts(work, span, scope, known_at))
    return made.shown(values, readers or readers_of(work), _minimum(work, span))


def scope_open(work: Work, kind: ReportKind, scope: str) -> None:
    """Refuses UnknownThing: the kind knows no such scope, or it is not open to the actor."""
    if scope not in KINDS[kind].open_scopes(work, [scope]):
        raise UnknownThing(field="scope")


def issue_by_ref(work: Work, ref: str) -> ReportIssue:
    """The issue with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(ReportIssue).where(col(ReportIssue.ref) == ref)).first()
    if found is None or found.scope not in KINDS[found.kind].open_scopes(work, [found.scope]):
        raise UnknownThing(field="report")
    return found


def issues(
    work: Work, kind: ReportKind | None = None, span: Span | None = None, scope: str | None = None
) -> Sequence[ReportIssue]:
    """Every issue open to the actor, of a kind, a period, a scope, or all: the newest period first."""
    query = select(ReportIssue)
    if kind is not None:
        query = query.where(col(ReportIssue.kind) == kind)
    if span is not None:
        query = query.where(col(ReportIssue.period) == str(span))
    if scope is not None:
        query = query.where(col(ReportIssue.scope) == scope)
    found = work.session.scalars(
        query.order_by(
            col(ReportIssue.period).desc(), col(ReportIssue.kind), col(ReportIssue.scope),
            col(ReportIssue.version).desc(),
        )
    ).all()  # fmt: skip
    scopes: dict[ReportKind, set[str]] = {}
    for one in found:
        scopes.setdefault(one.kind, set()).add(one.scope)
    seen = {of: KINDS[of].open_scopes(work, held) for of, held in scopes.items()}
    return [one for one in found if one.scope in seen[one.kind]]


def versions_of(work: Work, issue: ReportIssue) -> Sequence[ReportIssue]:
    """Every version of the report of which this is one, the newest first."""
    return issues(work, issue.kind, Span.parse(issue.period), issue.scope)


def latest(work: Work, kind: ReportKind, span: Span, scope: str = "") -> ReportIssue | None:
    """The newest version of a report, or None."""
    return next(iter(issues(work, kind, span, scope)), None)


def issue_values(work: Work, issue: ReportIssue, readers: Readers | None = None) -> dict[str, Any]:
    """The frozen values as the actor (or these readers) may see them."""
    stored: Mapping[str, Any] = json.loads(issue.payload)
    minimum = _minimum(work, Span.parse(issue.period))
    return KINDS[issue.kind].shown(stored, readers or readers_of(work), minimum)


def changes(work: Work, old: ReportIssue, new: ReportIssue, readers: Readers | None = None) -> list[Change]:
    """What differs between two versions of one report, as the actor may see it; refuses NotTheSameReport."""
    if (old.kind, old.period, old.scope) != (new.kind, new.period, new.scope):
        raise NotTheSameReport
    before, after = issue_values(work, old, readers), issue_values(work, new, readers)
    return difference(before, after)


def kept_file(
    work: Work, issue: ReportIssue, form: FileFormat, lang: str, readers: Readers
) -> ReportFile | None:
    """The file that was kept when the issue was made for such readers, or None."""
    return work.session.scalars(
        select(ReportFile).where(
            col(ReportFile.issue_id) == issue.id,
            col(ReportFile.format) == form,
            col(ReportFile.lang) == (lang if form in SPOKEN else ANY_LANGUAGE),
            col(ReportFile.readers) == readers.name,
        )
    ).first()


def render(work: Work, issue: ReportIssue, form: str, lang: str, readers: Readers | None = None) -> bytes:
    """The file of an issue for the actor (or these readers): the one kept, else made of the frozen values.

    Refuses: UnknownFormat.
    """
    wanted, readers = format_of(form, lang), readers or readers_of(work)
    kept = kept_file(work, issue, wanted, lang, readers)
    if kept is not None:
        return store.get(folder(work), kept.sha256)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    return made(issue_values(work, issue, readers), head, wanted, lang)


def render_draft(
    work: Work, span: Span, form: str, lang: str, known_at: datetime | None = None, *,
    kind: ReportKind = ReportKind.QUARTERLY, scope: str = "", readers: Readers | None = None,
) -> bytes:  # fmt: skip
    """The file of a draft as the actor (or these readers) may see it, marked as such; it is not kept.

    Refuses: UnknownFormat, WrongPeriod, NotYetKnown.
    """
    wanted = format_of(form, lang)
    values = preview(work, span, known_at, kind=kind, scope=scope, readers=readers)
    return made(values, Head(known_at or work.now), wanted, lang)


def format_of(form: str, lang: str) -> FileFormat:
    """The format of that name; refuses UnknownFormat, also for a language that the house does not speak."""
    if form not in set(FileFormat) or lang not in LANGUAGES:
        raise UnknownFormat(field="format", format=form[:20], lang=lang[:10])
    return FileFormat(form)


def folder(work: Work) -> Path:
    """Where issued files lie."""
    return work.settings.data_dir / "files"


def _minimum(work: Work, span: Span) -> int:
    return work.parameter("small_cell_minimum", span.period.last)
