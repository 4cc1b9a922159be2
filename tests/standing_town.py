"""A town built once per process and never committed: each test's changes are taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work
from tests.conftest import NOW


class Standing(Protocol):
    """What was built, with the work it was built in."""

    work: Work


Town = TypeVar("Town", bound=Standing)


@contextmanager
def never_committed(engine: Engine, settings: Settings, build: Callable[[Work], Town]) -> Iterator[Town]:
    """The town in a transaction of its own database."""
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield build(Work(session, HOUSE, NOW, WorkingDays("NE"), settings=settings))
        transaction.rollback()
    engine.dispose()


@contextmanager
def as_built(town: Town) -> Iterator[Town]:
    """The town as it was built, whatever the test before has done."""
    session = town.work.session
    session.flush()
    point = session.begin_nested()
    yield town
    point.rollback()
    session.expire_all()
