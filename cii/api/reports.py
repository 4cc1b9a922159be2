"""Reports: a period as a draft, frozen versions, their files, what differs between two versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.kernel.span import Span
from cii.reports.actions import freeze
from cii.reports.comparing import CommentFigure, Compared, comment, comments_of, compared
from cii.reports.files import MEDIA_TYPES
from cii.reports.kinds import Number
from cii.reports.public import ask_publication, render_public
from cii.reports.queries import (
    changes,
    issue_by_ref,
    issue_values,
    issues,
    preview,
    render,
    render_draft,
    versions_of,
)
from cii.reports.rules import Change, ReportFrozen
from cii.reports.schemas import CHANGE, COMMENT
from cii.reports.sending import SendReport, send_report
from cii.reports.tables import ReportComment, ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-reports", __name__, url_prefix=f"{PREFIX}/reports")


@dataclass(frozen=True)
class ReportAsked:
    """Which report: its kind, its period as 2026-Q3, 2026-09, 2026 or 2024-2027, of what alone it tells."""

    period: Span
    kind: ReportKind = ReportKind.QUARTERLY
    scope: str = field(default="", metadata={"max": 40})


@dataclass(frozen=True)
class DraftAsked:
    """Which report as a draft; `known_at`: as known at an earlier moment, else now."""

    period: Span
    kind: ReportKind = ReportKind.QUARTERLY
    scope: str = field(default="", metadata={"max": 40})
    known_at: datetime | None = None


@dataclass(frozen=True)
class ReportFilter:
    """Of which kind and period; every one when left out."""

    kind: ReportKind | None = None
    period: Span | None = None


@dataclass(frozen=True)
class DraftShown:
    """What is known of a period now, as far as I may see it; nothing of it is frozen."""

    kind: ReportKind
    period: Span
    scope: str
    values: dict[str, Any]


@dataclass(frozen=True)
class IssueShown:
    """A frozen version: `sha256` is that of its values; facts recorded after `known_at` are not in it."""

    ref: str
    kind: ReportKind
    period: str
    scope: str
    version: int
    known_at: datetime
    frozen_at: datetime
    sha256: str
    previous_ref: str | None
    values: dict[str, Any]


@dataclass(frozen=True)
class ComparedShown:
    """A figure in two periods, exact: francs with two decimals, shares as fractions; None where not known."""

    path: str
    kind: str
    old: str | None
    new: str | None
    change: str | None


ISSUE = only(
    IssueShown, "ref", "kind", "period", "scope", "version", "known_at", "frozen_at", "sha256",
    "previous_ref", "values", called="ReportAnswer",
)  # fmt: skip
ISSUE_ROW = only(
    IssueShown, "ref", "kind", "period", "scope", "version", "known_at", "frozen_at", "sha256",
    "previous_ref", called="ReportRowAnswer",
)  # fmt: skip


@dataclass(frozen=True)
class PublicationShown:
    """The meeting of the GP CII before which the publication of a report lies."""

    report: str
    meeting: str
    planned_on: date


@dataclass(frozen=True)
class SentShown:
    """To how many a version was sent now."""

    report: str
    sent: int


SENT = only(SentShown, "report", "sent", called="SendingAnswer")
PUBLICATION = only(PublicationShown, "report", "meeting", "planned_on", called="PublicationAnswer")
COMPARED = only(ComparedShown, "path", "kind", "old", "new", "change", called="ComparedAnswer")


@blueprint.get("")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(ReportFilter, location="query")
@blueprint.response(200, paged(ISSUE_ROW))
def listed(asked: ReportFilter) -> Page[IssueShown]:
    """Every frozen version, the newest first."""
    found = issues(g.work, asked.kind, asked.period)
    refs = {one.id: one.ref for one in found}
    return Page([_told(one, refs, {}) for one in found])


@blueprint.post("")
@needs(Permit.FREEZE_REPORTS)
@once
@blueprint.arguments(ReportAsked)
@blueprint.response(201, ISSUE)
def frozen(ask: ReportAsked) -> IssueShown:
    """Freeze what is known of a period; the same facts give the version that exists."""
    return _issue(freeze(g.work, ask.period, ask.kind, ask.scope))


@blueprint.get("/draft")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(DraftAsked, location="query")
@blueprint.response(200, only(DraftShown, "kind", "period", "scope", "values", called="ReportDraftAnswer"))
def draft(asked: DraftAsked) -> DraftShown:
    """The period as it is known now, or was at an earlier moment."""
    values = preview(g.work, asked.period, asked.known_at, kind=asked.kind, scope=asked.scope)
    return DraftShown(asked.kind, asked.period, asked.scope, values)


@blueprint.get("/draft/files/<form>")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(DraftAsked, location="query")
@blueprint.response(200, content_type="application/octet-stream")
def draft_file(asked: DraftAsked, form: str) -> Response:
    """A draft as `pdf`, `xlsx`, `csv` or `json`, marked as such, in the reader's language; it is not kept."""
    data = render_draft(
        g.work, asked.period, form, language.lang(), asked.known_at, kind=asked.kind, scope=asked.scope
    )
    return _sent(data, f"cii-{asked.period}-draft.{form}", FileFormat(form))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, ISSUE)
