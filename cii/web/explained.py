"""Decisions as the pages of a case explain them: why, on which facts from where, what would change it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from cii.access.vocabulary import Section
from cii.decisions.rulelines import Column
from cii.kernel.clock import local_day
from cii.routing.explaining import ChangeShown, Explained, explanations
from cii.routing.redirects import Redirect, convened
from cii.store.work import Actor, Work
from cii.texts import formats
from cii.web.base import may_open
from cii.web.case_head import CasePage, unit_name
from cii.web.choices import fallback, t
from cii.web.tables import needed, value_of
from cii.wire import language


def decisions(work: Work, shown: CasePage) -> list[dict[str, Any]]:
    """The decisions of the case and those before it about its person, the newest first."""
    work.saw("case", [shown.case_id], int(Section.PLAN))
    cards = [card(work.actor, one) for one in explanations(work, shown.case_id, shown.person_id)[::-1]]
    often = Counter(one["title"] for one in cards)
    return [
        one | {"which": f"{one['title']} ({n})"} if often[one["title"]] > 1 else one
        for n, one in enumerate(cards, 1)
    ]


def last_by(work: Work, case_id: int, person_id: int, table: str) -> dict[str, Any] | None:
    """The last decision of that table about a case; None before one. Whoever calls has seen the plan."""
    found = [one for one in explanations(work, case_id, person_id) if one.table == table]
    return card(work.actor, found[-1]) if found else None


def convening(work: Work, shown: CasePage) -> dict[str, Any] | None:
    """Why the institutions sit down together, where redirects changed the path of the case."""
    found = convened(work, shown.case_id, shown.person_id)
    if found is None:
        return None
    lang = language.lang()
    return {
        "why": t(
            "web.convened.network" if found.network else "web.convened.session",
            count=len(found.redirects), months=found.months,
        ),
        "since": t("web.convened.since", at=formats.moment(found.at, lang)),
        "basis": t("web.explain.basis", basis=", ".join(found.legal_basis)),
        "redirects": [_sent_on(one, lang) for one in found.redirects],
        "change": t("web.convened.change", limit=found.limit, months=found.months),
    }  # fmt: skip


def _sent_on(one: Redirect, lang: str) -> str:
    day = formats.day(local_day(one.at), lang)
    if one.asked is None and one.named is None:
        return t("web.convened.elsewhere", day=day)
    return t("web.convened.sent-on", day=day, asked=unit_name(one.asked), named=unit_name(one.named))


def card(actor: Actor, one: Explained) -> dict[str, Any]:
    """One decision in words, for `parts/explained.html`."""
    lang = language.lang()
    outputs = {column.name: column for column in one.law.outputs}
    answer = _answer(outputs, one.outputs)
    at = formats.moment(one.at, lang)
    return {
        "title": one.title.get(lang, one.table),
        "which": one.title.get(lang, one.table),
        "ref": one.ref,
        "why": " ".join(said[lang] for said in one.why) or t("web.explain.hidden-why"),
        "answer": answer or t("web.explain.hidden-answer"),
        "taken": t("web.explain.by", at=at, by=one.by) if one.by else t("web.explain.by-house", at=at),
        "table": t(
            "web.explain.table", title=one.title.get(lang, one.table), version=one.version,
            since=formats.day(one.valid_from, lang),
        ),
        "table_url": url_for("definitions.decision_table", name=one.table, version=one.version)
        if may_open("definitions.decision_table", actor)
        else None,
        "basis": t("web.explain.basis", basis=", ".join(one.legal_basis)) if one.legal_basis else None,
        "rules": ", ".join(one.rules),
        "facts": _facts(one, lang),
        "changes": [_change(one, change, outputs, lang) for change in one.changes],
        "hidden": one.hidden,
    }  # fmt: skip


def _answer(outputs: Mapping[str, Column], held: Any) -> str:  # noqa: ANN401 - one answer or several
    several = held if isinstance(held, list) else [held]
    return "; ".join(
        ", ".join(value_of(outputs.get(name), value) for name, value in one.items()) for one in several if one
    )


def _facts(one: Explained, lang: str) -> list[dict[str, str]]:
    found = [
        {
            "fact": column.title.get(lang, column.name),
            "value": value_of(column, one.inputs[column.name]),
            "source": source_of(one.sources.get(column.name), lang),
        }
        for column in one.law.inputs
        if column.name in one.inputs
    ]
    hidden = t("web.explain.hidden-fact")
    return [*found, {"fact": hidden, "value": t("web.table.none"), "source": ""}] if one.hidden else found


def source_of(held: Mapping[str, Any] | None, lang: str) -> str:
    """Where a fact comes from, in words: the kind, the day, the unit."""
    if held is None:
        return t("web.source.unknown")
    kind = held.get("kind", "unknown")
    said = fallback(f"web.source.{kind}", str(kind))
    if held.get("on"):
        said = t("web.source.on", source=said, on=formats.day(date.fromisoformat(str(held["on"])[:10]), lang))
    return t("web.source.by", source=said, by=held["by"]) if held.get("by") else said


def _change(one: Explained, change: ChangeShown, outputs: Mapping[str, Column], lang: str) -> dict[str, str]:
    column = next(held for held in one.law.inputs if held.name == change.fact)
    said = t(
        "web.explain.change", fact=column.title.get(lang, column.name), needed=needed(column, change.needed),
        observed=value_of(column, one.inputs[change.fact]),
    )  # fmt: skip
    return {"if": said, "then": _answer(outputs, change.outputs) or t("web.explain.no-rule")}
