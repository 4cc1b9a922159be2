"""The place finder among 500 running measures: one case, all verdicts, places, prices and ranks, ten shown.

The measures are those of the demo canton, each with its dated places and quotas, eligibility table,
agreements, tariffs and opened days, copied until 500 of them run. On both engines.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text

from benchmarks.measure import Sides
from benchmarks.rows import postgresql_server, told
from cii.access.queries import account_actor
from cii.allocation.rules import Option, Wish, rank
from cii.allocation.vocabulary import Access
from cii.demo.load import load
from cii.institutions.queries import lines
from cii.jobs.clock import clock_of
from cii.kernel.errors import Refusal
from cii.placements.finder import Found, Sought, find_places
from cii.routing.actions_place import facts_for_place
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

MEASURES, SHOWN = 500, 10
LIMIT = 0.050
DAYS = (date(2026, 11, 2), date(2026, 12, 31))
_CASES, _EMAIL, _APART = 100, "orp@cii.example", 1_000_000
_OF_A_MEASURE = (
    "measure", "measure_places", "place_quota", "measure_rule", "measure_respondent", "agreement_measure",
    "tariff", "measure_day", "quota_day",
)  # fmt: skip


@cache
def town(engine: str) -> tuple[Settings, Engine]:
    """A demo canton with 500 running measures, gone when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-finder-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = postgresql_server() if engine == "postgresql" else f"sqlite:///{folder / 'cii.sqlite'}"
    held = Settings(mode="demo", data_dir=folder, database_url=url)
    load(held, _CASES)
    made = make_engine(url)
    _multiply(made)
    return held, made


def _multiply(engine: Engine) -> None:
    tables = load_all_tables().tables
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        day = connection.execute(text("SELECT max(starts_on) FROM measure")).scalar_one()
        running = "(ends_on IS NULL OR ends_on > :day)"
        ids = f"SELECT id FROM measure WHERE id < {_APART} AND {running}"
        many = int(connection.execute(text(f"SELECT count(*) FROM ({ids}) AS r"), {"day": day}).scalar_one())
        for number in range(1, -(-MEASURES // many)):
            for name in _OF_A_MEASURE:
                if name not in tables:
                    continue
                columns = [one.name for one in tables[name].columns]
                made = ", ".join(_copied(name, one) for one in columns)
                which = "id" if name == "measure" else "measure_id"
                connection.execute(
                    text(f"INSERT INTO {name} ({', '.join(columns)}) SELECT {made} FROM {name} "
                         f"WHERE {which} IN ({ids})"),
                    {"apart": number * _APART, "more": f"{number:03d}", "day": day},
                )  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _copied(table: str, column: str) -> str:
    if column in {"id", "measure_id"}:
        return f"{column} + :apart"
    if table == "measure" and column == "code":
        return "code || '-' || CAST(:more AS TEXT)"
    if column == "ref":
        return "substr(ref, 1, 7) || CAST(:more AS TEXT)"
    return column


def _search(engine: str) -> tuple[Engine, Callable[[], Found]]:
    """A search for the first case that the account may place, with what is known of it read before."""
    held, made = town(engine)
    now = clock_of(made, held).now()
    with working(made, HOUSE, now, settings=held, writing=False) as work:
        actor = account_actor(work, _EMAIL)
        cases = load_all_tables().tables["case_file"].c
        refs = work.session.scalars(select(cases.ref).where(cases.status == "open").order_by(cases.id)).all()
    for ref in refs:
        try:
            with working(made, actor, now, settings=held, writing=False) as work:
                line = next(one for one in lines(work) if one.code == "LACI").ref
                facts, sought = facts_for_place(work, ref, line), Sought(*DAYS, ((line, 1),), shown=SHOWN)
                find_places(work, ref, sought, facts)
        except Refusal:
            continue

        def ours(ref: str = ref, sought: Sought = sought, facts: Any = facts) -> Found:  # noqa: ANN401
            with working(made, actor, now, settings=held, writing=False) as work:
                return find_places(work, ref, sought, facts)

        assert ours().total >= MEASURES
        return made, ours
    raise AssertionError("no case is open to the account")


def ranked() -> Sides:
    """The pure part: 500 options marked and put in order, against 50 milliseconds."""
    wish = Wish("Littoral", ("fr",), ("youth",))
    options = [
        Option(
            f"M{at:03d}",
            list(Access)[at % len(Access)],
            ("", "Littoral", "Montagnes")[at % 3],
            ("fr", "de")[: at % 3],
            ("youth", "skilled", "migrants")[: at % 4],
            at % 7,
            6,
            100_000 + at * 977,
            at % 50,
        )
        for at in range(MEASURES)
    ]
    return lambda: rank(options, wish), LIMIT


def whole(engine: str) -> Sides:
    """The whole search with its statements and its transaction, against 50 milliseconds."""
    return _search(engine)[1], LIMIT


def beside_statements(engine: str) -> Sides:
    """The whole search, against its very statements raw on the driver."""
    made, ours = _search(engine)
    given = [one for one in told(made, ours) if one[0].lstrip().startswith(("SELECT", "WITH"))]

    def raw() -> None:
        connection: Any = made.raw_connection()
        cursor = connection.cursor()
        for statement, values in given:
            cursor.execute(statement, values)
            cursor.fetchall()
        connection.rollback()
        connection.close()

    return ours, raw


whole_sqlite, whole_postgresql = partial(whole, "sqlite"), partial(whole, "postgresql")
raw_sqlite, raw_postgresql = (partial(beside_statements, one) for one in ("sqlite", "postgresql"))
