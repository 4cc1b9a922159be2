"""The pages through the Flask client, on both engines: a small canton, the same for every test, and a browser per role."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from cii.app import create_app
from cii.kernel.clock import FixedClock
from cii.store.work import HOUSE, working
from cii.wire.doors import House
from tests.conftest import ENGINES, NOW, copy_of, remove, settled
from tests.web.build_path import add_hands
from tests.web.build_town import PASSWORD, Town, a_town

UNWRITTEN = re.compile(
    r"^/(?:(?:cases/\w+/|referrals/\w+/)?drafts|desk/filters|filters|notices)\b"  # one's own memory: of nobody, for nobody else
    r"|^/(?:detections/import|detections/new|persons/statuses|budgets/opening|provider/attendance/import)$"  # tried only, or nobody was kept
    r"|^/reports/[^/]+/[^/]+/freezing$"  # the same facts are the issue that stands already
)
"""Forms that may change nothing that concerns a person or an act, and then leave no entry."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process per engine builds the canton of the pages, for all tests that look at it."""
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if "tests/web/" in item.nodeid and "canton_of_pages" in params:
            item.add_marker(pytest.mark.xdist_group(f"web-{params['canton_of_pages']}"))


@dataclass
class Reader:
    """Somebody at the pages: reads, and sends forms with what a form carries by itself."""

    client: FlaskClient
    engine: Engine

    def get(self, url: str, status: int = 200, **query: Any) -> str:
        answer = self.client.get(url, query_string=query or None)
        assert answer.status_code == status, f"{url}: {answer.status_code}\n{answer.text[:2000]}"
        return answer.text

    def post(self, url: str, status: int = 303, **form: Any) -> str:
        """Send a form; follows nothing, returns the page or the address where it leads.

        Done or refused, it stands in the journal under whoever sent it, in every test that sends one.
        """
        page = self.client.get("/help").text
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        written = self._written()
        answer = self.client.post(url, data={"csrf_token": csrf, "idempotency_key": uuid4().hex, **form})
        assert answer.status_code == status, f"{url}: {answer.status_code}\n{answer.text[:2000]}"
        assert UNWRITTEN.search(url) or self._written() > written, f"{url}: nothing stands in the journal"
        return answer.headers.get("Location", answer.text) if status == 303 else answer.text

    def _written(self) -> int:
        """The last entry of the journal that somebody with an account has left."""
        with self.engine.connect() as connection:
            last = text("SELECT max(id) FROM journal_entry WHERE account_id IS NOT NULL")
            return connection.execute(last).scalar() or 0


@dataclass
class Site:
    """The application on a canton; `as_("finance")` is a browser in which that person is logged in."""

    app: House
    engine: Engine
    town: Town

    def as_(self, who: str, lang: str = "fr") -> Reader:
        client = self.app.test_client()
        reader = Reader(client, self.engine)
        page = client.get("/login").text
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(
            "/login", data={"csrf_token": csrf, "email": f"{who}@cii.example", "password": PASSWORD}
        )
        assert answer.status_code == 303, answer.text[:2000]
        if lang != "fr":
            client.get(f"/?lang={lang}")
        return reader

    def work(self) -> Any:
        """A transaction of the house on the same data, committed at its end."""
        return working(
            self.engine, HOUSE, NOW, calendar=self.app.wiring.calendar, settings=self.app.wiring.settings
        )


@dataclass(frozen=True)
class Canton:
    """The application, and the database on which every test begins."""

    app: House
    model: Engine
    town: Town


@pytest.fixture(scope="session", params=ENGINES)
def canton_of_pages(
    request: pytest.FixtureRequest, new_engine: Any, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> Canton:
    """The canton as it is before any test, built once per engine and process."""
    made = new_engine(request.param, tmp_path_factory.mktemp("canton"))
    app = create_app(settings, FixedClock(NOW), engine=made)
    with working(made, HOUSE, NOW, calendar=app.wiring.calendar, settings=settings) as work:
        town = a_town(work)
        add_hands(work)
    return Canton(app, settled(made), town)


@pytest.fixture
def site(canton_of_pages: Canton, tmp_path: Path) -> Iterator[Site]:
    """The canton for one test: what it does there, no other test meets."""
    canton = canton_of_pages
    engine = copy_of(canton.model, tmp_path, pool_size=8)
    canton.app.wiring = replace(canton.app.wiring, engine=engine)
    yield Site(canton.app, engine, deepcopy(canton.town))
    remove(engine)
