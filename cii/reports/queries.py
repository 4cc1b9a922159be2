"""Reads of reports: drafts, issues, and what the actor may see of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.coordination.queries import corrective_at, delivered, held_days
from cii.coordination.rules import missing_deliveries
from cii.coordination.vocabulary import Body
from cii.documents import store
from cii.figures.queries import quarter_figures
from cii.institutions.queries import institution_marks
from cii.kernel.errors import UnknownThing
from cii.kernel.period import Quarter
from cii.reports.files import ANY_LANGUAGE, SPOKEN, Head, made
from cii.reports.readers import Readers, shown
from cii.reports.rules import Change, NotTheSameReport, UnknownFormat, difference
from cii.reports.tables import ReportFile, ReportIssue
from cii.reports.values import values_of
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


def quarter_values(work: Work, quarter: Quarter, known_at: datetime) -> dict[str, object]:
    """The whole pack of a quarter as known at a moment, nothing hidden; never leaves the house as it is."""
    period = quarter.period
    months = [one.start for one in period.months()]
    return values_of(
        quarter_figures(work, quarter, known_at),
        corrective_at(work, period, known_at),
        [(body.value, day) for body in Body for day in held_days(work, body, period)],
        [
            (month, institution)
            for month in months
            for institution in missing_deliveries(delivered(work, month, known_at))
        ],
    )


def preview(work: Work, quarter: Quarter, known_at: datetime | None = None) -> dict[str, Any]:
    """A draft of the pack as the actor may see it."""
    values = quarter_values(work, quarter, known_at or work.now)
    return shown(values, readers_of(work), _minimum(work, quarter))


def issue_by_ref(work: Work, ref: str) -> ReportIssue:
    """The issue with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(ReportIssue).where(col(ReportIssue.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="report")
    return found


def issues(work: Work, quarter: Quarter | None = None) -> Sequence[ReportIssue]:
    """Every issue, the newest quarter and version first."""
    query = select(ReportIssue)
    if quarter is not None:
        query = query.where(col(ReportIssue.quarter) == str(quarter))
    return work.session.scalars(
        query.order_by(col(ReportIssue.quarter).desc(), col(ReportIssue.version).desc())
    ).all()


def latest(work: Work, quarter: Quarter, kind: ReportKind = ReportKind.QUARTERLY) -> ReportIssue | None:
    """The newest version of a quarter's pack, or None."""
    return work.session.scalars(
        select(ReportIssue)
        .where(col(ReportIssue.kind) == kind, col(ReportIssue.quarter) == str(quarter))
        .order_by(col(ReportIssue.version).desc())
        .limit(1)
    ).first()


def issue_values(work: Work, issue: ReportIssue, readers: Readers | None = None) -> dict[str, Any]:
    """The frozen values as the actor (or these readers) may see them."""
    stored: Mapping[str, Any] = json.loads(issue.payload)
    return shown(stored, readers or readers_of(work), _minimum(work, Quarter.parse(issue.quarter)))


def changes(work: Work, old: ReportIssue, new: ReportIssue, readers: Readers | None = None) -> list[Change]:
    """What differs between two versions of one report, as the actor may see it; refuses NotTheSameReport."""
    if (old.kind, old.quarter) != (new.kind, new.quarter):
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


def render_draft(work: Work, quarter: Quarter, form: str, lang: str) -> bytes:
    """The file of a draft as the actor may see it, marked as such; it is not kept. Refuses: UnknownFormat."""
    return made(preview(work, quarter), Head(work.now), format_of(form, lang), lang)


def format_of(form: str, lang: str) -> FileFormat:
    """The format of that name; refuses UnknownFormat, also for a language that the house does not speak."""
    if form not in set(FileFormat) or lang not in LANGUAGES:
        raise UnknownFormat(field="format", format=form[:20], lang=lang[:10])
    return FileFormat(form)


def folder(work: Work) -> Path:
    """Where issued files lie."""
    return work.settings.data_dir / "files"


def _minimum(work: Work, quarter: Quarter) -> int:
    return work.parameter("small_cell_minimum", quarter.period.last)
