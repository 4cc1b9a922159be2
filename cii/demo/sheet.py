"""Rows gathered by table and written in large chunks, ids given beforehand.

The rooms' own actions write one row at a time and journal each; two years of daily life come in by this
sheet. The database's guards (CHECKs, triggers, exclusions) see every row all the same.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlmodel import Session, SQLModel

from cii.store.naming import load_all_tables

CHUNK = 5_000
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


class Sheet:
    """Gathers rows, then writes them in the order that foreign keys ask for.

    `chance` is the one source of what is drawn: the same seed gives the same canton.
    """

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.chance = random.Random(seed)  # noqa: S311 - invented data, no secret
        self.written = 0
        self._order = list(load_all_tables().sorted_tables)
        self._tables = {table.name: table for table in self._order}
        self._usual = {name: _usual_values(table) for name, table in self._tables.items()}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._last: dict[str, int] = {}

    def odds(self, percent: float) -> bool:
        """Whether something happens that happens in so many of a hundred cases."""
        return self.chance.random() * 100 < percent

    def put(self, table: str, **values: Any) -> int:  # noqa: ANN401 - columns of any table
        """Gather one row; returns its id (0 for a table without one)."""
        usual = self._usual[table]
        row = {**usual, **values}
        if "id" in usual:
            row["id"] = self.next_id(table)
        if "ref" in usual and row["ref"] is None:
            row["ref"] = self.ref()
        self._rows.setdefault(table, []).append(row)
        return int(row.get("id", 0))

    def next_id(self, table: str) -> int:
        """The id of the next row of the table."""
        if table not in self._last:
            column = self._tables[table].c.id
            self._last[table] = self.session.scalar(select(func.coalesce(func.max(column), 0))) or 0
        self._last[table] += 1
        return self._last[table]

    def ref(self) -> str:
        """Ten base-32 characters, drawn by the seed."""
        drawn = self.chance.getrandbits(50)
        return "".join(_BASE32[(drawn >> shift) & 31] for shift in range(0, 50, 5))

    @contextmanager
    def apart(self, name: str) -> Iterator[None]:
        """Draw from a source of its own for a while; what is drawn afterwards stays as it was."""
        held, self.chance = self.chance, random.Random(name)  # noqa: S311 - invented data, no secret
        try:
            yield
        finally:
            self.chance = held

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What was gathered for a table and is not written yet; rows may still be changed."""
        return self._rows.get(table, [])

    def write(self) -> int:
        """Write everything gathered so far; returns how many rows."""
        count = 0
        connection = self.session.connection()
        for table in self._order:
            rows = self._rows.pop(table.name, [])
            for first in range(0, len(rows), CHUNK):
                connection.execute(insert(table), rows[first : first + CHUNK])
            count += len(rows)
            if rows and "id" in table.c and connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": table.name, "last": self._last[table.name]},
                )
        self.written += count
        return count

    def table(self, name: str) -> Table:
        """A table of the house by its name, for reads of the loader's own checks."""
        return self._tables[name]


def _usual_values(table: Table) -> dict[str, Any]:
    """Each column with the value that the model gives when nothing is said."""
    model = next(one.class_ for one in SQLModel._sa_registry.mappers if one.local_table is table)  # noqa: SLF001
    fields = model.model_fields
    return {
        column.name: None
        if (field := fields[column.name]).is_required() or field.default_factory
        else field.default
        for column in table.columns
    }
