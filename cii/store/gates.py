"""One at a time: a gate by name, held until the transaction (or the savepoint it was taken in) ends.

Rows that many want at once are changed by statements that come after the gate: each sees what the one before
has committed, and none waits row by row. The guards of the rows do not rest on it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, bindparam, func, literal_column, select

from cii.store.ready import Ready, Row
from cii.store.work import Work

_HOLD = Ready(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(bindparam("gate", type_=String), literal_column("0"))
        )
    )
)


def hold(work: Work, gate: str) -> None:
    """Wait until nobody else holds the gate of this name; SQLite has one writer at a time anyway.

    Whoever holds several takes them in one order: persons before measures, each by its number.
    """
    connection = work.session.connection()
    if connection.dialect.name == "postgresql":
        _HOLD.read(connection, {"gate": gate})


def read_behind(work: Work, gate: str, statement: Ready, values: Row) -> Sequence[Any]:
    """What a statement gives back that comes right behind the gate, on PostgreSQL; both sent in one go."""
    return statement.read_behind(work.session.connection(), _HOLD, {"gate": gate}, values)
