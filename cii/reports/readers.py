"""Who reads a report, and what is hidden from them: small numbers outside the institution concerned.

Pure. What is hidden becomes None in the values, and its path is listed under `hidden`.
Source: product.md §7 (cells under 5, secondary cells too); mandate of the group, rule 4.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cii.figures.suppression import TOTAL, Cell, Counts, hidden
from cii.reports.values import DAYS, MONEY, PEOPLE

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Readers:
    """The institutions (codes) of those who read; `whole`: the group itself, which may know all."""

    institutions: frozenset[str] = frozenset()
    whole: bool = False

    @property
    def name(self) -> str:
        """One name for the same sight, as files are kept under it."""
        return "whole" if self.whole else ",".join(sorted(self.institutions))

    @classmethod
    def named(cls, name: str) -> "Readers":
        """Those of that name."""
        return cls(whole=True) if name == "whole" else cls(frozenset(filter(None, name.split(","))))

    def know(self, institution: str) -> bool:
        """Whether they are of the institution concerned."""
        return self.whole or institution in self.institutions


def shown(values: Mapping[str, Any], readers: Readers, minimum: int) -> Values:
    """The values as these readers see them; `minimum` is the smallest count shown to others."""
    seen: Values = deepcopy(dict(values))
    if readers.whole:
        return {**seen, "hidden": []}
    out: set[tuple[str, ...]] = set()
    left = hidden(_grid(seen, "exits"), minimum, known=_own(seen, readers))
    for column in PEOPLE:
        also = left if column == "allocated_end" else ()
        cells = hidden(_grid(seen, column), minimum, known=_own(seen, readers), also=also)
        out |= {(*path, column) for path in _paths(seen, cells)}
    out |= set(_followers(out))
    out |= set(_exits(seen, readers, out, minimum))
    for column in ("waiting", "urgent", "before"):
        out |= {(*path, column) for path in _waiting(seen, readers, minimum, column)}
    out |= {("waiting", key, "longest_days") for key in seen["waiting"] if ("waiting", key, "waiting") in out}
    out |= set(_indicators(seen, readers, minimum))
    seen["unattested"] = {
        key: row for key, row in seen["unattested"].items() if ("lines", key, "participants") not in out
    }
    for row in seen["lines"].values():
        if not readers.know(row["institution"]):
            row["exit_types"] = None
    return blanked(seen, out)


def blanked(seen: Values, out: Iterable[tuple[str, ...]]) -> Values:
    """The same values without the figures at these paths, which are named under `hidden`.

    Of a hidden figure nobody is told that its data are missing.
    """
    gone = set(out)
    for path in gone:
        _blank(seen, path)
    left_out = {".".join(path) for path in gone}
    missing = [path for path in seen.get("unknown", ()) if path not in left_out]
    return {**seen, "unknown": missing, "hidden": sorted(left_out)}


def few_in_grid(
    seen: Values,
    readers: Readers,
    minimum: int,
    columns: Iterable[str],
    followers: Mapping[str, Iterable[str]],
) -> set[tuple[str, ...]]:
    """Where small counts of persons stand in `lines`, `measures`, `line_totals` and `total`.

    `followers`: what is hidden with a count, since it tells how many persons there were.
    """
    out: set[tuple[str, ...]] = set()
    for column in columns:
        cells = hidden(_grid(seen, column), minimum, known=_own(seen, readers))
        for path in _paths(seen, cells):
            out |= {(*path, one) for one in (column, *followers.get(column, ()))}
    return out


def few_in_list(
    seen: Values, section: str, columns: Iterable[str], readers: Readers, minimum: int, *, total: str = ""
) -> set[tuple[str, ...]]:
    """Where small counts of persons stand in a section whose rows name their `institutions`.

    With a `total` shown beside the rows, so many more are hidden that none follows from it.
    """
    rows = seen[section]
    own = {key for key, row in rows.items() if any(map(readers.know, row.get("institutions", ())))}
    out: set[tuple[str, ...]] = set()
    for column in columns:
        counts = {(key, column): row[column] or 0 for key, row in rows.items()}
        if not total:
            few = {key for (key, _), n in counts.items() if 0 < n < minimum and key not in own}
            out |= {(section, key, column) for key in few}
            continue
        cells = hidden(Counts(list(rows), [column], counts), minimum, known=lambda row, _: row in own)
        out |= {(section, row, column) if row != TOTAL else (total, column) for row, _ in cells}
    return out


def _grid(seen: Values, column: str) -> Counts:
    """Persons of a kind by measure and line."""
    rows = seen["lines"].values()
    return Counts(
        sorted({row["measure"] for row in rows}),
        sorted({row["line"] for row in rows}),
        {(row["measure"], row["line"]): row[column] or 0 for row in rows},
    )


def _paths(seen: Values, cells: Iterable[Cell]) -> Iterable[tuple[str, ...]]:
    """Where the cells of the grid stand in the values; a measure that a line does not use has no row."""
    for measure, line in cells:
        if TOTAL not in {measure, line}:
            if f"{measure}/{line}" in seen["lines"]:
                yield "lines", f"{measure}/{line}"
        elif measure != TOTAL:
            yield "measures", measure
        elif line != TOTAL:
            yield "line_totals", line
        else:
            yield ("total",)


def _own(seen: Values, readers: Readers) -> Callable[[str, str], bool]:
    owner = {row["line"]: row["institution"] for row in seen["lines"].values()}
    return lambda _measure, line: line != TOTAL and readers.know(owner[line])


def _followers(out: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """Days, money and what is computed of them tell how many persons there were: hidden with them.

    Prices are known to every reader, so that what was delivered, divided by a price, counts persons.
    """
    for path in out:
        if path[-1] == "participants":
            yield from ((*path[:-1], name) for name in (*DAYS, "occupancy", *MONEY))


def _exits(
    seen: Values, readers: Readers, out: Iterable[tuple[str, ...]], minimum: int
) -> Iterable[tuple[str, ...]]:
    """Exits by type, all measures together: interruptions and the others each add up to a total shown.

    Counted are the exits that the readers do not know already from their own lines.
    """
    types = seen["exit_types"]
    own: dict[str, int] = {}
    for row in seen["lines"].values():
        for name, n in row["exit_types"].items() if readers.know(row["institution"]) else ():
            own[name] = own.get(name, 0) + n
    total_hidden = bool({("total", "exits"), ("total", "interruptions")} & set(out))
    for interruption in (True, False):
        names = sorted(name for name, row in types.items() if row["interruption"] is interruption)
        table = Counts(
            ["all"], names, {("all", name): types[name]["persons"] - own.get(name, 0) for name in names}
        )
        cells: Iterable[Cell] = hidden(table, minimum) if names else ()
        columns = {column for _, column in cells}
        for name in names if total_hidden or TOTAL in columns else sorted(columns):
            yield "exit_types", name, "persons"


def _waiting(seen: Values, readers: Readers, minimum: int, column: str) -> Iterable[tuple[str, ...]]:
    rows = seen["waiting"]
    for key, row in rows.items():
        if not readers.know(row["institution"]) and 0 < row[column] < minimum:
            yield "waiting", key


def _indicators(seen: Values, readers: Readers, minimum: int) -> Iterable[tuple[str, ...]]:
    """A value that speaks of few persons, of whom few reached the goal or few did not.

    What counts no persons (days, francs, places) is hidden where few stays stand behind it.
    """
    for key, row in seen["indicators"].items():
        if any(readers.know(one) for one in row["institutions"]):
            continue
        for span in ("year", "quarter"):
            value = row[span]
            if value is None:
                continue
            few = [value["about"] or 0]
            if value["people"] is not None:
                few = [value["people"], value["numerator"], value["people"] - value["numerator"]]
            if any(0 < n < minimum for n in few):
                yield "indicators", key, span
                if span == "year":
                    yield "indicators", key, "light"


def _blank(seen: Values, path: Sequence[str]) -> None:
    at: Any = seen
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = None
