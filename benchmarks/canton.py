"""Targets over a database with life in it: the demo canton, loaded once into a folder of its own (SQLite)."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import text

from benchmarks.rows import again, asked, fetched, told
from cii.access.queries import account_actor
from cii.app import create_app
from cii.cases.listing import CaseFilter
from cii.cases.listing import case_list as cases
from cii.demo.directory import PASSWORD
from cii.demo.load import load
from cii.jobs.clock import clock_of
from cii.reconciliation.actions import reconcile
from cii.store.engine import make_engine
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from cii.wire.lists import answer
from cii.wire.pages import USUAL
from cii.workflow.inbox import Tab, inbox_rows
from cii.workflow.projection import drift

Sides = tuple[Callable[[], object], Callable[[], object]]
CASES = 500
EMAIL = "orp@cii.example"


@cache
def settings() -> Settings:
    """A canton of 500 cases in a temporary folder, gone when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Settings(mode="demo", data_dir=folder)
    load(made, CASES)
    return made


def _canton() -> tuple[Settings, object, object]:
    held = settings()
    engine = make_engine(held.url)
    return held, engine, clock_of(engine, held).now()


def inbox_page() -> Sides:
    """The query of a unit's inbox, typed rows, against its very statement raw on the driver."""
    held, engine, now = _canton()
    with working(engine, HOUSE, now, settings=held, writing=False) as work:
        actor = account_actor(work, EMAIL)

    def ours() -> object:
        with working(engine, actor, now, settings=held, writing=False) as work:
            return inbox_rows(work, Tab.UNIT, None, USUAL + 1)

    statement, values = asked(engine, ours)
    return ours, lambda: fetched(engine, statement, values)


def case_list() -> Sides:
    """Fifty cases from the query to the bytes of the answer, against its statement raw on the driver."""
    held, engine, now = _canton()
    with working(engine, HOUSE, now, settings=held, writing=False) as work:
        actor = account_actor(work, EMAIL)

    def ours() -> object:
        with working(engine, actor, now, settings=held, writing=False) as work:
            return answer(cases(work, CaseFilter()))

    statement, values = asked(engine, ours, "FROM case_file")
    return ours, lambda: fetched(engine, statement, values)


def case_request() -> Sides:
    """The whole request for fifty cases, journal of the reads kept on the disk, against its statements raw.

    The raw side asks the same statements (who acts, the list, the journal) on the driver, in the same two
    transactions, and commits the second as the request does.
    """
    client, headers, engine = client_of()
    url = "/api/v1/cases?limit=50"
    assert client.get(url, headers=headers).status_code == 200
    given = told(client.application.wiring.engine, lambda: client.get(url, headers=headers))
    return lambda: client.get(url, headers=headers), lambda: again(engine, given)


def case_page() -> Sides:
    """The list of cases as a page, against the same list as JSON."""
    client, headers, _ = client_of()
    assert client.get("/cases", headers=headers).status_code == 200
    return (
        lambda: client.get("/cases", headers=headers),
        lambda: client.get("/api/v1/cases?limit=50", headers=headers),
    )


def reconciliation() -> Sides:
    """A night's reconciliation against one bare sum over the ledger and one over attendance."""
    held, engine, now = _canton()

    def ours() -> object:
        with working(engine, HOUSE, now, settings=held) as work:
            return reconcile(work, work.today)

    sums = ("SELECT sum(amount) FROM movement", "SELECT count(*), min(day), max(day) FROM attendance")
    return ours, lambda: [_raw(engine, one) for one in sums]


def fold_of_all() -> Sides:
    """Every process folded from its events and compared with its rows, against reading the events."""
    held, engine, now = _canton()

    def ours() -> object:
        with working(engine, HOUSE, now, settings=held, writing=False) as work:
            found = drift(work)
        assert not found
        return found

    return ours, lambda: _raw(
        engine, "SELECT instance_id, seq, kind, payload, at FROM wf_event ORDER BY instance_id, seq"
    )


def client_of(email: str = EMAIL) -> tuple[object, dict[str, str], object]:
    """A client of the demo canton, its session, and another engine on the same database."""
    held = settings()
    app = create_app(held)
    client = app.test_client()
    token = client.post("/api/v1/session", json={"email": email, "password": PASSWORD}).get_json()["token"]
    return client, {"Authorization": f"Bearer {token}"}, make_engine(held.url)


def _raw(engine: object, statement: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(statement)).all()
