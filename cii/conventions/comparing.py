"""Two versions of an agreement side by side: what was added, taken out, changed, in the order of the text.

Lists are matched by what names an entry (its code, its reference, whom it is about), never by position, so
that moving a paragraph changes nothing. Nothing here reads rows. Source: 000, indications 39 and 41.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from cii.conventions.comparing_rates import rates_paired
from cii.conventions.vocabulary import Part
from cii.conventions.whole import Convention
from cii.kernel.digest import plain
from cii.kernel.money import Chf

HEADER, BOUGHT, RATES, GOALS, GAUGES, OWED = "header", "bought", "rates", "goals", "gauges", "owed"
SECTIONS: tuple[str, ...] = (
    HEADER,
    *(Part.PARTIES, Part.BASES, Part.AIMS, GOALS, GAUGES, Part.SERVICES, BOUGHT, Part.VOLUME, Part.PRICE),
    *(RATES, Part.SURPLUS, Part.PRINCIPLES, Part.EVALUATION, Part.REPORTS, OWED, Part.TALKS, Part.TERM),
    *(Part.DISPUTES, Part.INSERTION, Part.OUTCOME_PAY),
)
"""Where something may differ, in the order in which the agreement is read."""
DELIVERY = frozenset({GOALS, GAUGES, Part.AIMS, Part.PRINCIPLES, Part.EVALUATION, Part.REPORTS, Part.TALKS})
"""What should stay as it is when an unchanged offer is renewed (i.39)."""
UNCOMPARED = frozenset(
    {"ref", "number", "state", "follows_ref", "follows_as", "goal_ref", "measure_ref", "line_ref"}
)
"""Names of rows, which differ between any two agreements and say nothing."""


class Kind(StrEnum):
    """How two versions differ at a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One place at which two versions differ.

    `section`: one of `SECTIONS`; `path`: field names and names of entries, as in `information.absence`;
    `before`, `after`: the values that stand there, None where nothing stands.
    """

    section: str
    path: tuple[str, ...]
    kind: Kind
    before: object
    after: object


def differences(before: Convention, after: Convention) -> tuple[Difference, ...]:
    """Every place at which `after` says something else than `before`, in the order of the text."""
    old, new = _sections(before), _sections(after)
    old[RATES], new[RATES] = rates_paired(before, after)
    return tuple(one for section in SECTIONS for one in _compared(section, (), old[section], new[section]))


def changed_sections(found: tuple[Difference, ...]) -> dict[str, int]:
    """How many differences each section has; sections without any are absent."""
    counted: dict[str, int] = {}
    for one in found:
        counted[one.section] = counted.get(one.section, 0) + 1
    return counted


def _sections(whole: Convention) -> dict[str, object]:
    wording = {one.ref: one.wording for one in whole.goals}
    items = tuple(
        replace(one, serves=tuple(wording.get(name, name) for name in one.serves))
        for one in whole.text.reports.items
    )
    return {
        HEADER: whole.header,
        **{part.value: getattr(whole.text, part.value) for part in Part},
        Part.REPORTS: replace(whole.text.reports, items=items),
        BOUGHT: {f"{one.measure_code} · {one.line_code}": one for one in whole.bought},
        GOALS: whole.goals,
        GAUGES: {one.code: one for one in whole.gauges},
        OWED: _owed(whole),
    }


def _owed(whole: Convention) -> dict[str, tuple[str, ...]]:
    """What is handed in and how often, with the days of the year: the years themselves follow the term."""
    days: dict[str, set[str]] = {}
    for one in whole.owed:
        days.setdefault(f"{one.kind} · {one.frequency}", set()).add(f"{one.due_on:%d.%m.}")
    return {name: tuple(sorted(held)) for name, held in days.items()}


def _compared(section: str, path: tuple[str, ...], old: object, new: object) -> Iterator[Difference]:
    if old == new:
        return
    if _is_entry(old) and _is_entry(new):
        for one in fields(old):  # type: ignore[arg-type]
            if one.name not in UNCOMPARED:
                yield from _compared(
                    section, (*path, one.name), getattr(old, one.name), getattr(new, one.name)
                )
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _matched(section, path, _named(old), _named(new))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _matched(section, path, {_key(key): one for key, one in old.items()},
                            {_key(key): one for key, one in new.items()})  # fmt: skip
    elif (told := (_told(old), _told(new)))[0] != told[1]:
        yield _difference(section, path, old, new)


def _matched(
    section: str, path: tuple[str, ...], old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Difference]:
    for name in (*old, *(name for name in new if name not in old)):
        if name not in new:
            yield Difference(section, (*path, name), Kind.REMOVED, old[name], None)
        elif name not in old:
            yield Difference(section, (*path, name), Kind.ADDED, None, new[name])
        else:
            yield from _compared(section, (*path, name), old[name], new[name])


def _difference(section: str, path: tuple[str, ...], old: object, new: object) -> Difference:
    kind = Kind.ADDED if _blank(old) else Kind.REMOVED if _blank(new) else Kind.CHANGED
    return Difference(section, path, kind, old, new)


def _blank(value: object) -> bool:
    return value is None or value == ""


_NAMES: tuple[tuple[str, ...], ...] = (
    ("code",),
    ("measure_ref", "line_ref", "valid_from"),
    ("measure_ref", "line_ref"),
    ("kind", "due_on"),
    ("year",),
    ("event",),
    ("area", "name"),
    ("area", "wording"),
    ("role", "name"),
    ("category",),
    ("kind", "measure_ref", "wording"),
    ("kind", "title"),
    ("level", "wording"),
    ("measure_ref",),
    ("wording",),
    ("name",),
    ("kind", "wording"),
)
"""What names an entry of a list, the first of which all fields are there."""


def _named(several: tuple[Any, ...]) -> dict[str, object]:
    """The entries under what names them; two of one name are numbered in their order."""
    found: dict[str, object] = {}
    for one in several:
        name = _name(one)
        same = sum(key == name or key.startswith(f"{name} (") for key in found)
        found[f"{name} ({same + 1})" if same else name] = one
    return found


def _name(one: object) -> str:
    if not _is_entry(one):
        return str(_told(one))
    held = {field.name for field in fields(one)}  # type: ignore[arg-type]
    chosen = next((names for names in _NAMES if held.issuperset(names)), tuple(sorted(held)))
    return " · ".join(said for name in chosen if (said := str(_told(getattr(one, name)) or "")))


def _key(key: object) -> str:
    return str(key[0] if isinstance(key, tuple) else key)


def _is_entry(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type | Chf)


def _told(value: object) -> object:
    """The value as plain JSON would say it; of an entry its fields, without the names of rows."""
    if isinstance(value, Chf):
        return str(value)
    if _is_entry(value):
        named = [one.name for one in fields(value) if one.name not in UNCOMPARED]  # type: ignore[arg-type]
        return {name: _told(getattr(value, name)) for name in named}
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    return plain(value)
