"""Rows that follow a person: pointed to another one in one statement per table, and put back unchanged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, select, update
from sqlmodel import Session

from cii.kernel.digest import plain

Moved = dict[str, dict[str, str]]
"""Table → id of a row that went → its mark: what it said when it went."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A table whose rows follow the person in `person_id`; `marks`: the columns that a later act changes.

    `only`: which of them follow to that new person, where not all do.
    """

    model: type
    marks: tuple[str, ...] = ()
    only: Callable[[int], ColumnElement[bool]] | None = None

    @property
    def table(self) -> Table:
        """The table itself."""
        held: Table = self.model.__table__  # type: ignore[attr-defined]
        return held


def move(session: Session, followed: Sequence[Followed], old_id: int, new_id: int) -> Moved:
    """Point every row of the old person to the new one; returns which went, with their marks."""
    moved: Moved = {}
    session.flush()
    for one in followed:
        table = one.table
        wanted = update(table).where(table.c.person_id == old_id).values(person_id=new_id)
        if one.only is not None:
            wanted = wanted.where(one.only(new_id))
        rows = session.connection().execute(wanted.returning(table.c.id, *_marks(one))).all()
        if rows:
            moved[str(table.name)] = {
                str(row[0]): _mark(row[1:]) for row in sorted(rows, key=lambda row: row[0])
            }
    session.expire_all()
    return moved


def changed(session: Session, followed: Sequence[Followed], moved: Moved, new_id: int) -> dict[str, int]:
    """Table → how many of the rows that went have changed, gone on or vanished since; empty when none has."""
    found: dict[str, int] = {}
    session.flush()
    for one in followed:
        table, then = one.table, moved.get(one.table.name, {})
        if not then:
            continue
        wanted = select(table.c.id, *_marks(one)).where(
            table.c.id.in_([int(id_) for id_ in then]), table.c.person_id == new_id
        )
        now = {str(row[0]): _mark(row[1:]) for row in session.connection().execute(wanted)}
        if count := sum(now.get(id_) != mark for id_, mark in then.items()):
            found[str(table.name)] = count
    return found


def put_back(session: Session, followed: Sequence[Followed], moved: Moved, old_id: int) -> None:
    """Point exactly the rows that went to the old person again."""
    for one in followed:
        table = one.table
        if ids := [int(id_) for id_ in moved.get(table.name, {})]:
            session.connection().execute(update(table).where(table.c.id.in_(ids)).values(person_id=old_id))
    session.expire_all()


def together(parts: Iterable[Mapping[str, dict[str, str]]]) -> Moved:
    """What went in several rooms as one."""
    return {table: rows for part in parts for table, rows in part.items()}


def _marks(one: Followed) -> list[Any]:
    return [one.table.c[name] for name in one.marks]


def _mark(values: Iterable[Any]) -> str:
    return "|".join(str(plain(value)) for value in values)
