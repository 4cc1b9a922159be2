"""Which kept rows a figure is made of. Pure.

A figure is named by where it stands in the values (`lines.ATELIER/LACI.exits`). Of a quarter every figure
leads to its rows; of another kind a figure leads to the rows of the table that is called as its section, for
readers from whom nothing is hidden.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cii.figures.deriving import stay_counts
from cii.kernel.span import Span
from cii.reports.kinds import Facts
from cii.reports.vocabulary import ReportKind

Row = Mapping[str, Any]

STAYS: Mapping[str, str] = {"stays": "ref", "attendance": "stay"}
"""Tables whose rows are of one stay each, with the field that names it."""
_OF_STAYS = frozenset({
    "participants", "allocated_end", "occupied_days", "occupancy", "entries", "exits", "interruptions",
})  # fmt: skip
_OF_SUMS: Mapping[str, str] = {"cost": "delivered", "cost_per_day": "delivered", "invoiced": "invoiced"}
_OF_DAYS: Mapping[str, str] = {"attended_days": "present", "absence_days": "absent"}
_OF_PLACES = frozenset({"places_average", "places_end"})
_KEYS: Mapping[str, Sequence[str]] = {
    "budgets": ("line",), "indicators": ("agreement", "code"), "waiting": ("measure", "line"),
}  # fmt: skip
_EVERY_FIGURE = frozenset({ReportKind.QUARTERLY})
_TABLES: Mapping[str, str] = {"budgets": "books"}


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows of one table that a figure is made of."""

    table: str
    rows: Sequence[Row]


def behind(kind: ReportKind, facts: Facts, place: tuple[str, str, str], hidden: frozenset[str]) -> Behind:
    """The rows of a figure that the reader sees. `place`: its section, key and name; `hidden`: paths."""
    if kind not in _EVERY_FIGURE:
        section, key, _ = place
        rows = () if hidden else (row for row in facts.get(section, ()) if _names(row, key))
        return Behind(section, list(rows))
    return _of_quarter(facts, *place, hidden)


def _names(row: Row, key: str) -> bool:
    """Whether every part of a key stands in the row; no key names them all."""
    held = {str(one) for one in row.values()}
    return not key or set(key.split("/")) <= held


def _of_quarter(facts: Facts, section: str, key: str, name: str, hidden: frozenset[str]) -> Behind:
    if section in _KEYS:
        table = _TABLES.get(section, section)
        mine = [row for row in facts[table] if "/".join(row[one] for one in _KEYS[section]) == key]
        return Behind(table, [_without_hidden(row, f"{section}.{key}", hidden) for row in mine])
    if section == "exit_types":
        left = (row for row in _counted(facts, "exits") if row["exit_type"] == key)
        return Behind("stays", list(left))
    within = _within(section, key)
    if name in _OF_STAYS:
        return Behind("stays", [row for row in _counted(facts, name) if within(row)])
    if name in _OF_DAYS:
        rows = ({**row, "counted": row[_OF_DAYS[name]]} for row in facts["attendance"] if within(row))
        return Behind("attendance", [row for row in rows if row["counted"]])
    if name in _OF_PLACES:
        whole = section in {"measures", "total"}
        steps = (row for row in facts["places"] if within(row))
        return Behind("places", [row for row in steps if (row["line"] == "") is whole])
    table = _OF_SUMS[name]
    shown = (row for row in facts[table] if row["measure"] is not None and within(row))
    return Behind(table, [row for row in shown if f"lines.{row['measure']}/{row['line']}.cost" not in hidden])


def _within(section: str, key: str) -> Callable[[Row], bool]:
    """Whether a row lies in the measure, the line, the pair of both, or the whole."""
    if section == "measures":
        return lambda row: row["measure"] == key
    if section == "line_totals":
        return lambda row: row["line"] == key
    if section == "lines":
        return lambda row: f"{row['measure']}/{row['line']}" == key
    return lambda _: True


def _counted(facts: Facts, name: str) -> Iterator[dict[str, Any]]:
    """The stays that the figure counts, with what each adds to it; of the occupancy, its days."""
    period = Span.parse(facts["report"][0]["period"]).period
    column = "occupied_days" if name == "occupancy" else name
    for row in facts["stays"]:
        if counted := int(stay_counts(row, period)[column]):
            yield {**row, "counted": counted}


def _without_hidden(row: Row, path: str, hidden: frozenset[str]) -> Row:
    """The row without the values that are hidden: that of the year stands as `value` in it."""
    gone = {"value" if one == "year" else one for one in ("year", "quarter") if f"{path}.{one}" in hidden}
    return {name: held for name, held in row.items() if name not in gone}
