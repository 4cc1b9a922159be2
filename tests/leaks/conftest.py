"""The planted canton, built once per process from the lived-in one; each test gets a fresh copy of the database.

The copies lie in one place under one engine, so that a statement is put into words once for all tests.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from cii.access.passwords import new_token, token_hash
from cii.access.tables import Account, LoginSession
from cii.store.columns import new_ref
from cii.store.engine import make_engine
from cii.store.work import HOUSE, working
from cii.wire.sessions import cookie_name, proof
from tests.browser.towns import Town, a_lived_in_town
from tests.leaks.asking import NOBODY, Asker
from tests.leaks.planted import Oracle, account_of, oracle, outward_names, plant


@dataclass
class Canton:
    """The application on a copy of the planted canton."""

    town: Town
    engine: Engine
    names: dict[str, frozenset[tuple[str, int]]]
    """Outward names that hang on a case or person."""

    placements: frozenset[str]
    """Those of placements and outcomes: who checks what is owed for them sees them, without a name (product.md §10)."""

    last: dict[str, int]
    """Number of the last case and of the last person that were there before the walk."""

    @property
    def app(self) -> Any:
        return self.town.app

    def work(self) -> Any:
        held = self.town.app.wiring
        return working(
            self.engine, HOUSE, self.town.clock.now(), calendar=held.calendar, settings=held.settings
        )

    def someone(self, role: str, relation: str) -> tuple[Asker, Oracle]:
        """A client of that account, logged in, and what it may meet."""
        settings, token = self.app.wiring.settings, new_token()
        with self.work() as work:
            account = account_of(work, role, relation)
            row = LoginSession(
                token_hash=token_hash(token), account_id=account.id or 0, csrf=new_ref(), created_at=work.now,
                expires_at=work.now + timedelta(hours=8),
            )  # fmt: skip
            work.session.add(row)
            known = oracle(work, account)
        client = self.app.test_client()
        client.set_cookie(cookie_name(settings), token)
        return Asker(self.engine, client, proof(settings, token), self.refs()), known

    def made_by(self, known: Oracle, name: str) -> bool:
        """Whether it hangs on cases and persons of the walk's own making alone, of which its account knows one."""
        owners = self.owners(name)
        if not owners or any(number <= self.last[whose] for whose, number in owners):
            return False
        with self.work() as work:
            return any(map(oracle(work, work.session.get_one(Account, known.account_id)).knows, owners))

    def owners(self, ref: str) -> frozenset[tuple[str, int]]:
        """Whose it is; what was made a moment ago is looked up."""
        if ref not in self.names and ref != NOBODY:
            self.names |= outward_names(self.engine)
        return self.names.get(ref, frozenset())

    def nobody(self) -> Asker:
        """A client without session."""
        client = self.app.test_client()
        page = client.get("/login").get_data(as_text=True)
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        return Asker(self.engine, client, csrf, self.refs())

    def refs(self) -> dict[str, str]:
        """What bodies of operations name."""
        refs, stage = self.town.canton.refs, self.town.canton.stage
        person = next(ref for ref, owners in self.names.items() if owners == {("person", 1)})
        return {
            "case": refs["case"], "detection": refs["announced_detection"], "person": person, "measure": stage.measure,
            "line": stage.lines["SAS"], "agreement": stage.agreements["SAS"], "provider": stage.provider,
            "unit": stage.units["OAI-REA"], "report": refs["report"],
        }  # fmt: skip


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    """The lived-in canton with a word in every section; its town and its file, closed for copying."""
    town = a_lived_in_town(tmp_path_factory)
    with town.work() as work:
        plant(work)
    with town.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    town.engine.dispose()
    return town, Path(str(town.engine.url.database))


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine of the place where the copies lie, one after the other."""
    return make_engine(f"sqlite:///{tmp_path_factory.mktemp('copies') / 'cii.sqlite'}")


@pytest.fixture
def canton(planted: tuple[Town, Path], copies: Engine) -> Iterator[Canton]:
    """A copy for this test."""
    (town, file), engine = planted, copies
    copy = Path(str(engine.url.database))
    for left in copy.parent.glob(f"{copy.name}-*"):
        left.unlink()
    shutil.copy(file, copy)
    town.app.wiring = replace(town.app.wiring, engine=engine)
    with engine.connect() as connection:
        placements = frozenset(
            connection.execute(
                text(
                    "SELECT ref FROM placement UNION SELECT ref FROM outcome "
                    "UNION SELECT ref FROM wage_grant UNION SELECT ref FROM wage_part"
                )
            ).scalars()
        )
        last = {
            "case": connection.execute(text("SELECT max(id) FROM case_file")).scalar_one(),
            "person": connection.execute(text("SELECT max(id) FROM person")).scalar_one(),
        }
    yield Canton(town, engine, outward_names(engine), placements, last)
    engine.dispose()


__all__ = ["Canton", "canton", "copies", "planted"]
