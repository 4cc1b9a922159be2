"""Targets over a ledger of a million lines, on both engines; CII_BENCH_LINES=5000000 asks for five.

The lines are accruals and what takes them back, in pairs, on the accounts of twenty agreements: sums that
were true stay true, so that the night has as much to add up and nothing to tell.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.measure import Sides
from benchmarks.rows import postgresql_server, told
from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.jobs.runs import Bell
from cii.kernel.clock import FixedClock
from cii.kernel.money import Chf
from cii.reconciliation.actions import compare
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE as PROJECT
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

LINES = int(os.environ.get("CII_BENCH_LINES", "1000000"))
NOW = datetime(2026, 10, 15, 6, tzinfo=UTC)
AGREEMENTS = 10
"""Of each of two funding lines."""
SUM = "SELECT sum(amount) FROM movement"

_N = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :lines) "
_ENTRIES = (
    "INSERT INTO ledger_entry (id, ref, key, kind, source_kind, source_id, actor, booked_at) "
    + _N
    + "SELECT 1000 + i, 'b' || i, 'b:' || i, CASE i % 2 WHEN 1 THEN 'accrual' ELSE 'accrual_correction' END, "
    "'benchmark', i, 'cii', '2026-10-15 06:00:00' FROM n"
)
_MOVEMENTS = (
    "INSERT INTO movement (id, entry_id, key, kind, debit_id, credit_id, amount, effective_on, booked_at) "
    + _N
    + "SELECT 1000 + i, 1000 + i, 'b:' || i || '/1', CASE i % 2 WHEN 1 THEN 'accrual' ELSE "
    "'accrual_correction' END, CASE i % 2 WHEN 1 THEN p.committed ELSE p.accrued END, "
    "CASE i % 2 WHEN 1 THEN p.accrued ELSE p.committed END, 1000 + ((i + 1) / 2) % 977, '2026-10-01', "
    "'2026-10-15 06:00:00' FROM n JOIN bench_pair p ON p.place = ((i + 1) / 2) % :pairs"
)
_PAIRS = (
    "CREATE TABLE bench_pair AS SELECT row_number() OVER (ORDER BY c.id) - 1 AS place, c.id AS committed, "
    "a.id AS accrued FROM budget_account c JOIN budget_account a ON a.line_id = c.line_id "
    "AND a.year = c.year AND a.agreement_id = c.agreement_id AND a.stage = 'accrued' "
    "WHERE c.stage = 'committed'"
)


def _filled(url: str, lines: int) -> Engine:
    """An empty schema with twenty agreements and their accounts, and so many lines on them."""
    from tests.agreements.build_agreements import a_market  # noqa: PLC0415 - the builders of the tests

    engine = make_engine(url)
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
        publish_parameters(work.session, PROJECT / "workflows" / "parameters", work.now)
        market = a_market(work)
        for line in (market.ac, market.social):
            grant_budget(work, line.id or 0, 2026, Chf.parse("10000000"))
            for number in range(AGREEMENTS):
                agreement = market.agreement(line, in_force=False)
                for act, amount in ((engage, "100000"), (accrue, "50000")):
                    leg = Leg(line.id or 0, agreement.id, Chf.parse(amount), date(2026, 10, 1))
                    act(work, [leg], Source("opening", number, f"{act.__name__}:{line.code}:{number}"))
    _unguarded(engine, lines)
    return engine


def _unguarded(engine: Engine, lines: int) -> None:
    """Fill the ledger behind its guards, which would take minutes; the lines are right by themselves."""
    lite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if lite:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'movement'"
            for name in connection.execute(text(names)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE movement DISABLE TRIGGER ALL"))
        connection.execute(text(_PAIRS))
        connection.execute(text(_ENTRIES), {"lines": lines})
        connection.execute(text(_MOVEMENTS), {"lines": lines, "pairs": 2 * AGREEMENTS})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if lite else "VACUUM ANALYZE"))


@cache
def _sqlite(lines: int) -> Engine:
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-ledger-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return _filled(f"sqlite:///{folder / 'cii.sqlite'}", lines)


@cache
def _postgresql(lines: int) -> Engine:
    return _filled(postgresql_server(), lines)


def _night(engine: Engine) -> Callable[[], object]:
    bell = Bell(engine, FixedClock(NOW), Settings(mode="test"))

    def ours() -> object:
        with bell.looking() as work:
            found = compare(work, date(2026, 10, 14))
        assert found.counts["balances"] == 2 * AGREEMENTS
        return found

    return ours


def _beside_statements(engine: Engine) -> Sides:
    """A night's comparisons, against their very statements raw on the driver, in one transaction.

    Both sides keep one snapshot of the same isolation and fetch the same rows; neither writes. Ours ends
    without a commit, after which the driver forgets what it prepared: both sides plan each statement, as a
    night does, of which there is one a day. What ours does beyond is to name what differs (the lines of the
    benchmark have no placements, so that the twenty agreements are findings).
    """
    ours = _night(engine)
    given = told(engine, ours)
    lite = engine.dialect.name == "sqlite"
    snapshot = engine if lite else engine.execution_options(isolation_level="REPEATABLE READ")

    def raw() -> object:
        with snapshot.connect() as connection, connection.begin():
            cursor = connection.connection.cursor()
            return [cursor.execute(statement, values).fetchall() for statement, values in given if
                    statement.lstrip().startswith(("SELECT", "WITH"))]  # fmt: skip

    return ours, raw


def _beside_sum(engine: Engine) -> Sides:
    """A night's comparisons, against one bare sum over the ledger."""

    def scan() -> object:
        with engine.connect() as connection:
            return connection.execute(text(SUM)).scalar()

    return _night(engine), scan


def statements_sqlite() -> Sides:
    """On SQLite, against the raw statements."""
    return _beside_statements(_sqlite(LINES))


def statements_postgresql() -> Sides:
    """On PostgreSQL, against the raw statements."""
    return _beside_statements(_postgresql(LINES))


def sum_sqlite() -> Sides:
    """On SQLite, against a bare sum."""
    return _beside_sum(_sqlite(LINES))


def sum_postgresql() -> Sides:
    """On PostgreSQL, against a bare sum."""
    return _beside_sum(_postgresql(LINES))


def growth_sqlite() -> Sides:
    """On SQLite, all lines against a fifth of them."""
    return _night(_sqlite(LINES)), _night(_sqlite(LINES // 5))


def growth_postgresql() -> Sides:
    """On PostgreSQL, all lines against a fifth of them."""
    return _night(_postgresql(LINES)), _night(_postgresql(LINES // 5))
