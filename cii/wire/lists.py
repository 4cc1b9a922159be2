"""Lists that stay fast: a SELECT put into words once for each reader, its rows told straight as JSON.

A list is a statement over the named values `AT`, `ROWS` and the sort values of a page's mark. Whatever else
it holds (units of the reader, masks of their roles) is fixed when it is made: it is kept for an actor as they
are, for with other seats they are another actor. What it brings goes to `orjson` as mappings in the shape of
the list's schema; a test compares the two.
"""

from collections import namedtuple
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast
from weakref import WeakKeyDictionary

from flask import Response
from sqlalchemy import BindParameter, Connection, Dialect, Integer, Select, bindparam
from sqlalchemy.types import TypeEngine

from cii.store.columns import UtcDateTime
from cii.store.ready import Ready, Row
from cii.wire.json import dump
from cii.wire.pages import Page

AT: Any = bindparam("now", None, type_=UtcDateTime())
"""The moment of the request."""
ROWS: Any = bindparam("rows", None, type_=Integer())
"""How many rows to bring."""


def mark_values(order: Sequence[tuple[Any, bool]]) -> list[BindParameter[Any]]:
    """A named value for each column of an order: where the last page ended."""
    return [
        bindparam(f"after_{n}", None, type_=cast("TypeEngine[Any]", column.type))
        for n, (column, _) in enumerate(order)
    ]


def named(since: Sequence[Any] | None) -> dict[str, Any]:
    """The sort values of a mark by the names of `mark_values`."""
    return {f"after_{n}": value for n, value in enumerate(since or ())}


class Listing(Ready):
    """A SELECT of which some values are fixed when it is made and the others named at each call."""

    def __init__(self, statement: Select[Any]) -> None:
        super().__init__(statement)
        self._fixed: WeakKeyDictionary[Dialect, dict[str, Any]] = WeakKeyDictionary()

    def read(self, connection: Connection, values: Row) -> Sequence[Sequence[Any]]:
        """The rows that the fixed values and these find."""
        self._told(connection.dialect)
        return super().read(connection, {**self._fixed[connection.dialect], **values})

    def rows(self, connection: Connection, values: Row) -> list[Any]:
        """The same rows, of which each column is known by its name."""
        return [*map(self._named, self.read(connection, values))]

    @cached_property
    def _named(self) -> Any:  # noqa: ANN401 - makes a row known by the names of its columns, all of them different
        made: Any = self.statement
        typed: Any = namedtuple  # noqa: PYI024 - its names are not known before
        return typed("row", made.selected_columns.keys())._make

    def compiled(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy leaves it untyped
        """The statement for one driver, with its lists written out."""
        made: Any = self.statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self._fixed[dialect] = made.construct_params()
        return made

    def order(self, made: Any) -> list[str]:  # noqa: ANN401
        """The names of the values, those of lists that were written out among them."""
        return list(made.construct_params())


def answer(page: Page[Any]) -> Response:
    """The page as JSON, straight from its rows."""
    return Response(dump({"items": page.items, "next": page.next}), mimetype="application/json")
