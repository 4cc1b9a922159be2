"""The figures of a frozen report on its page: what was said beside them, and another period side by side."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reports.comparing import Compared, comments_of, compared
from cii.reports.kinds import Figure, Number
from cii.reports.queries import issue_by_ref, issues
from cii.reports.registry import KINDS
from cii.reports.sending import recipients, sendings_of
from cii.reports.tables import ReportIssue
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import fallback, t, text_asked
from cii.wire import language


def comments_shown(work: Work, issue: ReportIssue, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was said beside the figures, and the choices of whoever may say more."""
    said = comments_of(work, issue)
    names = account_names(work, {one.account_id for one in said if one.account_id is not None})
    labels = figure_labels(issue, values)
    return {
        "comments": [
            {
                "on": labels.get(one.path, one.path),
                "wording": one.wording,
                "by": names.get(one.account_id or 0) or t("web.journal.house"),
                "at": one.recorded_at,
            }
            for one in said
        ],
        "figures": [{"value": path, "label": label} for path, label in labels.items()]
        if Permit.FREEZE_REPORTS in work.actor.permits
        else [],
    }


def sendings_shown(work: Work, issue: ReportIssue) -> dict[str, Any]:
    """To whom a version was sent, and to whom it can be by whoever freezes reports."""
    sends = Permit.FREEZE_REPORTS in work.actor.permits
    sent = sendings_of(work, issue) if sends else []
    names = account_names(work, {one.account_id for one in sent})
    return {
        "sends": sends,
        "sent": [{"name": names[one.account_id], "at": one.sent_at} for one in sent],
        "recipients": [
            {"value": one.ref, "label": f"{one.name} ({one.institution})" if one.institution else one.name}
            for one in recipients(work)
        ]
        if sends
        else [],
    }


def figure_labels(issue: ReportIssue, values: Mapping[str, Any]) -> dict[str, str]:
    """Every figure that is seen, by where it stands: its part, its row, its name."""
    hidden = set(values["hidden"])
    return {
        one.path: " · ".join(part for part in (_section(one.section), one.key, _figure(one)) if part)
        for one in KINDS[issue.kind].figures(values)
        if one.path not in hidden
    }


def _section(name: str) -> str:
    return fallback(f"web.reports.section.{name.replace('_', '-')}", name)


def _figure(one: Figure) -> str:
    if isinstance(one.text, str):
        return t(one.text)
    return one.text.get(language.lang()) or one.text["fr"]


def comparison_shown(work: Work, ref: str) -> dict[str, Any]:
    """The newest issue of another period beside this one; refuses UnknownThing."""
    issue, lang = issue_by_ref(work, ref), language.lang()
    others = [one for one in issues(work, issue.kind, scope=issue.scope) if one.period != issue.period]
    newest = {one.period: one for one in reversed(others)}
    before = next((newest[one] for one in sorted(newest, reverse=True) if one < issue.period), None)
    asked_for = text_asked("with")
    other = newest.get(asked_for) or before or next(iter(newest.values()), None)
    found = compared(work, other, issue) if other else []
    sections = list(dict.fromkeys(one.figure.section for one in found))
    section = text_asked("section") or (sections[0] if sections else "")
    return {
        "issue": issue,
        "quarter": formats.span(Span.parse(issue.period), lang),
        "other": formats.span(Span.parse(other.period), lang) if other else None,
        "with": other.period if other else "",
        "periods": [
            {"value": one, "label": formats.span(Span.parse(one), lang)}
            for one in sorted(newest, reverse=True)
        ],
        "section": section,
        "sections": [{"value": one, "label": _section(one)} for one in sections],
        "keyed": any(one.figure.key for one in found if one.figure.section == section),
        "rows": [_side_by_side(one, lang) for one in found if one.figure.section == section],
    }


def _side_by_side(one: Compared, lang: str) -> dict[str, Any]:
    kind = one.figure.kind
    change = _difference(one.change, kind, lang)
    return {
        "key": one.figure.key or None,
        "figure": _figure(one.figure),
        "old": _number(one.old, kind, lang),
        "new": _number(one.new, kind, lang),
        "change": f"+{change}" if change is not None and _positive(one.change) else change,
    }


def _number(value: Number | None, kind: str, lang: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, Chf):
        return formats.francs(value)
    return formats.percent(value, lang, 1) if kind == "percent" else formats.number(value, lang)


def _difference(value: Number | None, kind: str, lang: str) -> str | None:
    """A difference: between shares in percentage points."""
    if value is None or isinstance(value, Chf) or kind != "percent":
        return _number(value, kind, lang)
    return t("web.reports.points", n=formats.number(Fraction(value) * 100, lang, 1))


def _positive(value: Number | None) -> bool:
    return value is not None and (value.centimes if isinstance(value, Chf) else value) > 0
