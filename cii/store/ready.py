"""Statements made ready once: what every act writes goes to the driver without being put together anew.

Values still pass their column types (moments in UTC, words of their list, money as centimes, JSON), so a row
reads the same whichever way it was written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Dialect, Insert, Update

Value = Callable[[Any], Any] | None
Row = Mapping[str, Any]


class Ready:
    """An INSERT or UPDATE over named values; each row that it is given names all of them."""

    def __init__(self, statement: Insert | Update, names: Iterable[str] = ()) -> None:
        self.statement, self.names = statement, tuple(names)
        self._known: WeakKeyDictionary[Dialect, tuple[str, list[tuple[str, Value]], bool]] = (
            WeakKeyDictionary()
        )

    def write(self, connection: Connection, rows: Sequence[Row]) -> CursorResult[Any]:
        """Write these rows, of which there is at least one; refuses a row that lacks a name (KeyError)."""
        sql, values, placed = self._known.get(connection.dialect) or self._made(connection.dialect)
        given: list[Any] = [
            {name: said(row[name]) if said else row[name] for name, said in values} for row in rows
        ]
        if placed:
            given = [tuple(one.values()) for one in given]
        return connection.exec_driver_sql(sql, given if len(given) > 1 else given[0])

    def _made(self, dialect: Dialect) -> tuple[str, list[tuple[str, Value]], bool]:
        """The text for this driver, and by name what its type makes of a value, in the order of the text."""
        made: Any = self.statement.compile(dialect=dialect, column_keys=list(self.names) or None)
        placed = bool(made.positional)
        order = made.positiontup if placed else list(made.binds)
        values = [
            (name, made.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
        ]
        self._known[dialect] = str(made), values, placed
        return self._known[dialect]
