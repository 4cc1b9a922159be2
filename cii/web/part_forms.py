"""Forms drawn from the shapes of a text's parts: one generator for every field that a part may have.

A list of entries shows what there is and two blank entries; an entry left blank is no entry, so that rows are
added and taken out without a script.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, get_type_hints

from flask import g, request

from cii.kernel.money import Chf
from cii.measures.vocabulary import TargetGroup
from cii.texts import formats
from cii.web.choices import Option, options, t
from cii.wire.schema import item_kind, without_none

SPARE = 2
"""Blank entries at the end of each list."""
INDICATIONS: Mapping[str, str] = {
    "bases.references": "2", "bases.mandate": "2", "aims.purpose": "3", "aims.expectations": "4",
    "aims.requirements": "9", "services.offers": "13", "volume.risk": "14", "volume.guarantee_percent": "14",
    "volume.risk_reason": "14", "volume.responsibilities": "15", "volume.warnings": "15",
    "volume.adjustment": "18", "volume.retention_criteria": "18", "price.covers_production": "16",
    "price.covers_support": "16", "price.fixed_percent": "16", "price.extras": "17",
    "price.extras_none": "17",
    "surplus.rule": "20", "surplus.kept_percent": "20", "surplus.purpose": "20", "surplus.reserves": "19",
    "surplus.reserves_rule": "19", "principles.duties": "25", "principles.standards": "21, 22",
    "principles.extra_rules": "23", "principles.information": "24", "evaluation.mode": "26",
    "evaluation.criteria": "40", "evaluation.missed_months": "27", "evaluation.missed_criteria": "27",
    "evaluation.missed_steps": "27", "evaluation.incentive": "28", "evaluation.incentive_formula": "28",
    "reports.items": "29-31", "reports.closed_list": "32", "reports.template": "33",
    "reports.individual_role": "35", "talks.times_a_year": "36", "talks.purposes": "36", "talks.visits": "37",
    "talks.visits_in_two_steps": "37", "talks.visit_criteria": "37", "term.changes": "38",
    "term.price_changes_in_term": "38", "term.termination": "38", "term.differences_reason": "39",
}  # fmt: skip
"""The indication of the guide that a field answers, shown as its hint."""

Choices = Mapping[str, list[Option]]
"""What may be chosen in fields that name rows: by field name."""


def drawn(shape: type[Any], held: object, group: str, choices: Choices) -> list[dict[str, Any]]:
    """The fields of a part, with what stands in them or was typed; `group` names them in the texts."""
    return _fields(shape, held, group, "", choices)


def _fields(
    shape: type[Any], held: object, group: str, prefix: str, choices: Choices
) -> list[dict[str, Any]]:
    hints = get_type_hints(shape)
    several = []
    for one in dataclasses.fields(shape):
        told, kind = _named(one, group, prefix), without_none(hints[one.name])[0]
        several.append(told | _filled(told["name"], one, kind, getattr(held, one.name, None), choices))
    return several


def _named(one: "dataclasses.Field[Any]", group: str, prefix: str) -> dict[str, Any]:
    indication = INDICATIONS.get(f"{group}.{one.name}")
    return {
        "name": prefix + one.name,
        "label": t(f"web.part.{group}.{one.name}"),
        "hint": t("web.part.indication", n=indication) if indication else None,
        "maxlength": one.metadata.get("max"),
        "required": not prefix and _needed(one),
    }


def _needed(one: "dataclasses.Field[Any]") -> bool:
    """Whether a wish has to say it; an entry of a list may always be left blank."""
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING


def _filled(
    name: str,
    one: "dataclasses.Field[Any]",
    kind: Any,  # noqa: ANN401 - any kind of a field
    held: Any,  # noqa: ANN401
    choices: Choices,
) -> dict[str, Any]:
    """How the field is drawn, what may be chosen in it, and what stands in it."""
    inner = item_kind(kind)
    if inner is not None and dataclasses.is_dataclass(inner):
        return {"as": "rows", "rows": _rows(inner, held or (), name, choices)}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind is not Chf:
        return {"as": "group", "fields": _fields(kind, held, snake(kind.__name__), f"{name}-", choices)}
    if inner is not None:
        several = choices.get(one.name) or options(_words(inner), group_of(inner))
        return {"as": "choices", "options": several, "value": _several(name, held)}
    if held is None and name == one.name and one.default is not dataclasses.MISSING:
        held = one.default
    return {
        "as": "choice" if one.name in choices else _as(one, kind),
        "value": _one(name, held),
        "amount": formats.money(held) if isinstance(held, Chf) else None,
        "options": _with(_choice(one.name, kind, choices), held if kind is str else None, one.name),
    }


def _rows(
    inner: Any,  # noqa: ANN401 - a shape
    held: Iterable[object],
    name: str,
    choices: Choices,
) -> list[list[dict[str, Any]]]:
    """The entries of a list and the blank ones; of a form that was refused, as many as were sent."""
    several: list[object] = [*held]
    if _refused():
        several += [None] * (_sent(name) - len(several))
    else:
        several += [None] * SPARE
    group = snake(inner.__name__)
    return [_fields(inner, one, group, f"{name}-{at}-", choices) for at, one in enumerate(several)]


def _sent(name: str) -> int:
    """How many entries of a list came with the form."""
    numbers = [key.split("-")[1] for key in request.form if key.startswith(f"{name}-")]
    return max((int(one) + 1 for one in numbers if one.isdigit()), default=0)


def _as(one: "dataclasses.Field[Any]", kind: Any) -> str:  # noqa: ANN401, PLR0911 - one line per kind
    if one.name.endswith("_ref"):
        return "choice"
    if kind is str:
        return "prose" if one.metadata.get("prose") else "line"
    if kind is bool:
        return "yes"
    if kind is int:
        return "whole"
    if kind is Chf:
        return "money"
    if kind is date:
        return "day"
    return "choice"


def _choice(name: str, kind: Any, choices: Choices) -> list[Option]:  # noqa: ANN401
    if name in choices:
        return choices[name]
    return options(kind, group_of(kind)) if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def _words(inner: Any) -> Iterable[StrEnum]:  # noqa: ANN401
    return inner if isinstance(inner, type) and issubclass(inner, StrEnum) else ()


def group_of(kind: type) -> str:
    """Where the words of a list stand: by its name, but for those that name themselves otherwise."""
    return "target-group" if kind is TargetGroup else snake(kind.__name__)


def _with(known: list[Option], held: object, name: str) -> list[Option]:
    """What may be chosen, with a word that stands there and is no choice today; a ref is told by nothing."""
    if not known or not held or name.endswith("_ref") or held in {one["value"] for one in known}:
        return known
    return [*known, {"value": str(held), "label": str(held)}]


def _one(name: str, held: object) -> Any:  # noqa: ANN401
    if _refused():
        return request.form.get(name, "")
    if isinstance(held, StrEnum):
        return held.value
    return "" if held is None else held if isinstance(held, bool | date) else str(held)


def _several(name: str, held: Iterable[object] | None) -> list[str]:
    return request.form.getlist(name) if _refused() else [str(one) for one in held or ()]


def _refused() -> bool:
    return bool(g.get("reasons"))


def snake(name: str) -> str:
    """The name of a class as keys of texts write it."""
    return "".join(
        f"_{sign.lower()}" if sign.isupper() and at else sign.lower() for at, sign in enumerate(name)
    )
