"""Reports: each kind and period as a draft or frozen, its versions, their differences, its files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response as FileResponse
from flask import g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.documents.layout import Report
from cii.kernel.clock import ZURICH
from cii.kernel.errors import UnknownThing
from cii.kernel.period import ONE_DAY
from cii.kernel.span import Span, SpanKind
from cii.reports.actions import freeze
from cii.reports.comparing import CommentFigure, comment
from cii.reports.files import MEDIA_TYPES
from cii.reports.kinds import Head
from cii.reports.public import approved
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
from cii.reports.scheduled import drafts_of
from cii.reports.tables import ReportDraft, ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked, fallback, t, text_asked, word
from cii.web.report_figures import comments_shown, comparison_shown, sendings_shown
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked
from cii.wire.refusals import NotADate

page = Blueprint("reports", __name__)
_LISTED: Mapping[SpanKind, int] = {
    SpanKind.DAY: 14, SpanKind.MONTH: 12, SpanKind.QUARTER: 8, SpanKind.YEAR: 4,
}  # fmt: skip
"""How many periods are listed, frozen or not."""


@page.get("/reports", endpoint="index")
@needs(Permit.SEE_REPORTS)
def reports_page() -> str:
    """The periods of a kind of report and what was frozen of them."""
    kind = choice_asked(ReportKind, "kind") or ReportKind.QUARTERLY
    return render_template("pages/reports/index.html", **_periods(g.work, kind))


@page.get("/reports/quarters/<quarter>")
@needs(Permit.SEE_REPORTS)
def quarter_page(quarter: str) -> Response:
    """The former address of a quarter's draft."""
    return see_other("reports.draft", kind=ReportKind.QUARTERLY, period=quarter)


@page.get("/reports/ask")
@needs(Permit.SEE_REPORTS)
def ask() -> Response:
    """From the kind, period and scope that the reader wrote to the draft."""
    kind = choice_asked(ReportKind, "kind") or ReportKind.QUARTERLY
    if not text_asked("period"):
        return see_other("reports.index", kind=kind)
    return redirect(_address(kind, Span.parse(text_asked("period")), _scope()), 303)


@page.get("/reports/<kind>/<period>")
@needs(Permit.SEE_REPORTS)
def draft(kind: str, period: str) -> str:
    """A report as known now, or at the moment asked for; `scope`: of what alone it tells."""
    return render_template("pages/reports/draft.html", **_draft(g.work, _kind(kind), Span.parse(period)))


@page.post("/reports/<kind>/<period>/freezing")
@needs(Permit.FREEZE_REPORTS)
@once
@again(draft)
def freeze_period(kind: str, period: str) -> Response:
    """Freeze what is known of a period that is over."""
    made = freeze(g.work, Span.parse(period), _kind(kind), request.form.get("scope", "")[:40])
    return see_other("reports.one", ref=made.ref)


@page.get("/reports/<kind>/<period>/files/<form>")
@needs(Permit.SEE_REPORTS)
def draft_file(kind: str, period: str, form: str) -> Response:
    """A file of the draft, marked as such."""
    lang, wanted, span = language.lang(), _kind(kind), Span.parse(period)
    data = render_draft(g.work, span, form, lang, _moment(), kind=wanted, scope=_scope())
    return _file(data, format_of(form, lang), f"cii-{wanted}-{span}-draft")


@page.get("/reports/<ref:ref>")
@needs(Permit.SEE_REPORTS)
def one(ref: str) -> str:
    """One frozen version."""
    return render_template("pages/reports/one.html", **issue_shown(g.work, ref))


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
    return _file(content, format_of(form, lang), f"cii-{issue.kind}-{issue.period}-v{issue.version}")


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


def _kind(name: str) -> ReportKind:
    """The kind of an address, written with dashes; refuses UnknownThing."""
    try:
        return ReportKind(name.replace("-", "_"))
    except ValueError:
        raise UnknownThing(field="kind") from None


def _scope() -> str:
    return text_asked("scope")[:40]


def _moment() -> datetime | None:
    """The moment as of which the reader wants to know, in Swiss time; None for now. Refuses NotADate."""
    asked_for = text_asked("known_at")
    if not asked_for:
        return None
    try:
        read = datetime.fromisoformat(asked_for)
    except ValueError:
        raise NotADate(field="known_at") from None
    return read if read.tzinfo else read.replace(tzinfo=ZURICH)


def _address(
    kind: ReportKind, span: Span, scope: str = "", endpoint: str = "reports.draft", **more: str
) -> str:
    named: dict[str, Any] = {**({"scope": scope} if scope else {}), **more}
    return url_for(endpoint, kind=kind.replace("_", "-"), period=str(span), **named)


