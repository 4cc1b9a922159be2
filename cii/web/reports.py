"""Reports: the quarters, the pack of one as a draft or frozen, its versions, their differences, its files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response as FileResponse
from flask import g, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.documents.layout import Report
from cii.kernel.period import ONE_DAY
from cii.kernel.span import Span, SpanKind
from cii.reports.actions import freeze
from cii.reports.comparing import CommentFigure, comment
from cii.reports.files import MEDIA_TYPES
from cii.reports.kinds import Head
from cii.reports.queries import (
    changes,
    format_of,
    issue_by_ref,
    issue_values,
    issues,
    preview,
    render,
    render_draft,
    versions_of,
)
from cii.reports.registry import KINDS, kind_of
from cii.reports.rules import Change
from cii.reports.tables import ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import fallback, t
from cii.web.report_figures import comments_shown, comparison_shown
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("reports", __name__)
_QUARTERS = 8


@page.get("/reports", endpoint="index")
@needs(Permit.SEE_REPORTS)
def reports_page() -> str:
    """The quarters and what was frozen of them."""
    return render_template("pages/reports/index.html", **_quarters(g.work))


@page.get("/reports/quarters/<quarter>")
@needs(Permit.SEE_REPORTS)
def draft(quarter: str) -> str:
    """The pack of a quarter as known now."""
    return render_template("pages/reports/draft.html", **_draft(g.work, Span.parse(quarter)))


@page.post("/reports/quarters/<quarter>/freezing")
@needs(Permit.FREEZE_REPORTS)
@once
@again(draft)
def freeze_quarter(quarter: str) -> Response:
    """Freeze what is known of a quarter that is over."""
    return see_other("reports.one", ref=freeze(g.work, Span.parse(quarter)).ref)


@page.get("/reports/quarters/<quarter>/files/<form>")
@needs(Permit.SEE_REPORTS)
def draft_file(quarter: str, form: str) -> Response:
    """A file of the draft, marked as such."""
    lang = language.lang()
    return _file(
        render_draft(g.work, Span.parse(quarter), form, lang),
        format_of(form, lang),
        f"cii-{quarter}-draft",
    )


@page.get("/reports/<ref:ref>")
@needs(Permit.SEE_REPORTS)
def one(ref: str) -> str:
    """One frozen version."""
    return render_template("pages/reports/one.html", **_issue(g.work, ref))


@page.get("/reports/<ref:ref>/changes")
@needs(Permit.SEE_REPORTS)
def differences(ref: str) -> str:
    """What differs from the version before."""
    return render_template("pages/reports/changes.html", **_changes(g.work, ref))


@page.get("/reports/<ref:ref>/files/<form>")
@needs(Permit.SEE_REPORTS)
def file(ref: str, form: str) -> Response:
    """A file of a frozen version."""
    issue, lang = issue_by_ref(g.work, ref), language.lang()
    content = render(g.work, issue, form, lang)
    return _file(content, format_of(form, lang), f"cii-{issue.period}-v{issue.version}")


@page.get("/reports/<ref:ref>/comparison")
@needs(Permit.SEE_REPORTS)
def comparison(ref: str) -> str:
    """An issue beside one of another period."""
    return render_template("pages/reports/comparison.html", **comparison_shown(g.work, ref))


@page.post("/reports/<ref:ref>/comments")
@needs(Permit.FREEZE_REPORTS)
@once
@again(one)
def comment_on(ref: str) -> Response:
    """Put a word beside a figure."""
    comment(g.work, asked(CommentFigure, report_ref=ref))
    return see_other("reports.one", ref=ref)


def _file(content: bytes, form: FileFormat, name: str) -> Response:
    answer = FileResponse(content, mimetype=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form.value}"'
    return answer


def _quarters(work: Work) -> dict[str, Any]:
    lang = language.lang()
    frozen: dict[str, list[Any]] = {}
    for issue in issues(work, ReportKind.QUARTERLY):
        frozen.setdefault(issue.period, []).append(issue)
    at = Span.of(SpanKind.QUARTER, work.today)
    listed: list[Span] = []
    while len(listed) < _QUARTERS:
        listed.append(at)
        at = at.previous
    listed += [one for one in map(Span.parse, frozen) if one not in listed]
    return {
        "rows": [
            {
                "quarter": formats.span(one, lang),
                "code": str(one),
                "state": _state(one, frozen.get(str(one), []), work),
                "versions": len(frozen.get(str(one), [])),
                "frozen_at": frozen[str(one)][0].frozen_at if str(one) in frozen else None,
                "ref": frozen[str(one)][0].ref if str(one) in frozen else None,
            }
            for one in listed
        ]
    }


def _state(quarter: Span, held: list[Any], work: Work) -> dict[str, str]:
    if held:
        return {"label": t("web.reports.frozen", version=held[0].version), "tone": "good"}
    if not quarter.over(work.today):
        return {"label": t("web.reports.running"), "tone": "neutral"}
    return {"label": t("web.reports.to-freeze"), "tone": "warn"}


def _draft(work: Work, quarter: Span) -> dict[str, Any]:
    lang = language.lang()
    over = quarter.over(work.today)
    values = preview(work, quarter)
    return {
        "pack": _pack(kind_of(values).pages(values, lang, Head(work.now)), lang),
        "quarter": formats.span(quarter, lang),
        "code": str(quarter),
        "versions": _versions(work, issues(work, ReportKind.QUARTERLY, quarter)),
        "forms": [one.value for one in FileFormat],
        "may_freeze": over and Permit.FREEZE_REPORTS in work.actor.permits,
        "why_not": _why_not(work, quarter, over=over),
    }


def _pack(pack: Report, lang: str) -> list[dict[str, Any]]:
    """The sections as every file says them, with the whole titles of columns (a file breaks long ones)."""
    told: Any = pack.plain(lang)["sections"]
    return [
        {
            **section,
            "charts": [
                {"title": chart["title"], "parts": [_drawn(part) for part in chart["parts"]]}
                for chart in section["charts"]
            ],
            "tables": [
                {**table, "heads": [one.title for one in raw.columns]}
                for table, raw in zip(section["tables"], held.tables, strict=True)
            ],
        }
        for section, held in zip(told, pack.sections, strict=True)
    ]


def _drawn(part: dict[str, str]) -> dict[str, str]:
    return {"svg": Markup(part["svg"]), "told": part["told"]}  # noqa: S704 - every text in it escaped


def _why_not(work: Work, quarter: Span, *, over: bool) -> str | None:
    if Permit.FREEZE_REPORTS not in work.actor.permits:
        return t("web.reports.read-only")
    return None if over else t("web.reports.not-over", last=quarter.period.end - ONE_DAY)


def _versions(work: Work, held: Sequence[ReportIssue], chosen: str = "") -> list[dict[str, Any]]:
    names = account_names(work, {one.frozen_by for one in held if one.frozen_by is not None})
    return [
        {
            "ref": one.ref,
            "version": one.version,
            "frozen_at": one.frozen_at,
            "by": names.get(one.frozen_by or 0) or t("web.journal.house"),
            "sha256": one.sha256[:16],
            "chosen": one.ref == chosen,
        }
        for one in held
    ]


def _issue(work: Work, ref: str) -> dict[str, Any]:
    issue, lang = issue_by_ref(work, ref), language.lang()
    values = issue_values(work, issue)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    return {
        "issue": issue,
        "pack": _pack(KINDS[issue.kind].pages(values, lang, head), lang),
        "quarter": formats.span(Span.parse(issue.period), lang),
        "code": issue.period,
        "versions": _versions(work, versions_of(work, issue), ref),
        "forms": [one.value for one in FileFormat],
        **comments_shown(work, issue, values),
    }


def _changes(work: Work, ref: str) -> dict[str, Any]:
    issue = issue_by_ref(work, ref)
    before = next((one for one in versions_of(work, issue) if one.version == issue.version - 1), None)
    found = changes(work, before, issue) if before else []
    return {
        "issue": issue,
        "quarter": formats.span(Span.parse(issue.period), language.lang()),
        "before": before,
        "rows": [_change(one) for one in found],
    }


def _change(one: Change) -> dict[str, Any]:
    section, _, rest = one.path.partition(".")
    key, _, figure = rest.rpartition(".")
    return {
        "section": fallback(f"web.reports.section.{section.replace('_', '-')}", section),
        "key": key or None,
        "figure": fallback(f"reports.{figure.replace('_', '-')}", figure.replace("_", " "))
        if figure
        else None,
        "old": _plain(one.old),
        "new": _plain(one.new),
    }


def _plain(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    return formats.moment(value, language.lang()) if isinstance(value, datetime) else str(value)
