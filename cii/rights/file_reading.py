"""Reads the parts of a person's file: one statement for each part, however many rows it has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from cii.access.told import functions
from cii.access.vocabulary import Section
from cii.institutions.employers import employers_by_id
from cii.institutions.queries import institutions, lines_by_id, units_by_id
from cii.kernel.digest import plain
from cii.measures.queries import measures_by_id
from cii.routing.told import file_names
from cii.store.telling import Part, Scope
from cii.store.work import Work
from cii.workflow.told import process_names, table_names

Rows = Sequence[Row[Any]]
Found = dict[tuple[str, ...], Mapping[int, list[Row[Any]]]]
ROOT = 0
FUNCTIONS = ("account_id", "recorded_by", "signed_by", "proposed_by", "sent_by", "answered_by", "made_by",
             "done_by", "requested_by_account_id", "set_by")  # fmt: skip
"""Columns that name an account: told as the function it has, never as the person who has it."""
SECTIONS = ("sections", "granted_sections")
_UNITS = ("unit_id", "from_unit_id", "to_unit_id", "named_unit_id", "lead_unit_id", "opened_by_unit_id",
          "proposed_by_unit_id", "provider_unit_id", "requested_by_unit_id", "made_unit_id",
          "recorded_unit")  # fmt: skip
KINDS: Mapping[str, str] = {
    **dict.fromkeys(FUNCTIONS, "function"),
    **dict.fromkeys(_UNITS, "unit"),
    "measure_id": "measure",
    "line_id": "line",
    "employer_id": "employer",
    "institution_id": "institution",
    "run_id": "file",
    "table_id": "table",
    "instance_id": "process",
}
"""Column → what its number stands for; every other column is told as it stands."""


def _unit_names(work: Work, ids: set[int]) -> Mapping[int, str]:
    return {id_: one.name for id_, one in units_by_id(work, ids).items()}


def _institution_names(work: Work, ids: set[int]) -> Mapping[int, str]:
    return {one.id or 0: one.name for one in institutions(work) if one.id in ids}


NAMES: Mapping[str, Callable[[Work, set[int]], Mapping[int, str]]] = {
    "unit": _unit_names,
    "institution": _institution_names,
    "measure": lambda work, ids: {id_: one.name for id_, one in measures_by_id(work, ids).items()},
    "line": lambda work, ids: {id_: one.code for id_, one in lines_by_id(work, ids).items()},
    "employer": lambda work, ids: {id_: one.name for id_, one in employers_by_id(work, ids).items()},
    "file": file_names,
    "table": table_names,
    "process": process_names,
}
"""What a number stands for → how its name is found, in one statement."""


def read_parts(work: Work, parts: Iterable[Part], scope: Scope) -> Found:
    """The rows of every part, by the id of the row above; one statement for each part."""
    found: Found = {}
    for part in parts:
        _read(work, part, scope, None, (), found)
    return found


def _read(  # noqa: PLR0917 - the private end of one walk
    work: Work, part: Part, scope: Scope, above: Sequence[int] | None, path: tuple[str, ...], found: Found
) -> None:
    here = (*path, part.name)
    if above is not None and not above:
        return
    table = part.table
    query = select(table)
    if part.of is not None:
        query = query.where(part.of(table, scope))
    if above is not None:
        query = query.where(table.c[part.by].in_(above))
    elif part.of is None:
        query = query.where(table.c[part.by].in_(scope.person_ids))
    rows = work.session.connection().execute(query.order_by(table.c.id)).all()
    grouped: dict[int, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(ROOT if above is None else getattr(row, part.by), []).append(row)
    found[here] = grouped
    for child in part.parts:
        _read(work, child, scope, [row.id for row in rows], here, found)


class Teller:
    """Tells rows as plain values, with names for numbers; `medical`: whether medical data is in it."""

    def __init__(self, work: Work, parts: Sequence[Part], found: Found, *, medical: bool) -> None:
        self.found, self.medical = found, medical
        wanted: dict[str, set[int]] = {kind: set() for kind in KINDS.values()}
        for path, part in _walk(parts):
            for rows in found.get(path, {}).values():
                for column, _ in part.columns:
                    if column in KINDS:
                        wanted[KINDS[column]] |= {getattr(row, column) for row in rows} - {None}
        self.functions = Functions(work, wanted.pop("function"))
        self.names = {kind: self._names(work, kind, ids) for kind, ids in wanted.items()}

    @staticmethod
    def _names(work: Work, kind: str, ids: set[int]) -> Mapping[int, object]:
        return NAMES[kind](work, ids) if ids else {}

    def part(self, part: Part, above: int = ROOT, path: tuple[str, ...] = ()) -> list[object]:
        """The rows of a part under one row, each as a mapping (or as its one value)."""
        here = (*path, part.name)
        told = [self._row(part, row, here) for row in self.found.get(here, {}).get(above, ())]
        return [next(iter(one.values())) for one in told] if part.flat else list(told)

    def _row(self, part: Part, row: Row[Any], here: tuple[str, ...]) -> dict[str, object]:
        told = {
            name: self._value(row, column)
            for column, name in part.columns
            if self.medical or column not in part.medical
        }
        for child in part.parts:
            told[child.name] = self.part(child, row.id, here)
        return told

    def _value(self, row: Row[Any], column: str) -> object:
        value = getattr(row, column)
        if value is None:
            return None
        if column in FUNCTIONS:
            return self.functions.of(value, getattr(row, "unit_id", None))
        if column in KINDS:
            return self.names[KINDS[column]].get(value, "")
        if column in SECTIONS:
            return sections(value)
        if column == "sources":
            return {fact: _anonymous(told) for fact, told in value.items()}
        return plain(value)


def _anonymous(source: object) -> object:
    """Where a fact came from, without the name of who typed it."""
    return {name: one for name, one in source.items() if name != "by"} if isinstance(source, dict) else source


def _walk(parts: Iterable[Part], path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Part]]:
    for part in parts:
        here = (*path, part.name)
        yield here, part
        yield from _walk(part.parts, here)


class Functions:
    """The function in which an account acts: its role in the unit it acted for, never its name."""

    def __init__(self, work: Work, account_ids: set[int]) -> None:
        self.roles = functions(work, account_ids)

    def of(self, account_id: int | None, unit_id: int | None) -> str | None:
        """The role of an account in that unit, else the first it has; None for nobody."""
        held = self.roles.get(account_id or 0, {})
        return held.get(unit_id or 0) or next(iter(held.values()), None)


def sections(mask: int) -> list[str]:
    """The sections of a mask by name, in the order of their bits."""
    return [(one.name or "").lower() for one in Section if one & mask]
