"""A town with twelve times its rows: copies made by one statement a table, for whoever counts what a list asks.

Each row is copied with new outward names. Rows that hang on others hang on the same copy of these, but for what
belongs to the house (units, accounts, published files); a row that can be there once only stays alone.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Engine, Table, UniqueConstraint

from cii.store.naming import load_all_tables

APART = 10_000_000
"""Between the numbers of two copies."""
PUBLISHED = {"wf_definition", "wf_table", "grid_template", "parameter"}
OF_THE_HOUSE = {"institution", "unit", "account"}
ROOTS = {"person", "case_file"}
"""What others hang on."""
BARE = {"subject_id", "object_id", "source_id"}
"""Columns that name rows of several tables."""
NAMES = {"ref", "number"}
"""Outward names."""
WORDS = {
    "code",
    "email",
    "token_hash",
    "avs_hash",
    "key",
    "file_digest",
    "title",
    "object_key",
    "name",
    "folded",
}
"""Words and numbers that may stand once only, and by how much a number is moved."""
COUNTS = {"sequence": 100, "seq": APART, "round": 100, "version": 100}


def multiply(engine: Engine, times: int) -> None:
    """So many copies of every row, and half as many of what hangs on the first; SQLite, whose guards are gone afterwards."""
    known = list(load_all_tables().tables.values())
    tables = [table for table in known if table.name not in PUBLISHED]
    hanging = [
        table for table in tables if {"id", "ref"} <= set(table.columns.keys()) and table.name not in ROOTS
    ]
    alone, everything = _alone(known), {table.name for table in known}
    with engine.connect() as connection:
        held = connection.connection.dbapi_connection
        held.isolation_level = None
        cursor = held.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}"')
        cursor.execute("BEGIN")
        for table in tables:
            cursor.execute(_copy(table, alone), (1, times))
        for table in hanging:
            cursor.execute(f"{_copy(table, everything)} WHERE id < {APART}", (times + 1, times + times // 2))
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")


def _alone(tables: list[Table]) -> set[str]:
    """Tables whose rows are not copied as a whole: those of the house, and where a row can be there once only."""
    alone = OF_THE_HOUSE | PUBLISHED
    while True:
        more = {
            table.name
            for table in tables
            if table.name not in alone
            and any(not any(_moves(one, alone) for one in columns) for columns in _unique(table))
        }
        if not more:
            return alone
        alone |= more


def _unique(table: Table) -> Iterator[list[Column]]:
    yield list(table.primary_key.columns)
    for one in table.constraints:
        if isinstance(one, UniqueConstraint):
            yield list(one.columns)
    for index in table.indexes:
        if index.unique:
            yield list(index.columns)


def _moves(column: Column, alone: set[str]) -> bool:
    if column.foreign_keys:
        return any(one.column.table.name not in alone for one in column.foreign_keys)
    return column.name in {"id", *BARE, *NAMES, *WORDS, *COUNTS}


def _copy(table: Table, alone: set[str]) -> str:
    ignored = "OR IGNORE " if table.name in alone else ""
    unique = {one.name for columns in _unique(table) for one in columns}
    names = ", ".join(f'"{one.name}"' for one in table.columns)
    made = ", ".join(_made(one, alone, unique) for one in table.columns)
    return (
        "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        f'INSERT {ignored}INTO "{table.name}" ({names}) SELECT {made} FROM "{table.name}", n'
    )


def _made(column: Column, alone: set[str], unique: set[str]) -> str:
    """The value of a column in a copy; outward names keep their length, and end in a letter no drawn name holds."""
    name, moved = f'"{column.name}"', f'"{column.name}" + i * {APART}'
    if column.foreign_keys:
        return moved if _moves(column, alone) else name
    if column.name == "id" or column.name in BARE:
        return moved
    if column.name in NAMES or column.name.endswith("_ref"):
        other = f"substr({name}, 1, length({name}) - 2) || 'u' || char(96 + i)"
        return f"CASE WHEN typeof({name}) = 'text' THEN {other} ELSE {moved} END"
    if column.name not in unique:
        return name
    if column.name in COUNTS:
        return f"{name} + i * {COUNTS[column.name]}"
    return f"{name} || printf('%02d', i + 20)" if column.name in WORDS else name
