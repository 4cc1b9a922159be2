"""The one search box among the cases of a canton: milliseconds in the database, on both engines.

Names are drawn from a small stock, as in life: a beginning of one letter fits thousands. The slowest of the
questions counts; the limit is 50 milliseconds. `python -m benchmarks search-sqlite search-postgresql`.
"""

import atexit
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, insert, text

from benchmarks.measure import Sides
from benchmarks.rows import NOW, canton, postgresql_server
from cii.access.permits import permits_of
from cii.access.vocabulary import Relation, Section
from cii.kernel.folding import folded
from cii.search.queries import find
from cii.store.engine import WRITING
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import Actor, Seat, working

CASES, UNITS, LIMIT, CHUNK = 100_000, 4, 0.050, 10_000
LAST = (
    "Müller",
    "Rochat",
    "Favre",
    "Perret",
    "Jeanneret",
    "Matthey",
    "Dubois",
    "Robert-Nicoud",
    "da Silva",
    "Meier",
)
FIRST = (
    "Zoé",
    "Marc",
    "Élise",
    "Dominique",
    "Anne",
    "Luca",
    "Maria",
    "José",
    "Noé",
    "Ingrid",
    "Milan",
    "Ursula",
)
QUESTIONS = (
    "m",
    "mu",
    "muller",
    "zo mul",
    "silva da",
    "a",
    "rob nic dom",
    "q-012",
    "q-099999",
    "xyz",
    "dubois4",
)
"""What is typed: short and long, frequent and rare, a number, nothing that exists."""
CLERK = Actor("clerk", 1, seats=(Seat(1, 1, "case_manager", "AC"),), permits=permits_of(["case_manager"]))


def fill(engine: Engine, cases: int) -> None:
    """So many persons with a case each: three of four in the clerk's unit, the others elsewhere.

    Of the others every second is shared with the clerk's unit, which has typed nothing of them.
    """
    tables, chance = load_all_tables().tables, random.Random(1)  # noqa: S311 - invented data
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        for first in range(1, cases + 1, CHUNK):
            rows: dict[str, list[dict[str, object]]] = {}
            for id_ in range(first, min(first + CHUNK, cases + 1)):
                unit = 1 if id_ % 4 else 2
                names = f"{chance.choice(LAST)}{id_ if id_ % 5 == 0 else ''}", chance.choice(FIRST)
                common = {"valid_from": NOW, "unit_id": unit, "relation": Relation.OWN, "basis": "own_case"}
                reads = {"reads": Section.IDENTITY, "writes": Section.IDENTITY, "recorded_at": NOW}
                rows.setdefault("person", []).append({"id": id_, "ref": f"p{id_:09}", "created_at": NOW})
                rows.setdefault("identity", []).append({
                    "id": id_, "person_id": id_, "unit_id": unit, "last_name": names[0],
                    "first_name": names[1],
                    "birth_date": NOW.date(), "folded": folded(*names), "recorded_at": NOW,
                })  # fmt: skip
                rows.setdefault("case_file", []).append({
                    "id": id_, "ref": f"c{id_:09}", "number": f"Q-{id_:06}", "person_id": id_,
                    "path": "everyday-cii",
                    "opened_at": NOW, "opened_by_unit_id": unit, "lead_unit_id": unit, "restricted": False,
                    "status": "open", "version": 1,
                })  # fmt: skip
                rows.setdefault("access_grant", []).extend([
                    {**common, **reads, "person_id": id_, "case_id": None, "cause": f"attach:{id_}"},
                    {**common, **reads, "person_id": None, "case_id": id_, "cause": f"party:{id_}"},
                ])  # fmt: skip
                if unit == 2 and id_ % 8 == 0:
                    shared = {**common, **reads, "unit_id": 1, "relation": Relation.PARTY, "basis": "consent"}
                    rows["access_grant"] += [
                        {**shared, "person_id": id_, "case_id": id_, "cause": f"shared:{id_}"}
                    ]
            for name, held in rows.items():
                known = set(tables[name].columns.keys())
                connection.execute(
                    insert(tables[name]), [{k: v for k, v in row.items() if k in known} for row in held]
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def slowest(engine: Engine) -> tuple[float, str]:
    """The median seconds of the slowest question, and which."""
    held = Settings(mode="test")
    worst = (0.0, "")
    for question in QUESTIONS:
        times = []
        for _ in range(5):
            with working(engine, CLERK, NOW, settings=held, writing=False) as work:
                work.session.connection()
                began = time.perf_counter()
                found = find(work, question)
                times.append(time.perf_counter() - began)
            assert bool(found.persons or found.cases) == (question != "xyz"), question
        worst = max(worst, (statistics.median(times), question))
    return worst


def _sides(make: Callable[[], str], cases: int = CASES) -> Sides:
    engine, _ = canton(make(), UNITS)
    fill(engine, cases)
    return slowest(engine)[0], LIMIT


def _file() -> str:
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-search-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"sqlite:///{folder / 'cii.sqlite'}"


def on_sqlite() -> Sides:
    """Among 100 000 cases on SQLite."""
    return _sides(_file)


def on_postgresql() -> Sides:
    """Among 100 000 cases on PostgreSQL."""
    return _sides(postgresql_server)