def one(ref: str) -> IssueShown:
    """A frozen version with its values, small numbers hidden from those whom they do not concern."""
    return _issue(issue_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/publication")
@needs(Permit.EDIT_COORDINATION)
@once
@blueprint.response(200, PUBLICATION)
def publication(ref: str) -> PublicationShown:
    """Lay the publication of a version before the next meeting of the GP CII; twice the same is one."""
    meeting = ask_publication(g.work, ref)
    return PublicationShown(ref, meeting.ref, meeting.planned_on)


@blueprint.get("/<ref:ref>/public/<form>")
@needs(Permit.FREEZE_REPORTS, Permit.DECIDE_STEERING)
@blueprint.response(200, content_type="application/octet-stream")
def public_file(ref: str, form: str) -> Response:
    """A version for everybody: small numbers hidden, the decision of the GP CII on each page."""
    issue = issue_by_ref(g.work, ref)
    data = render_public(g.work, ref, form, language.lang())
    return _sent(data, f"cii-{issue.kind}-{issue.period}-public.{form}", FileFormat(form))


@blueprint.post("/<ref:ref>/sendings")
@needs(Permit.FREEZE_REPORTS)
@once
@blueprint.arguments(SendReport, given=("report_ref",))
@blueprint.response(201, SENT)
def sending(ask: Callable[..., SendReport], ref: str) -> SentShown:
    """Tell members of the bodies where a version is; each reads it as they may."""
    return SentShown(ref, len(send_report(g.work, ask(report_ref=ref))))


@blueprint.put("/<ref:ref>")
@needs(Permit.FREEZE_REPORTS)
@blueprint.response(409)
def replaced(ref: str) -> None:
    """Refused: a frozen version stays as it is; freeze the period again for the next one."""
    _unchanged(ref)


@blueprint.patch("/<ref:ref>")
@needs(Permit.FREEZE_REPORTS)
@blueprint.response(409)
def changed(ref: str) -> None:
    """Refused, as above."""
    _unchanged(ref)


@blueprint.delete("/<ref:ref>")
@needs(Permit.FREEZE_REPORTS)
@blueprint.response(409)
def removed(ref: str) -> None:
    """Refused, as above."""
    _unchanged(ref)


@blueprint.get("/<ref:ref>/files/<form>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, content_type="application/octet-stream")
def file(ref: str, form: str) -> Response:
    """A version as `pdf`, `xlsx`, `csv` or `json`, in the reader's language."""
    issue = issue_by_ref(g.work, ref)
    data = render(g.work, issue, form, language.lang())
    name = f"cii-{issue.period}-v{issue.version}.{form}"
    return _sent(data, name, FileFormat(form))


@blueprint.get("/<ref:ref>/difference/<ref:older>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, paged(CHANGE))
def difference(ref: str, older: str) -> Page[Change]:
    """What differs from an older version of the same report, value by value."""
    return Page(changes(g.work, issue_by_ref(g.work, older), issue_by_ref(g.work, ref)))


@blueprint.get("/<ref:ref>/comparison/<ref:other>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, paged(COMPARED))
def comparison(ref: str, other: str) -> Page[ComparedShown]:
    """Every figure of a version beside that of another period of the same kind, with the difference."""
    found = compared(g.work, issue_by_ref(g.work, other), issue_by_ref(g.work, ref))
    return Page([_beside(one) for one in found])


@blueprint.get("/<ref:ref>/comments")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, paged(COMMENT))
def comments(ref: str) -> Page[ReportComment]:
    """What was said beside the figures that I see."""
    return Page(comments_of(g.work, issue_by_ref(g.work, ref)))


@blueprint.post("/<ref:ref>/comments")
@needs(Permit.FREEZE_REPORTS)
@once
@blueprint.arguments(CommentFigure, given=("report_ref",))
@blueprint.response(201, COMMENT)
def commented(ask: Callable[..., CommentFigure], ref: str) -> ReportComment:
    """Put a word beside a figure or a row, named by its path as in the values."""
    return comment(g.work, ask(report_ref=ref))


def _beside(one: Compared) -> ComparedShown:
    def plain(value: Number | None) -> str | None:
        return None if value is None else str(value)

    return ComparedShown(one.figure.path, one.figure.kind, plain(one.old), plain(one.new), plain(one.change))


def _sent(data: bytes, name: str, form: FileFormat) -> Response:
    answer = Response(data, mimetype=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _unchanged(ref: str) -> None:
    issue = issue_by_ref(g.work, ref)
    raise ReportFrozen(version=issue.version)


def _issue(row: ReportIssue) -> IssueShown:
    refs = {one.id: one.ref for one in versions_of(g.work, row)}
    return _told(row, refs, issue_values(g.work, row))


def _told(row: ReportIssue, before: Mapping[int | None, str], values: dict[str, Any]) -> IssueShown:
    return IssueShown(
        row.ref, row.kind, row.period, row.scope, row.version, row.known_at, row.frozen_at, row.sha256,
        before.get(row.previous_id), values,
    )  # fmt: skip
