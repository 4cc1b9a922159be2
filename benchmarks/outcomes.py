"""A scheme of pay by outcome simulated on ten thousand clients, as somebody tries a version at their desk."""

import atexit
import shutil
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from benchmarks.measure import Sides
from benchmarks.rows import told
from cii.kernel.period import Period
from cii.outcomes.past import simulation
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

CLIENTS = 10_000
THEN = datetime(2026, 12, 22, 11, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
_N = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :clients) "
_MOVED = {
    "placement": {
        "id": "1000 + n.i", "ref": "'c' || n.i", "person_id": "1000 + n.i", "case_id": "1000 + n.i",
    },
    "placement_share": {"id": "1000 + n.i", "placement_id": "1000 + n.i"},
    "placement_category": {
        "id": "1000 + n.i", "placement_id": "1000 + n.i", "code": "CASE n.i % 2 WHEN 0 THEN 'A' ELSE 'B' END",
    },
}  # fmt: skip
"""What is another in each copy of the one real stay."""


@cache
def _filled(clients: int) -> tuple[Engine, str]:
    """A scheme with so many copies of one stay that ended in a job; the engine and the scheme's name."""
    from tests.conftest import NOW  # noqa: PLC0415 - the builders of the tests
    from tests.outcomes.build_outcomes import a_rewarding  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="cii-bench-outcomes-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = make_engine(f"sqlite:///{folder / 'cii.sqlite'}")
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
        held = a_rewarding(work)
        held.stay()
        ref = held.scheme.ref
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            _copied(connection, clients)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return engine, ref


def _copied(connection: Connection, clients: int) -> None:
    for table, moved in _MOVED.items():
        triggers = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        for name in connection.execute(text(triggers)).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        names = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
        shown = ", ".join(moved.get(name, f"t.{name}") for name in names)
        connection.execute(
            text(f"INSERT INTO {table} ({', '.join(names)}) {_N}SELECT {shown} FROM {table} t, n"),
            {"clients": clients},
        )


def simulated() -> Sides:
    """The whole simulation, read and reckoned, against a second of a clock."""
    engine, ref = _filled(CLIENTS)
    return lambda: _run(engine, ref, CLIENTS), 1.0


def simulated_growth() -> Sides:
    """Ten thousand clients against a tenth of them; both ask equally often."""
    (many, one), (few, other) = _filled(CLIENTS), _filled(CLIENTS // 10)
    often = [
        len(told(engine, lambda engine=engine, ref=ref, clients=clients: _run(engine, ref, clients)))
        for engine, ref, clients in ((many, one, CLIENTS), (few, other, CLIENTS // 10))
    ]
    assert often[0] == often[1]
    return lambda: _run(many, one, CLIENTS), lambda: _run(few, other, CLIENTS // 10)


def _run(engine: Engine, ref: str, clients: int) -> object:
    with working(engine, HOUSE, THEN, settings=Settings(mode="test"), writing=False) as work:
        found = simulation(work, ref, YEAR)
    assert sum(row.persons for row in found.rows) == clients + 1
    return found
