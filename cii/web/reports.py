"""Reports: the quarters, the pack of one as a draft or frozen, its versions, their differences, its files."""

from datetime import datetime
from typing import Any

from flask import Response as FileResponse
from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.documents.layout import Report
from cii.kernel.period import ONE_DAY, Quarter
from cii.reports.actions import freeze
from cii.reports.files import MEDIA_TYPES
from cii.reports.pages import report
from cii.reports.queries import (
    changes,
    format_of,
    issue_by_ref,
    issue_values,
    issues,
    preview,
    render,
    render_draft,
)
from cii.reports.rules import Change
from cii.reports.vocabulary import FileFormat
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import fallback, t
from cii.wire import language
from cii.wire.doors import again, needs, once

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
    return render_template("pages/reports/draft.html", **_draft(g.work, Quarter.parse(quarter)))


@page.post("/reports/quarters/<quarter>/freezing")
@needs(Permit.FREEZE_REPORTS)
@once
@again(draft)
def freeze_quarter(quarter: str) -> Response:
    """Freeze what is known of a quarter that is over."""
    return see_other("reports.one", ref=freeze(g.work, Quarter.parse(quarter)).ref)


@page.get("/reports/quarters/<quarter>/files/<form>")
@needs(Permit.SEE_REPORTS)
def draft_file(quarter: str, form: str) -> Response:
    """A file of the draft, marked as such."""
    lang = language.lang()
    return _file(
        render_draft(g.work, Quarter.parse(quarter), form, lang),
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
    return _file(content, format_of(form, lang), f"cii-{issue.quarter}-v{issue.version}")


def _file(content: bytes, form: FileFormat, name: str) -> Response:
    answer = FileResponse(content, mimetype=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form.value}"'
    return answer


def _quarters(work: Work) -> dict[str, Any]:
    lang = language.lang()
    frozen: dict[str, list[Any]] = {}
    for issue in issues(work):
        frozen.setdefault(issue.quarter, []).append(issue)
    at = Quarter.of(work.today)
    listed: list[Quarter] = []
    while len(listed) < _QUARTERS:
        listed.append(at)
        at = at.previous
    listed += [one for one in map(Quarter.parse, frozen) if one not in listed]
    return {
        "rows": [
            {
                "quarter": formats.quarter(one, lang),
                "code": str(one),
                "state": _state(one, frozen.get(str(one), []), work),
                "versions": len(frozen.get(str(one), [])),
                "frozen_at": frozen[str(one)][0].frozen_at if str(one) in frozen else None,
                "ref": frozen[str(one)][0].ref if str(one) in frozen else None,
            }
            for one in listed
        ]
    }


def _state(quarter: Quarter, held: list[Any], work: Work) -> dict[str, str]:
    if held:
        return {"label": t("web.reports.frozen", version=held[0].version), "tone": "good"}
    if quarter.period.end > work.today:
        return {"label": t("web.reports.running"), "tone": "neutral"}
    return {"label": t("web.reports.to-freeze"), "tone": "warn"}


def _draft(work: Work, quarter: Quarter) -> dict[str, Any]:
    lang = language.lang()
    over = quarter.period.end <= work.today
    return {
        "pack": _pack(report(preview(work, quarter), lang), lang),
        "quarter": formats.quarter(quarter, lang),
        "code": str(quarter),
        "versions": _versions(work, quarter),
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
            "tables": [
                {**table, "heads": [one.title for one in raw.columns]}
                for table, raw in zip(section["tables"], held.tables, strict=True)
            ],
        }
        for section, held in zip(told, pack.sections, strict=True)
    ]


def _why_not(work: Work, quarter: Quarter, *, over: bool) -> str | None:
    if Permit.FREEZE_REPORTS not in work.actor.permits:
        return t("web.reports.read-only")
    return None if over else t("web.reports.not-over", last=quarter.period.end - ONE_DAY)


def _versions(work: Work, quarter: Quarter, chosen: str = "") -> list[dict[str, Any]]:
    held = issues(work, quarter)
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
    pack = report(values, lang, frozen_at=issue.frozen_at, version=issue.version, sha256=issue.sha256)
    quarter = Quarter.parse(issue.quarter)
    return {
        "issue": issue,
        "pack": _pack(pack, lang),
        "quarter": formats.quarter(quarter, lang),
        "code": issue.quarter,
        "versions": _versions(work, quarter, ref),
        "forms": [one.value for one in FileFormat],
    }


def _changes(work: Work, ref: str) -> dict[str, Any]:
    issue = issue_by_ref(work, ref)
    held = issues(work, Quarter.parse(issue.quarter))
    before = next((one for one in held if one.version == issue.version - 1), None)
    found = changes(work, before, issue) if before else []
    return {
        "issue": issue,
        "quarter": formats.quarter(Quarter.parse(issue.quarter), language.lang()),
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
