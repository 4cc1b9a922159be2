"""The quarter's report over a million days of attendance: its figures, and the whole with its export.

The stays of the demo canton are multiplied in a copy of it, with their payers, events and attendance, until
they have so many days; the raw side asks the very same statements on the driver.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache

from sqlalchemy import Engine, text

from benchmarks.canton import settings
from benchmarks.measure import Sides
from benchmarks.rows import told
from cii.figures.queries import quarter_figures
from cii.jobs.clock import clock_of
from cii.kernel.period import Quarter
from cii.kernel.span import Span
from cii.reports.queries import render_draft
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.work import HOUSE, Work, working

QUARTER = Quarter.parse("2026-Q3")
DAYS = 1_000_000
"""Rows of attendance at least."""
_STAYS: dict[str, tuple[str, ...]] = {
    "placement": (),
    "placement_share": ("placement_id",),
    "placement_event": ("placement_id", "replaces"),
    "attendance": ("placement_id", "replaces"),
}
"""What is multiplied, with the columns that lead to other rows of these tables."""
_APART = 10_000_000
"""How far the ids of one copy lie from those of the next."""


def figures() -> Sides:
    """All figures of a quarter from the rows, against the same statements on the driver."""
    return _sides(lambda work: quarter_figures(work, QUARTER, work.now))


def export() -> Sides:
    """The report as its reader gets it in a CSV file, against the same statements on the driver."""
    return _sides(lambda work: render_draft(work, Span.parse(str(QUARTER)), "csv", "fr"))


def _sides(asked: Callable[[Work], object]) -> Sides:
    engine, held = _multiplied(), settings()
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
def _multiplied() -> Engine:
    """The demo canton with its stays many times over."""
    held = settings()
    file = held.data_dir / "quarter.sqlite"
    with (
        closing(sqlite3.connect(make_engine(held.url).url.database)) as canton,
        closing(sqlite3.connect(file)) as copy,
    ):
        canton.backup(copy)
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        days = connection.execute(text("SELECT count(*) FROM attendance")).scalar_one()
        for name in _STAYS:
            hung = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{name}'"
            for trigger in connection.execute(text(hung)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        for name, leading in _STAYS.items():
            columns = [column.name for column in load_all_tables().tables[name].columns]
            shifted = [f"{one} + n.i * {_APART}" if one in {"id", *leading} else
                       f"substr({one}, 1, 6) || n.i" if one == "ref" else one for one in columns]  # fmt: skip
            connection.execute(
                text(
                    f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :copies) "
                    f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(shifted)} FROM {name}, n"
                ),
                {"copies": DAYS // days},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return engine
