"""Rows of a person that are erased: which go, which stay as a count with their words taken out.

A room names its rows beside nothing else (`<room>/erasing.py: ROWS`); the guards of append-only tables let
exactly this happen, and only to rows of a person who is marked as erased (`store.guards`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Session

Blank = str | None
GONE = "–"
"""What stands where words stood that a row must have."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How the rows of a table that concern a person are erased.

    `via`: the ways from the row to the person, each a chain of columns as in
    `("plan_id", "plan.case_id", "case_file.person_id")`. Without `blank` and `keep` the rows go; else they
    stay: each column of `blank` that says something gets its value there, each JSON column of `keep` these
    keys alone.
    `mark`: further SQL by which a row is the person's, `{row}` standing for the row, `{person}` for theirs.
    `over`: SQL by which a row is emptied at the end of its term though it is of nobody who was erased.
    """

    model: type
    via: tuple[tuple[str, ...], ...] = (("person_id",),)
    blank: Mapping[str, Blank] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mark: str = ""
    over: str = ""

    @property
    def table(self) -> Table:
        """The table itself."""
        held: Table = self.model.__table__  # type: ignore[attr-defined]
        return held

    @property
    def goes(self) -> bool:
        """Whether the rows themselves go."""
        return not self.blank and not self.keep

    def of(self, row: str) -> str:
        """SQL that holds when the row (`row` there) is of a person marked as erased, or its term is over."""
        ways = [f"p.id = {_way(chain, row)}" for chain in self.via]
        ways += [self.mark.format(row=row, person="p")] if self.mark else []
        erased = f"EXISTS (SELECT 1 FROM person p WHERE p.erased_at IS NOT NULL AND ({' OR '.join(ways)}))"
        return f"({erased} OR {self.over.format(row=row)})" if self.over else erased


def rows_by_case(*columns: str) -> tuple[tuple[str, ...], ...]:
    """The way over a case, from the column that leads to it through the tables named, as `Erased.via`."""
    return ((*(columns or ("case_id",)), "case_file.person_id"),)


def erase(session: Session, rows: Sequence[Erased], person_ids: Collection[int]) -> dict[str, int]:
    """Erase what these rooms hold of the persons, who are marked already; counts by table, none left out.

    One statement per table, in the order given; JSON that keeps some keys is written row by row.
    """
    session.flush()
    done = {str(one.table.name): _erase(session, one, person_ids) for one in rows}
    session.expire_all()
    return done


def count(session: Session, rows: Sequence[Erased], person_ids: Collection[int]) -> dict[str, int]:
    """How many rows of each table `erase` would touch."""
    session.flush()
    return {str(one.table.name): _count(session, one, theirs(one, person_ids)) for one in rows}


def _count(session: Session, one: Erased, wanted: ColumnElement[bool]) -> int:
    found: int = (
        session.connection().execute(select(func.count()).select_from(one.table).where(wanted)).scalar_one()
    )
    return found


def _erase(session: Session, one: Erased, person_ids: Collection[int]) -> int:
    table, wanted = one.table, theirs(one, person_ids)
    written = session.connection()
    if one.goes:
        return written.execute(delete(table).where(wanted)).rowcount
    if one.keep:
        _thin(session, one, wanted)
    if one.blank:
        emptied = {name: _blank(table.c[name], value) for name, value in one.blank.items()}
        return written.execute(update(table).where(wanted).values(emptied)).rowcount
    return _count(session, one, wanted)


def _blank(column: Column[Any], value: Blank) -> Any:  # noqa: ANN401 - a value or an expression
    return case((column.is_not(None), value), else_=None) if value is not None and column.nullable else value


def _thin(session: Session, one: Erased, wanted: ColumnElement[bool]) -> None:
    """Take all keys but those that stay out of the JSON columns."""
    table = one.table
    keys = list(table.primary_key.columns)
    shown = select(*keys, *(table.c[name] for name in one.keep)).where(wanted)
    held = session.connection().execute(shown).all()
    if not held:
        return
    changed = [
        {f"k_{key.name}": value for key, value in zip(keys, row, strict=False)}
        | {
            f"v_{name}": kept(value, stay)
            for (name, stay), value in zip(one.keep.items(), row[len(keys) :], strict=True)
        }
        for row in held
    ]
    change = (
        update(table)
        .where(*(key == bindparam(f"k_{key.name}") for key in keys))
        .values({name: bindparam(f"v_{name}") for name in one.keep})
    )
    session.connection().execute(change, changed)


def kept(value: object, keys: tuple[str, ...]) -> dict[str, Any] | list[Any]:
    """What stays of a JSON value: the scalars under these keys; nothing of a list."""
    if not isinstance(value, dict):
        return []
    nested = (dict, list, type(None))
    return {key: one for key, one in value.items() if key in keys and not isinstance(one, nested)}


def theirs(one: Erased, person_ids: Collection[int]) -> ColumnElement[bool]:
    """The rows of these persons."""
    table = one.table
    ways: list[Any] = []
    for first, *rest in one.via:
        wanted: Any = list(person_ids)
        for step in reversed(rest):
            name, _, column = step.partition(".")
            other = table.metadata.tables[name]
            wanted = _ids(other, column, wanted)
        ways.append(table.c[first].in_(wanted))
    if one.mark:
        ids = ", ".join(str(int(id_)) for id_ in person_ids)
        told = one.mark.format(row=table.name, person="p")
        ways.append(text(f"EXISTS (SELECT 1 FROM person p WHERE p.id IN ({ids}) AND ({told}))"))
    return or_(*ways)


def _ids(table: Table, column: str, wanted: Any) -> Select[Any]:  # noqa: ANN401 - ids or a select of ids
    return select(table.c.id).where(table.c[column].in_(wanted))


def _way(chain: tuple[str, ...], row: str) -> str:
    """SQL of the person at the end of a chain of columns."""
    first, *rest = chain
    told = f"{row}.{first}"
    for step in rest:
        name, _, column = step.partition(".")
        told = f"(SELECT {column} FROM {name} WHERE id = {told})"
    return told
