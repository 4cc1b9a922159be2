"""One town of two payers on each engine, built once per process; each test's changes are taken back."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING
from cii.store.work import HOUSE, Work
from tests.conftest import ENGINES, NOW
from tests.wages.build_wages import Paying, a_paying


@pytest.fixture(scope="session", params=ENGINES)
def built(request, new_engine, tmp_path_factory, settings) -> Iterator[Paying]:
    """The town in a transaction of its own database, never committed."""
    engine = new_engine(request.param, tmp_path_factory.mktemp("wages"))
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield a_paying(Work(session, HOUSE, NOW, WorkingDays("NE"), settings=settings))
        transaction.rollback()
    engine.dispose()


@pytest.fixture
def town(built: Paying) -> Iterator[Paying]:
    """The town as it was built, whatever the test before has done."""
    session = built.work.session
    session.flush()
    point = session.begin_nested()
    yield built
    point.rollback()
    session.expire_all()
