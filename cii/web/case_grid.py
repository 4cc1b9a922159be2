"""The common grid as pages show it: what each institution says, side by side, and the form of my own part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from cii.cases.queries import grid_in_use
from cii.cases.rules import Grid, GridAnswer, GridItem, section_of
from cii.cases.shapes import CaseView, EntryView, GridLine
from cii.cases.vocabulary import ItemKind
from cii.kernel.errors import Refusal, refuse
from cii.routing.actions import RecordGrid
from cii.web.case_head import unit_name
from cii.web.choices import t
from cii.wire import language

TEMPLATE = "common"


@dataclass(frozen=True)
class GridForm:
    """My part of the grid as its form sends it: an answer per item, one date and source for all."""

    effective_on: date
    answers: dict[str, str] = field(default_factory=dict, metadata={"max": 2000})
    source: str = ""
    valid_until: date | None = None
    finished: bool = False


def lines_of(view: CaseView) -> list[GridLine]:
    """Every line of the grid that is open to the reader."""
    plan, functional = view.sections.get("plan"), view.sections.get("functional")
    return [
        *(plan.grid if plan else ()),
        *(functional.items if functional else ()),
        *view.sections.get("social", ()),
    ]


def compared(view: CaseView) -> list[dict[str, Any]]:
    """Per heading a table: one row per item, one column per institution that has said something."""
    lang, lines = language.lang(), lines_of(view)
    units = list(dict.fromkeys(unit_name(e.author.unit) for line in lines for e in line.entries))
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        said = {unit_name(entry.author.unit): entry for entry in line.entries}
        groups.setdefault(line.group.get(lang, ""), []).append(
            {
                "label": _label(line, lang),
                "differs": line.disagree,
                "cells": [_cell(line, said.get(unit), lang) for unit in units],
            }
        )
    return [
        {"title": title, "heads": units, "rows": rows, "id": f"grid-{at}"}
        for at, (title, rows) in enumerate(groups.items())
    ]


def _cell(line: GridLine, entry: EntryView | None, lang: str) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "value": answer_word(line.kind, entry.value, line.values, line.high, line.unit, lang),
        "on": entry.author.effective_on,
        "who": entry.author.name,
        "source": entry.source or None,
        "validity": _validity(entry),
    }


def _label(line: GridLine, lang: str) -> str:
    label = line.title.get(lang, line.item)
    return t("web.grid.formerly", label=label) if line.formerly else label


def _validity(entry: EntryView) -> str | None:
    if entry.valid_until is None:
        return None
    return t("web.grid.expired" if entry.expired else "web.grid.until", day=entry.valid_until)


def answer_word(  # noqa: PLR0917 - what an answer is written with
    kind: ItemKind,
    value: str,
    values: Mapping[str, Mapping[str, str]],
    high: int,
    unit: Mapping[str, str],
    lang: str,
) -> str:
    """An answer as people read it."""
    match kind:
        case ItemKind.YES_NO:
            return t("common.yes" if value == "yes" else "common.no")
        case ItemKind.CHOICE:
            return values.get(value, {}).get(lang, value)
        case ItemKind.SCALE:
            return t("web.grid.of", value=value, high=high)
        case ItemKind.NUMBER:
            return f"{value} {unit.get(lang, '')}".strip()
    return value


def my_items(view: CaseView) -> list[GridItem]:
    """The items that the reader's unit may fill in, by its parts in the case and the sections it writes."""
    roles = {party.role for party in view.parties if party.mine}
    return [
        item
        for item in grid_in_use(g.work, TEMPLATE).items.values()
        if view.may_write & section_of(item.section, item.kind)
        and (not item.filled_by or roles & set(item.filled_by))
    ]


def mine(view: CaseView) -> dict[str, str]:
    """What the reader's units say now, by item."""
    own = {party.unit.ref for party in view.parties if party.mine}
    return {
        line.item: entry.value
        for line in lines_of(view)
        for entry in line.entries
        if entry.author.unit is not None and entry.author.unit.ref in own and not entry.expired
    }


def form_groups(view: CaseView) -> list[dict[str, Any]]:
    """The inputs of my part, by heading."""
    return inputs(grid_in_use(g.work, TEMPLATE), my_items(view), mine(view))


def inputs(grid: Grid, items: Iterable[GridItem], said: Mapping[str, str]) -> list[dict[str, Any]]:
    """An input per item under its heading, with what is said already (`parts/grid_fields.html`)."""
    lang = language.lang()
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        groups.setdefault(grid.groups.get(item.group, {}).get(lang, item.group), []).append(
            {
                "name": f"answers-{item.key}",
                "label": item.title.get(lang, item.key),
                "kind": item.kind.value,
                "value": said.get(item.key, ""),
                "unit": item.unit.get(lang) or None,
                "options": _options(item, lang),
            }
        )
    return [{"title": title, "fields": fields} for title, fields in groups.items()]


def _options(item: GridItem, lang: str) -> list[dict[str, str]]:
    match item.kind:
        case ItemKind.YES_NO:
            return [{"value": one, "label": t(f"common.{one}")} for one in ("yes", "no")]
        case ItemKind.CHOICE:
            return [{"value": key, "label": said.get(lang, key)} for key, said in item.values.items()]
        case ItemKind.SCALE:
            return [{"value": str(n), "label": str(n)} for n in range(item.low, item.high + 1)]
    return []


def as_command(ref: str, form: GridForm, view: CaseView) -> RecordGrid:
    """What the form wishes: only answers that say something else than before become entries."""
    before = mine(view)
    entries = tuple(
        GridAnswer(item, value, form.effective_on, form.source, form.valid_until)
        for item, value in form.answers.items()
        if before.get(item) != value
    )
    return RecordGrid(ref, entries, form.finished)


def beside_inputs(no: Refusal, entries: Sequence[GridAnswer]) -> None:
    """Refuse again, each reason under the name of its input."""
    refuse(_renamed(no, entries))


def _renamed(no: Refusal, entries: Sequence[GridAnswer]) -> Iterator[Refusal]:
    told: set[tuple[str, str]] = set()
    for one in no.reasons:
        name, _, rest = (one.field or "").partition(".")
        place, _, part = rest.partition(".")
        if name == "entries" and place.isdigit() and int(place) < len(entries):
            days = {"effective_on", "valid_until"}
            one.field = part if part in days else f"answers-{entries[int(place)].item}"
            if part in days and (one.code, part) in told:
                continue
            told.add((one.code, part))
        yield one
