"""Reports: the quarter as a draft, frozen versions, their files, what differs between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.kernel.period import Quarter
from cii.reports.actions import freeze
from cii.reports.files import MEDIA_TYPES
from cii.reports.queries import changes, issue_by_ref, issue_values, issues, preview, render
from cii.reports.rules import Change
from cii.reports.schemas import CHANGE
from cii.reports.tables import ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-reports", __name__, url_prefix=f"{PREFIX}/reports")


@dataclass(frozen=True)
class QuarterAsked:
    """A quarter, written 2026-Q3."""

    quarter: Quarter


@dataclass(frozen=True)
class QuarterFilter:
    """Of which quarter; every one when left out."""

    quarter: Quarter | None = None


@dataclass(frozen=True)
class DraftShown:
    """What is known of a quarter now, as far as I may see it; nothing of it is frozen."""

    quarter: Quarter
    values: dict[str, Any]


@dataclass(frozen=True)
class IssueShown:
    """A frozen version: `sha256` is that of its values; facts recorded after `known_at` are not in it."""

    ref: str
    kind: ReportKind
    quarter: str
    version: int
    known_at: datetime
    frozen_at: datetime
    sha256: str
    previous_ref: str | None
    values: dict[str, Any]


ISSUE = only(
    IssueShown, "ref", "kind", "quarter", "version", "known_at", "frozen_at", "sha256", "previous_ref",
    "values", called="ReportAnswer",
)  # fmt: skip
ISSUE_ROW = only(
    IssueShown, "ref", "kind", "quarter", "version", "known_at", "frozen_at", "sha256", "previous_ref",
    called="ReportRowAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(QuarterFilter, location="query")
@blueprint.response(200, paged(ISSUE_ROW))
def listed(asked: QuarterFilter) -> Page[IssueShown]:
    """Every frozen version, the newest first."""
    found = issues(g.work, asked.quarter)
    refs = {one.id: one.ref for one in found}
    return Page([_told(one, refs, {}) for one in found])


@blueprint.post("")
@needs(Permit.FREEZE_REPORTS)
@once
@blueprint.arguments(QuarterAsked)
@blueprint.response(201, ISSUE)
def frozen(ask: QuarterAsked) -> IssueShown:
    """Freeze what is known of a quarter; the same facts give the version that exists."""
    return _issue(freeze(g.work, ask.quarter))


@blueprint.get("/draft")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(QuarterAsked, location="query")
@blueprint.response(200, only(DraftShown, "quarter", "values", called="ReportDraftAnswer"))
def draft(asked: QuarterAsked) -> DraftShown:
    """The quarter as it is known now."""
    return DraftShown(asked.quarter, preview(g.work, asked.quarter))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, ISSUE)
def one(ref: str) -> IssueShown:
    """A frozen version with its values, small numbers hidden from those whom they do not concern."""
    return _issue(issue_by_ref(g.work, ref))


@blueprint.get("/<ref:ref>/files/<form>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, content_type="application/octet-stream")
def file(ref: str, form: str) -> Response:
    """A version as `pdf`, `xlsx`, `csv` or `json`, in the reader's language."""
    issue = issue_by_ref(g.work, ref)
    data = render(g.work, issue, form, language.lang())
    name = f"cii-{issue.quarter}-v{issue.version}.{form}"
    answer = Response(data, mimetype=MEDIA_TYPES[FileFormat(form)])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/<ref:ref>/difference/<ref:older>")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, paged(CHANGE))
def difference(ref: str, older: str) -> Page[Change]:
    """What differs from an older version of the same report, value by value."""
    return Page(changes(g.work, issue_by_ref(g.work, older), issue_by_ref(g.work, ref)))


def _issue(row: ReportIssue) -> IssueShown:
    refs = {one.id: one.ref for one in issues(g.work, Quarter.parse(row.quarter))}
    return _told(row, refs, issue_values(g.work, row))


def _told(row: ReportIssue, before: Mapping[int | None, str], values: dict[str, Any]) -> IssueShown:
    return IssueShown(
        row.ref, row.kind, row.quarter, row.version, row.known_at, row.frozen_at, row.sha256,
        before.get(row.previous_id), values,
    )  # fmt: skip
