"""How a difference between two versions is told: where it stands, and what stands there, in words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, get_type_hints

from flask import g

from cii.conventions.comparing import BOUGHT, GAUGES, GOALS, HEADER, RATES, UNCOMPARED, Difference
from cii.conventions.parts import PARTS
from cii.conventions.vocabulary import Part
from cii.conventions.whole import Gauge
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY
from cii.texts import formats
from cii.texts.speech import knows
from cii.web.choices import t, word
from cii.web.indicator_catalogue import definition_name
from cii.web.indicators import measured
from cii.web.part_forms import group_of, snake
from cii.wire import language
from cii.wire.schema import item_kind, without_none

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_TONES = {"added": "good", "removed": "bad", "changed": "info"}
_GROUPS: Mapping[str, tuple[str, ...]] = {
    HEADER: ("header",),
    GOALS: ("goal",),
    GAUGES: ("gauge_wish",),
    RATES: ("rate", "header"),
    BOUGHT: ("rate",),
}
"""Where the fields of what stands beside the text have their words; those of a part have its own."""
_VALUES: Mapping[str, str] = {"target": "web.agreements.target", "minimum": "web.agreements.minimum"}
"""Values of an indicator, told with its unit; labels of the form name the unit in which they are typed."""
Gauges = Mapping[str, Gauge]


def difference_said(
    one: Difference, names: Mapping[str, str], gauges: tuple[Gauges, Gauges] = ({}, {})
) -> dict[str, Any]:
    """A difference as a row of the page; `names` are what refs of measures and lines stand for.

    `gauges`: the indicators before and after by their codes, for their titles and the units of their values.
    """
    if one.section == GAUGES:
        names = {**names, **{code: title_of(held) for side in gauges for code, held in side.items()}}
    old, new = (side.get(one.path[0]) for side in gauges)
    return {
        "section": _section(one.section),
        "where": " › ".join(_place(one.section, step, names) for step in one.path),
        "kind": {"label": t(f"web.versions.kind.{one.kind.value}"), "tone": _TONES[one.kind.value]},
        "before": said(_inside(one.path[-1], one.before, old), names, one.section) or formats.DASH,
        "after": said(_inside(one.path[-1], one.after, new), names, one.section) or formats.DASH,
    }


def title_of(gauge: Gauge) -> str:
    """The title of an indicator in the reader's language, else in one that it has."""
    return gauge.title.get(language.lang()) or next(iter(gauge.title.values()), gauge.code)


def _section(name: str) -> str:
    """A section by its name: a part of the text, or what stands beside it."""
    if name in {part.value for part in Part}:
        return word(name, "convention_part")
    return t(f"web.versions.section.{name}")


def _place(section: str, step: str, names: Mapping[str, str]) -> str:
    """A field by its label, an entry by its name."""
    return _label(section, step) or " · ".join(names.get(piece, _word(piece)) for piece in step.split(" · "))


def _label(section: str, step: str) -> str | None:
    """The label of a field, if it has one."""
    if section == GAUGES and step in _VALUES:
        return t(_VALUES[step])
    for group in _groups(section):
        if knows(f"web.part.{group}.{step}"):
            return t(f"web.part.{group}.{step}")
    return None


def _word(piece: str) -> str:
    """A word of a list among the names of an entry, a day as it is written, else the piece itself."""
    if _ISO.fullmatch(piece):
        return t("web.versions.from", day=date.fromisoformat(piece))
    groups = ("deliverable_kind", "frequency", "informed_event", "warned_event", "area", "duty_kind")
    more = ("reference_kind", "extra_kind", "objective_level", "talk_purpose")
    for group in (*groups, *more):
        if knows(f"word.{group}.{piece}"):
            return word(piece, group)
    return piece


def _groups(section: str) -> tuple[str, ...]:
    if section in _GROUPS:
        return _GROUPS[section]
    shape = PARTS.get(Part(section)) if section in {part.value for part in Part} else None
    if shape is None:
        return ()
    kinds = (item_kind(without_none(kind)[0]) for kind in get_type_hints(shape).values())
    return (
        section,
        *(snake(inner.__name__) for inner in kinds if is_dataclass(inner) and isinstance(inner, type)),
    )


def said(value: object, names: Mapping[str, str], section: str = "") -> str:  # noqa: PLR0911 - one line per kind
    """A value in one line, in the reader's language; the fields of an entry by their labels."""
    lang = language.lang()
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if isinstance(value, Enum):
        return word(value.value, group_of(type(value)))
    if isinstance(value, Chf):
        return formats.money(value)
    if isinstance(value, date):
        return formats.day(value, lang)
    if is_dataclass(value):
        told = (
            (one.name, _inside(one.name, getattr(value, one.name), value))
            for one in fields(value)
            if one.name not in UNCOMPARED and not (isinstance(value, Gauge) and one.name == "code")
        )
        return " · ".join(_labelled(name, held, names, section) for name, held in told if _speaks(held))
    if isinstance(value, Mapping):
        return str(value.get(lang) or next(iter(value.values()), ""))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(said(one, names, section) for one in value)
    return names.get(str(value), str(value))


def _inside(name: str, value: object, of: object = None) -> object:
    """The last day in the place of the first day no more; an indicator's value with its unit, its source."""
    if name == "valid_to" and isinstance(value, date):
        return value - ONE_DAY
    if isinstance(of, Gauge) and name in _VALUES and isinstance(value, int):
        return measured(value, of.unit)
    if isinstance(of, Gauge) and name == "source":
        return definition_name(g.work, str(value))
    return value


def _speaks(value: object) -> bool:
    """Whether a field of an entry says something: what is empty or not so is left out."""
    return value is not None and value is not False and value not in ("", ())


def _labelled(name: str, value: object, names: Mapping[str, str], section: str) -> str:
    label, told = _label(section, name), said(value, names, section)
    if label is None:
        return told
    return label if value is True else t("web.versions.labelled", label=label, value=told)
