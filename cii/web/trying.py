"""A decision table tried with facts that somebody types: the answer, rule by rule, and what would change it.

Nothing is saved and nobody is named: the facts stand in the address, so that a colleague can be sent the try.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cii.decisions.decision import counterfactual, decide, trace
from cii.decisions.domain import Domain, MissingFacts, check_facts, day, hour, instant, number
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column
from cii.files.reading import say
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.texts import formats, speech
from cii.web.choices import t, text_asked
from cii.web.tables import condition_on, needed, value_of
from cii.wire import language

_PREFIX = "fact-"
_FIELDS = {"yes/no": "radio", "date": "date", "money": "money", "number": "number", "whole": "number",
           "months": "number", "days": "number"}  # fmt: skip
_READ = {"date": day, "time": hour, "date-time": instant}
_TONES = {"holds": "good", "fails": "neutral", "missing": "warning"}
_BAD = object()


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed: the facts that can be read, and by input what is wrong with the others."""

    facts: Mapping[str, Any]
    faults: Mapping[str, str]


def trial(table: Table) -> dict[str, Any]:
    """What `parts/trial.html` needs: fields with what was typed, faults beside them, the answer if asked."""
    typed = _typed(table)
    fields = [_field(column, typed.faults.get(column.name)) for column in table.inputs]
    asked = bool(typed.facts or typed.faults or text_asked("try"))
    return {
        "fields": fields,
        "errors": [{"field": _PREFIX + name, "text": text} for name, text in typed.faults.items()],
        "asked": asked,
        "answer": _answer(table, typed.facts) if asked and not typed.faults else None,
        "rules": _rules(table, typed.facts) if asked and not typed.faults else [],
    }


def _typed(table: Table) -> _Typed:
    facts: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for column in table.inputs:
        text = text_asked(_PREFIX + column.name)
        if not text:
            continue
        value = _read(column.domain, text)
        try:
            facts |= check_facts({column.name: column.domain}, {column.name: value})
        except Refusal:
            title = column.title.get(language.lang(), column.name)
            faults[column.name] = t("web.try.bad", fact=title, expects=_expects(column))
    return _Typed(facts, faults)


def _read(domain: Domain, text: str) -> object:
    """What was typed in the terms of the domain; something that no domain takes when it cannot be read."""
    match domain.kind:
        case "text":
            return text
        case "yes/no":
            return {"yes": True, "no": False}.get(text, _BAD)
        case "money":
            try:
                return Chf.parse(text)
            except Refusal:
                return _BAD
        case "number" | "whole" | "months" | "days":
            text = text.replace("'", "").replace("’", "").replace(" ", "").replace(",", ".")
    found = _READ.get(domain.kind, number)(text)
    return _BAD if found is None else found


def _field(column: Column, fault: str | None) -> dict[str, Any]:
    lang, domain = language.lang(), column.domain
    choices = [
        {"value": one, "label": value_of(column, one)} for one in domain.values if domain.kind == "text"
    ]
    if domain.kind == "yes/no":
        choices = [{"value": one, "label": t(f"common.{one}")} for one in ("yes", "no")]
    unit = column.units.get(lang) or column.unit
    said = "" if choices or domain.kind == "date" else _expects(column)
    notes = [unit if unit != "%" and domain.kind != "money" else "", said]
    if column.source:
        notes.append(t("web.try.from", source=say(column.sources, lang, column.source)))
    return {
        "name": _PREFIX + column.name,
        "kind": "select" if choices and domain.kind == "text" else _FIELDS.get(domain.kind, "text"),
        "label": column.title.get(lang, column.name),
        "unit": unit if unit == "%" else None,
        "hint": ". ".join(one[:1].upper() + one[1:] for one in notes if one) or None,
        "options": choices,
        "value": text_asked(_PREFIX + column.name),
        "error": fault,
    }


def _expects(column: Column) -> str:
    """What the fact may be, as « un nombre entier de 0 à 120 »."""
    domain = column.domain
    if domain.values:
        return t("web.try.expects.listed", values=", ".join(value_of(column, one) for one in domain.values))
    low, high = _bound(domain, domain.low), _bound(domain, domain.high)
    kind = t(f"web.try.expects.{domain.kind.replace('/', '-')}")
    if low and high:
        return t("web.try.expects.between", kind=kind, low=low, high=high)
    if low or high:
        return t("web.try.expects.from" if low else "web.try.expects.to", kind=kind, bound=low or high)
    return kind


def _bound(domain: Domain, value: Any) -> str | None:  # noqa: ANN401 - a bound of any kind
    if value is None:
        return None
    if domain.kind == "money":
        return formats.francs(Chf(value))
    return value_of(None, value)


def _answer(table: Table, facts: Mapping[str, Any]) -> dict[str, Any]:
    lang = language.lang()
    try:
        found = decide(table, facts)
    except MissingFacts as no:
        columns = {one.name: one for one in table.inputs}
        return {
            "tone": "info",
            "title": t("web.try.missing"),
            "why": [],
            "missing": [
                {"url": f"#f-{_PREFIX}{name}", "label": columns[name].title.get(lang, name)}
                for name in no.names
            ],
            "changes": [],
        }
    except Refusal as no:
        return {"tone": "warning", "title": speech.refusal(no, lang), "why": [], "missing": [], "changes": []}
    return {
        "tone": "success",
        "title": "; ".join(_outputs(table, one) for one in found.results),
        "why": found.explain(lang),
        "missing": [],
        "changes": _changes(table, facts),
    }


def _outputs(table: Table, given: Mapping[str, Any]) -> str:
    columns, lang = {one.name: one for one in table.outputs}, language.lang()
    return " · ".join(
        speech.pair(columns[name].title.get(lang, name), value_of(columns[name], value), lang)
        for name, value in given.items()
    )


def _changes(table: Table, facts: Mapping[str, Any]) -> list[dict[str, str]]:
    columns = {one.name: one for one in table.inputs}
    found = []
    for one in counterfactual(table, facts):
        column = columns[one.input]
        said = t(
            "web.explain.change", fact=column.title.get(language.lang(), one.input),
            needed=needed(column, one.needed), observed=value_of(column, one.observed),
        )  # fmt: skip
        then = _outputs(table, one.outputs) if one.outputs else t("web.explain.no-rule")
        if one.missing:
            names = ", ".join(columns[name].title.get(language.lang(), name) for name in one.missing)
            then = t("web.whatif.missing", facts=names)
        found.append({"if": said, "then": then})
    return found


def _rules(table: Table, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every rule with its verdict and that of each condition, in words before colour."""
    return [
        {
            "rule": rule.rule,
            "verdict": {"label": t(f"web.try.rule.{rule.verdict}"), "tone": _TONES[rule.verdict]},
            "cells": [
                {
                    "said": condition_on(table, cell.input, cell.required),
                    "verdict": t(f"web.try.cell.{cell.verdict}"),
                    "holds": cell.verdict == "holds",
                }
                for cell in rule.cells
            ],
            "outputs": _outputs(table, rule.outputs),
        }
        for rule in trace(table, facts)
    ]
