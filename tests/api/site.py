"""The application on a database of its own, and people who use it: by program (bearer) and by browser (cookie).

`site` stands on SQLite, `any_site` on both engines. `site.person(Role.X)` opens an account with a seat; `site.program(who)`
is a client that sends the bearer token, `site.reader(who)` one that has logged in by the form and knows its proof.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.app import create_app
from cii.institutions.tables import Unit
from cii.kernel.clock import FixedClock
from cii.store.columns import new_ref
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working
from cii.wire.doors import House
from cii.wire.sessions import cookie_name, proof
from tests.access.build_access import an_account
from tests.conftest import NOW
from tests.institutions.build_institutions import a_unit

PASSWORD = "un mot de passe assez long"


class MovingClock(FixedClock):
    """Stands still until a test moves it."""

    def moves(self, by: timedelta) -> None:
        object.__setattr__(self, "at", self.at + by)


@dataclass
class Site:
    """The application of one test, its engine and its clock."""

    app: House
    engine: Engine
    clock: MovingClock
    settings: Settings

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work of the house, committed."""
        with working(self.engine, HOUSE, self.clock.now(), settings=self.settings) as work:
            yield work

    def unit(self, **more) -> Unit:
        with self.work() as work:
            return a_unit(work, **more)

    def person(self, role: Role = Role.CASE_MANAGER, unit: Unit | None = None) -> Account:
        """An account with one seat and no password: enough for `program` and `reader`."""
        with self.work() as work:
            return an_account(work, (unit or a_unit(work), role))

    def token(self, who: Account) -> str:
        """A session of that account, without the price of a password."""
        from cii.access.passwords import new_token, token_hash
        from cii.access.tables import LoginSession

        token = new_token()
        with self.work() as work:
            work.session.add(
                LoginSession(token_hash=token_hash(token), account_id=who.id, csrf=new_ref(), created_at=work.now,
                             expires_at=work.now + timedelta(hours=8))
            )  # fmt: skip
        return token

    def program(self, who: Account) -> FlaskClient:
        """A client that sends the account's bearer token."""
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(who)}"
        return client

    def reader(self, who: Account) -> FlaskClient:
        """A browser with the account's session; `client.proof` is the CSRF token of its forms."""
        client = self.app.test_client()
        token = self.token(who)
        client.set_cookie(cookie_name(self.settings), token)
        client.proof = proof(self.settings, token)
        return client

    def rows(self, sql: str, **values) -> list[tuple]:
        """What the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]


@pytest.fixture(scope="session")
def app_on(settings):
    """`app_on(engine, clock)`: the one application of this process, set on the database of a test."""
    made: list[House] = []

    def stands(engine: Engine, clock: MovingClock) -> House:
        if not made:
            made.append(create_app(settings, clock, engine=engine))
        (app,) = made
        app.wiring = replace(app.wiring, engine=engine, clock=clock)
        return app

    return stands


def _site(engine: Engine, settings: Settings, app_on) -> Site:
    clock = MovingClock(NOW)
    return Site(app_on(engine, clock), engine, clock, settings)


@pytest.fixture
def site(new_engine, tmp_path, settings, app_on) -> Iterator[Site]:
    """The application on SQLite."""
    engine = new_engine("sqlite", tmp_path)
    yield _site(engine, settings, app_on)
    engine.dispose()


@pytest.fixture
def any_site(fresh_engine, settings, app_on) -> Site:
    """The application on SQLite and on PostgreSQL."""
    return _site(fresh_engine, settings, app_on)


__all__ = ["PASSWORD", "MovingClock", "Role", "Site", "any_site", "app_on", "site"]
