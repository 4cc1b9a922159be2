"""Statements made ready once: what every act reads and writes goes to the driver as it stands.

Values still pass their column types (moments in UTC, words of their list, money as centimes, JSON), so a row
reads the same whichever way it was written. Whoever listens to a connection's statements hears these too.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Value = Callable[[Any], Any] | None
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement for one driver: its text, what goes in by name, in order, and what comes out by place."""

    sql: str
    given: tuple[tuple[str, Value], ...]
    placed: bool
    found: tuple[tuple[int, Callable[[Any], Any]], ...]

    def values(self, row: Row) -> Any:  # noqa: ANN401 - a tuple or a mapping, as the driver wants it
        """The values of one row for the driver; refuses a row that lacks a name (KeyError)."""
        if self.placed:
            return tuple([said(row[name]) if said else row[name] for name, said in self.given])
        return {name: said(row[name]) if said else row[name] for name, said in self.given}

    def read(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Rows of the driver in the types of their columns."""
        if not self.found:
            return rows
        lists = [list(row) for row in rows]
        for place, read in self.found:
            for one in lists:
                one[place] = read(one[place])
        return lists


class Ready:
    """A SELECT, INSERT or UPDATE over named values, put into words once for each driver."""

    def __init__(self, statement: Select[Any] | Insert | Update, names: Iterable[str] = ()) -> None:
        self.statement, self.names = statement, tuple(names)
        self._known: WeakKeyDictionary[Dialect, _Told] = WeakKeyDictionary()

    def write(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Write these rows, of which there is at least one; returns how many rows it touched.

        Refuses a row that lacks a name (KeyError).
        """
        told = self._told(connection.dialect)
        given = [told.values(row) for row in rows]
        return _run(connection, told.sql, given, wanted=False)[0]

    def read(self, connection: Connection, values: Row) -> Sequence[Sequence[Any]]:
        """The rows that these values find, or that writing them gives back."""
        told = self._told(connection.dialect)
        return told.read(_run(connection, told.sql, [told.values(values)], wanted=True)[1])

    def read_behind(self, connection: Connection, first: "Ready", waited: Row, values: Row) -> Sequence[Any]:
        """As `read`, sent together with a statement that may wait: no time is lost between the two.

        The second sees what was committed while the first waited. Drivers that send one at a time do so.
        """
        held: Any = connection.connection.dbapi_connection
        nested = connection.get_nested_transaction()
        if not hasattr(held, "pipeline") or _heard(connection) or (nested and not nested.is_active):
            first.read(connection, waited)
            return self.read(connection, values)
        one, told = first._told(connection.dialect), self._told(connection.dialect)  # noqa: SLF001 - its own
        with held.cursor() as ahead, held.cursor() as cursor:
            try:
                with held.pipeline():
                    connection.dialect.do_execute(ahead, one.sql, one.values(waited))
                    connection.dialect.do_execute(cursor, told.sql, told.values(values))
                return told.read(cursor.fetchall())
            except connection.dialect.loaded_dbapi.Error as no:
                raise _said(connection, cursor, told.sql, [told.values(values)], no) from no

    def compiled(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy leaves it untyped
        """The statement for one driver."""
        return self.statement.compile(dialect=dialect, column_keys=list(self.names) or None)

    def order(self, made: Any) -> list[str]:  # noqa: ANN401
        """The names of the values, for a driver that takes them by name."""
        return list(made.binds)

    def _told(self, dialect: Dialect) -> _Told:
        return self._known.get(dialect) or self._made(dialect)

    def _made(self, dialect: Dialect) -> _Told:
        """The text for this driver, and what the types of the columns make of the values."""
        made = self.compiled(dialect)
        order = made.positiontup if made.positional else self.order(made)
        given = [(name, _written(made.binds.get(name), dialect)) for name in order]
        comes: Any = self.statement.exported_columns if hasattr(self.statement, "exported_columns") else ()
        found = [
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(comes)
        ]
        self._known[dialect] = told = _Told(
            str(made), tuple(given), bool(made.positional), tuple((place, one) for place, one in found if one)
        )
        return told


def _written(bound: Any, dialect: Dialect) -> Value:  # noqa: ANN401 - a bind parameter or none
    """What the type of a value makes of it; one of a list that was written out goes as it is."""
    said: Value = bound.type.dialect_impl(dialect).bind_processor(dialect) if bound is not None else None
    return said


def run(connection: Connection, sql: str) -> None:
    """A statement without values, as BEGIN: to the driver at once unless somebody listens."""
    if _heard(connection):
        connection.exec_driver_sql(sql)
    else:
        cursor = connection.connection.cursor()
        _given(connection, cursor, sql, [()])
        cursor.close()


def _run(
    connection: Connection, sql: str, given: list[Any], *, wanted: bool
) -> tuple[int, Sequence[Sequence[Any]]]:
    """How many rows were touched, and those that came back."""
    nested = connection.get_nested_transaction()
    whole = connection.in_transaction() and (nested is None or nested.is_active)
    if not whole or _heard(connection):
        result = connection.exec_driver_sql(sql, given if len(given) > 1 else given[0])
        return result.rowcount, result.all() if wanted else ()
    cursor = connection.connection.cursor()
    _given(connection, cursor, sql, given)
    told = cursor.rowcount, cursor.fetchall() if wanted else ()
    cursor.close()
    return told


def _given(connection: Connection, cursor: Any, sql: str, given: list[Any]) -> None:  # noqa: ANN401 - the driver's
    """Give a statement to the driver; what it refuses is said as the house says it."""
    dialect = connection.dialect
    try:
        if len(given) > 1:
            dialect.do_executemany(cursor, sql, given)
        else:
            dialect.do_execute(cursor, sql, given[0])
    except dialect.loaded_dbapi.Error as no:
        raise _said(connection, cursor, sql, given, no) from no


def _said(connection: Connection, cursor: Any, sql: str, given: list[Any], no: Any) -> DBAPIError:  # noqa: ANN401
    """What the driver refused, as the house says it."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(no, connection.connection.dbapi_connection, cursor)
    cursor.close()
    if gone:
        connection.invalidate(no)
    said: Any = DBAPIError.instance(
        sql, given, no, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
    )
    refusal: DBAPIError = said
    return refusal


def _heard(connection: Connection) -> bool:
    """Whether somebody listens to the statements of this connection, or has them logged."""
    heard: Any = connection.dispatch
    return bool(
        heard.before_cursor_execute
        or heard.after_cursor_execute
        or connection.engine.logger.isEnabledFor(logging.INFO)
    )
