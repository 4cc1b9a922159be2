"""The migrated database, once per process and engine: what is attacked in it is rolled back."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING, make_engine
from cii.store.schema import upgrade
from cii.store.work import HOUSE, Work
from tests.conftest import ENGINES, NOW, new_database


@pytest.fixture(scope="session", params=ENGINES)
def migrated(request, tmp_path_factory):
    """A database that the migrations have made; nobody writes into it for good."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'cii.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"))
    engine = make_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def writing(migrated: Engine, settings):
    """A unit of work of the house in the migrated database, rolled back."""
    with migrated.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield Work(session, HOUSE, NOW, WorkingDays("NE"), settings=settings)
        transaction.rollback()