def _periods(work: Work, kind: ReportKind) -> dict[str, Any]:
    """The periods of a kind, the newest first: what is to freeze, what is frozen."""
    lang, made = language.lang(), KINDS[kind]
    frozen: dict[tuple[str, str], list[ReportIssue]] = {}
    for issue in issues(work, kind):
        frozen.setdefault((issue.period, issue.scope), []).append(issue)
    scoped = "" not in made.open_scopes(work, [""])
    listed: list[tuple[Span, str]] = []
    if not scoped and made.span in _LISTED:
        at = Span.of(made.span, work.today)
        while len(listed) < _LISTED[made.span]:
            listed.append((at, ""))
            at = at.previous
    known = {(str(span), scope) for span, scope in listed}
    listed += [(Span.parse(period), scope) for period, scope in frozen if (period, scope) not in known]
    rows, drafts = [], drafts_of(work, kind)
    for span, scope in listed:
        held = frozen.get((str(span), scope), [])
        rows.append(
            {
                "period": formats.span(span, lang),
                "scope": scope or None,
                "state": _state(span, held, work),
                "versions": len(held),
                "frozen_at": held[0].frozen_at if held else None,
                "url": url_for("reports.one", ref=held[0].ref) if held else _address(kind, span, scope),
                "draft": _drafted(drafts.get(str(span)), kind, span, scope),
            }
        )
    return {
        "kind": kind.value,
        "kinds": [
            {
                "label": _capital(word(one)), "url": url_for("reports.index", kind=one.value),
                "current": one is kind, "count": None,
            }
            for one in KINDS
        ],
        "rows": rows,
        "scoped": scoped,
        "asking": made.span.value,
    }  # fmt: skip


def _drafted(made: ReportDraft | None, kind: ReportKind, span: Span, scope: str) -> dict[str, str]:
    """The link to what is known now, or to the draft that the house made when the period ended."""
    if made is None:
        return {"label": t("web.reports.as-of-now"), "url": _address(kind, span, scope)}
    at = made.known_at.astimezone(ZURICH).replace(tzinfo=None).isoformat(timespec="seconds")
    said = t("web.reports.drafted", at=made.known_at)
    return {"label": said, "url": _address(kind, span, scope, known_at=at)}


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _state(span: Span, held: Sequence[ReportIssue], work: Work) -> dict[str, str]:
    if held:
        return {"label": t("web.reports.frozen", version=held[0].version), "tone": "good"}
    if not span.over(work.today):
        return {"label": t("web.reports.running"), "tone": "neutral"}
    return {"label": t("web.reports.to-freeze"), "tone": "warn"}


def _draft(work: Work, kind: ReportKind, span: Span) -> dict[str, Any]:
    lang, scope, known_at = language.lang(), _scope() or request.form.get("scope", "")[:40], _moment()
    over = span.over(work.today)
    values = preview(work, span, known_at, kind=kind, scope=scope)
    named = {"known_at": text_asked("known_at")} if known_at else {}
    return {
        "pack": _pack(kind_of(values).pages(values, lang, Head(known_at or work.now)), lang),
        "title": _titled(kind, span, scope, lang),
        "known_at": known_at,
        "asked_at": text_asked("known_at"),
        "kind": kind.value,
        "scope": scope,
        "address": _address(kind, span),
        "freezing": _address(kind, span, endpoint="reports.freeze_period"),
        "versions": _versions(work, issues(work, kind, span, scope)),
        "files": [
            {"label": one.value.upper(),
             "url": _address(kind, span, scope, "reports.draft_file", form=one.value, **named)}
            for one in FileFormat
        ],
        "may_freeze": over and known_at is None and Permit.FREEZE_REPORTS in work.actor.permits,
        "why_not": _why_not(work, span, over=over),
    }  # fmt: skip


def _titled(kind: ReportKind, span: Span, scope: str, lang: str) -> str:
    said = f"{_capital(word(kind))}, {formats.span(span, lang)}"
    return f"{said}, {scope}" if scope else said


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


def _why_not(work: Work, span: Span, *, over: bool) -> str | None:
    if Permit.FREEZE_REPORTS not in work.actor.permits:
        return t("web.reports.read-only")
    return None if over else t("web.reports.not-over", last=span.period.end - ONE_DAY)


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


def issue_shown(work: Work, ref: str) -> dict[str, Any]:
    """A frozen version with its figures, comments and what may be done with it."""
    issue, lang = issue_by_ref(work, ref), language.lang()
    values = issue_values(work, issue)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    return {
        "issue": issue,
        "pack": _pack(KINDS[issue.kind].pages(values, lang, head), lang),
        "title": _titled(issue.kind, Span.parse(issue.period), issue.scope, lang),
        "current": _address(issue.kind, Span.parse(issue.period), issue.scope),
        "kind": issue.kind.value,
        "versions": _versions(work, versions_of(work, issue), ref),
        "forms": [one.value for one in FileFormat],
        **comments_shown(work, issue, values),
        "published": approved(work, issue),
        **sendings_shown(work, issue),
        "may_publish": bool({Permit.FREEZE_REPORTS, Permit.DECIDE_STEERING} & set(work.actor.permits)),
    }


def _changes(work: Work, ref: str) -> dict[str, Any]:
    issue = issue_by_ref(work, ref)
    before = next((one for one in versions_of(work, issue) if one.version == issue.version - 1), None)
    found = changes(work, before, issue) if before else []
    return {
        "issue": issue,
        "quarter": _titled(issue.kind, Span.parse(issue.period), issue.scope, language.lang()),
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
