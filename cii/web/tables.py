"""Decision tables as pages show them: columns with their words, rules as they are written, the proof."""

import re
from typing import Any

from cii.decisions.domain import shown
from cii.decisions.proof import Proof, Region, prove
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column, Rule
from cii.files.reading import say
from cii.texts import formats
from cii.web.choices import fallback, t
from cii.wire import language

_FACT = re.compile(r"\{(\w+)[^}]*\}")
_COMMA = re.compile(r",\s*")
_SPACES = re.compile(r"(?<=[<>≤≥]) +")
_QUOTED = re.compile(r'"([^"]*)"')


def rulebook(table: Table) -> dict[str, Any]:
    """The table for `pages/definitions/rules.html`: heads, rules with their cells and the sentence why."""
    lang = language.lang()
    return {
        "id": table.id,
        "title": table.title.get(lang, table.id),
        "version": table.version,
        "valid_from": table.valid_from,
        "valid_to": table.valid_to,
        "hit_policy": table.hit_policy.value,
        "hit_policy_word": t(f"web.definitions.policy.{table.hit_policy.name.lower()}"),
        "legal_basis": ", ".join(table.legal_basis),
        "source": say(table.sources, lang, table.source),
        "digest": table.digest,
        "inputs": [_head(one, lang) for one in table.inputs],
        "outputs": [_head(one, lang) for one in table.outputs],
        "rules": [_rule(table, rule, lang) for rule in table.rules],
    }


def _head(column: Column, lang: str) -> dict[str, str]:
    units = getattr(column, "units", {})
    return {"name": column.title.get(lang, column.name), "note": units.get(lang) or column.unit}


def _rule(table: Table, rule: Rule, lang: str) -> dict[str, Any]:
    cells = [
        None if cell.any else _condition(column, cell.text, lang)
        for column, cell in zip(table.inputs, rule.cells, strict=True)
    ]
    titles = {column.name: column.title.get(lang, column.name) for column in table.inputs}
    return {
        "id": rule.id,
        "cells": cells,
        "conditions": [
            {"name": column.title.get(lang, column.name), "said": said}
            for column, said in zip(table.inputs, cells, strict=True)
            if said is not None
        ],
        "outputs": [
            _output(column, value, lang) for column, value in zip(table.outputs, rule.outputs, strict=True)
        ],
        "why": _FACT.sub(
            lambda found: f"[{titles.get(found[1], found[1])}]",
            table.why.get(rule.why, {}).get(lang, rule.why),
        ),
    }


def _condition(column: Column, text: str, lang: str) -> str:
    """The condition as the file writes it, with the words of its values and readable signs."""
    said = _QUOTED.sub(lambda found: _word(column, found[1], lang), text)
    said = _COMMA.sub(", ", said)
    if said in {"yes", "no"}:
        return t(f"common.{said}")
    for sign, readable in (("<=", "≤ "), (">=", "≥ "), ("<", "< "), (">", "> "), ("..", "–")):
        said = said.replace(sign, readable)
    return _SPACES.sub(formats.NBSP, said.replace("not(", f"{t('web.definitions.not')}{formats.NBSP}("))


def _output(column: Column, value: object, lang: str) -> str:
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if isinstance(value, str):
        return _word(column, value, lang)
    return shown(value)


def _word(column: Column, value: str, lang: str) -> str:
    """The word of a text value: that of its file, else that of the house, else the value itself."""
    said = column.values.get(value, {}).get(lang)
    return said or fallback(f"web.definitions.value.{value.replace('_', '-')}", value)


def proof_of(table: Table) -> dict[str, Any]:
    """What is proven of the table, in words: gaps, overlaps, rules without a turn, whether there are more."""
    found: Proof = prove(table)
    lang = language.lang()
    tone = {"complete": "success", "gaps": "warning"}.get(found.status, "info")
    return {
        "tone": tone,
        "title": t(f"web.definitions.proof.{found.status.replace(' ', '-')}", boxes=found.boxes),
        "gaps": [_region(table, one) for one in found.gaps],
        "overlaps": _overlaps(table, found, lang),
        "shadowed": ", ".join(found.shadowed),
        "unreachable": ", ".join(found.unreachable),
        "more_gaps": found.more,
        "more_overlaps": found.more_overlaps,
    }


def _overlaps(table: Table, found: Proof, lang: str) -> list[dict[str, Any]]:
    """The overlaps under the sentence that justifies them; those without one come first."""
    groups: dict[str, list[dict[str, str]]] = {}
    for one in found.overlaps:
        row = {"rules": " · ".join(one.rules), "where": _region(table, one.region)}
        groups.setdefault(say(one.reason, lang, one.because) or "", []).append(row)
    return [
        {"because": because or None, "count": len(rows), "rows": rows}
        for because, rows in sorted(groups.items(), key=lambda held: bool(held[0]))
    ]


def _region(table: Table, region: Region) -> str:
    """A box of facts in the reader's words: titles of inputs, words of values, units."""
    said = [condition_on(table, name, text) for name, text in region.where.items()]
    return f" {t('web.definitions.and')} ".join(said) or t("web.definitions.any-facts")


def condition_on(table: Table, name: str, text: str) -> str:
    """A condition on one input, as « Capacité de travail < 20 % » or « Grossesse : oui », from the files."""
    lang = language.lang()
    column = next((one for one in table.inputs if one.name == name), None)
    if column is None:
        return f"{name} {text}"
    title = column.title.get(lang, name)
    if column.domain.kind in {"yes/no", "text"}:
        title = t("web.definitions.condition", name=title)
    return f"{title} {needed(column, text)}"


def needed(column: Column, text: str) -> str:
    """A condition alone, in the reader's words, with the unit where it is a short sign."""
    said = _condition(column, text, language.lang())
    return f"{said}{formats.NBSP}%" if column.unit == "%" and said[-1:].isdigit() else said


def value_of(column: Column | None, value: object) -> str:
    """A value of an input or output in the reader's words."""
    if column is None:
        return shown(value).strip('"')
    said = _output(column, value, language.lang())
    return f"{said}{formats.NBSP}%" if column.unit == "%" else said
