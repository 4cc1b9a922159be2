"""Databases of the browser tests: brought up by the migrations, filled once per run, copied where they are used."""

import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import col, select

from cii.access.passwords import new_token, token_hash
from cii.access.tables import Account, LoginSession
from cii.app import create_app, make_bell
from cii.jobs.runs import Bell
from cii.kernel.clock import FixedClock
from cii.store.columns import new_ref
from cii.store.engine import make_engine
from cii.store.schema import upgrade
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working
from cii.wire.doors import House
from cii.wire.sessions import cookie_name
from tests.browser.months import some_months
from tests.browser.stage import Canton, a_canton
from tests.conftest import NOW, new_database


class MovingClock(FixedClock):
    """Stands still until a test moves it."""

    def moves_to(self, at) -> None:
        object.__setattr__(self, "at", at)


@dataclass
class Town:
    """The real application on a migrated database, with its clock; `address` is where it is served."""

    app: House
    engine: Engine
    clock: MovingClock
    canton: Canton
    address: str = ""
    answers: dict = field(default_factory=dict)
    """What each person gets at every address (tests/browser/pages.py)."""

    @property
    def bell(self) -> Bell:
        """The worker's bell: its nights and its minutes."""
        return make_bell(self.app)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A transaction of the house on the same data, committed at its end."""
        held = self.app.wiring
        with working(
            self.engine, HOUSE, self.clock.now(), calendar=held.calendar, settings=held.settings
        ) as work:
            yield work

    def reader(self, who: str) -> FlaskClient:
        """A client with that person's session, without the price of a password."""
        token = new_token()
        with self.work() as work:
            account = work.session.exec(
                select(Account).where(col(Account.email) == self.canton.email(who))
            ).one()
            work.session.add(
                LoginSession(token_hash=token_hash(token), account_id=account.id, csrf=new_ref(), created_at=work.now,
                             expires_at=work.now + timedelta(hours=8))
            )  # fmt: skip
        client = self.app.test_client()
        client.set_cookie(cookie_name(self.app.wiring.settings), token)
        return client


def a_new_town(engine_name: str, folder: Path, postgres_url) -> Town:
    """A canton without a case, on SQLite or PostgreSQL, in its own folder."""
    url = f"sqlite:///{folder / 'cii.sqlite'}" if engine_name == "sqlite" else new_database(postgres_url())
    town = _opened(url, folder)
    with town.work() as work:
        town.canton = a_canton(work)
    return town


def a_lived_in_town(factory) -> Town:
    """A canton with some months of life, on SQLite: built by the first process that needs it, copied by each."""
    root = factory.getbasetemp()
    root = root.parent if root.name.startswith("popen-") else root
    kept = _built_once(root / "lived-in")
    folder = factory.mktemp("town")
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    town = _opened(f"sqlite:///{folder / 'cii.sqlite'}", folder, migrate=False)
    town.canton = pickle.loads((folder / "canton.pickle").read_bytes())  # noqa: S301 - written a moment ago
    return town


def _built_once(folder: Path) -> Path:
    import fcntl

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lived-in.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "canton.pickle").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            town = _opened(f"sqlite:///{folder / 'cii.sqlite'}", folder)
            some_months(town)
            with town.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            town.engine.dispose()
            (folder / "canton.pickle").write_bytes(pickle.dumps(town.canton))
    return folder


def _opened(url: str, folder: Path, *, migrate: bool = True) -> Town:
    engine = make_engine(url, pool_size=8)
    if migrate:
        upgrade(engine)
    settings = Settings(mode="demo", data_dir=folder, database_url=url)
    clock = MovingClock(NOW)
    return Town(create_app(settings, clock, engine=engine), engine, clock, Canton())
