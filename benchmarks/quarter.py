"""The quarter's report over 100 000 cases and a million days of attendance: its figures, and all its files.

The persons, cases and stays of the demo canton are multiplied in a copy of it, with payers, events and
attendance, until there are so many; the raw side asks the very same statements on the driver.
"""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from benchmarks.canton import CASES as SOME
from benchmarks.canton import settings
from benchmarks.measure import Sides
from benchmarks.rows import postgresql_server, told
from cii.demo.load import load
from cii.figures.queries import quarter_figures
from cii.jobs.clock import clock_of
from cii.kernel.digest import digest
from cii.kernel.period import Quarter
from cii.kernel.span import Span
from cii.reports.files import ANY_LANGUAGE, SPOKEN, made
from cii.reports.frozen import assure, packed
from cii.reports.kinds import Head
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working
from cii.texts.languages import LANGUAGES

QUARTER = Quarter.parse("2026-Q3")
CASES, DAYS = 100_000, 1_000_000
"""Rows of cases and of attendance at least."""
_ROWS: dict[str, tuple[str, ...]] = {
    "person": (),
    "case_file": ("person_id",),
    "placement": ("case_id", "person_id"),
    "placement_share": ("placement_id",),
    "placement_event": ("placement_id", "replaces"),
    "attendance": ("placement_id", "replaces"),
}
"""What is multiplied, with the columns that lead to other rows of these tables."""
_NAMES = {
    "ref": "substr(ref, 1, 6) || n.i",
    "number": "number || n.i",
    "avs_hash": "substr(avs_hash, 1, 60) || n.i",
}
"""Columns whose text is of one row alone, and what a copy has there."""
_APART = 10_000_000
"""How far the ids of one copy lie from those of the next."""


def figures(name: str) -> Sides:
    """All figures of a quarter from the rows, against the same statements on the driver."""
    return _sides(name, lambda work: quarter_figures(work, QUARTER, work.now))


def whole(name: str) -> Sides:
    """What a freeze does: rows read, packed, derived twice, every file in every language; same raw side."""
    return _sides(name, _issued)


figures_sqlite, figures_postgresql = partial(figures, "sqlite"), partial(figures, "postgresql")
whole_sqlite, whole_postgresql = partial(whole, "sqlite"), partial(whole, "postgresql")


def _issued(work: Work) -> list[bytes]:
    kind, readers = KINDS[ReportKind.QUARTERLY], Readers(whole=True)
    facts = kind.facts(work, Span.parse(str(QUARTER)), "", work.now)
    values = kind.derive(facts)
    sha256, tables = digest(values), packed(facts)
    assure(kind, tables, sha256)
    shown = kind.shown(values, readers, 0)
    head = Head(work.now, work.now, 1, sha256)
    return [
        made(shown, head, form, lang)
        for form in FileFormat
        for lang in (LANGUAGES if form in SPOKEN else (ANY_LANGUAGE,))
    ]


def _sides(name: str, asked: Callable[[Work], object]) -> Sides:
    engine, held = _multiplied(name)
    now = clock_of(engine, held).now()

    def ours() -> object:
        with working(engine, HOUSE, now, settings=held, writing=False) as work:
            return asked(work)

    ours()
    given = [one for one in told(engine, ours) if one[0].lstrip().startswith(("SELECT", "WITH"))]

    def raw() -> object:
        with engine.connect() as connection, connection.begin():
            cursor = connection.connection.cursor()
            return [cursor.execute(statement, values).fetchall() for statement, values in given]

    return ours, raw


@cache
def _multiplied(name: str) -> tuple[Engine, Settings]:
    """The demo canton with its cases and stays many times over."""
    held, engine = _sqlite() if name == "sqlite" else _postgresql()
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        _unguarded(connection)
        rows = {one: _count(connection, one) for one in ("attendance", "case_file")}
        copies = max(DAYS // rows["attendance"], CASES // rows["case_file"])
        for table, leading in _ROWS.items():
            _copied(connection, table, leading, copies)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return engine, held


def _sqlite() -> tuple[Settings, Engine]:
    held = settings()
    file = held.data_dir / "quarter.sqlite"
    with (
        closing(sqlite3.connect(make_engine(held.url).url.database)) as canton,
        closing(sqlite3.connect(file)) as copy,
    ):
        canton.backup(copy)
    return held, make_engine(f"sqlite:///{file}")


def _postgresql() -> tuple[Settings, Engine]:
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-quarter-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    held = Settings(mode="demo", data_dir=folder, database_url=postgresql_server())
    load(held, SOME)
    return held, make_engine(held.url)


def _unguarded(connection: Connection) -> None:
    """Leave the guards of these tables aside: copies of good rows are good."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for table in _ROWS:
        hung = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        for trigger in connection.execute(text(hung)).scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _copied(connection: Connection, table: str, leading: tuple[str, ...], copies: int) -> None:
    columns = [column.name for column in load_all_tables().tables[table].columns]
    shifted = [
        f"{one} + n.i * {_APART}" if one in {"id", *leading} else
        _NAMES.get(one, one)
        for one in columns
    ]  # fmt: skip
    connection.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :copies) "
            f"SELECT {', '.join(shifted)} FROM {table}, n"
        ),
        {"copies": copies},
    )
