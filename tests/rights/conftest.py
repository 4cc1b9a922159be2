"""A house that keeps somebody well known, made once per process and engine; each test takes back what it does."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.store.engine import WRITING, make_engine
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working
from tests.conftest import ENGINES, NOW, NewEngine, new_database
from tests.rights.build_erasing import Known, well_known


@dataclass(frozen=True)
class Keeping:
    """The database and the files of that house."""

    engine: Engine
    settings: Settings
    known: Known


@pytest.fixture(scope="session", params=ENGINES)
def keeping(
    request: pytest.FixtureRequest, new_engine: NewEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Keeping]:
    """The house as it was committed; nobody writes in it but to take it back."""
    folder = tmp_path_factory.mktemp("keeping")
    engine = new_engine(request.param, folder)
    settings = Settings(mode="test", data_dir=folder / "data")
    with working(engine, HOUSE, NOW, calendar=WorkingDays("NE"), settings=settings) as work:
        known = well_known(work)
        work.session.refresh(known.person)
    if request.param == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    yield Keeping(engine, settings, known)
    engine.dispose()


@pytest.fixture
def known(keeping: Keeping) -> Known:
    """Of whom every room keeps something."""
    return keeping.known


@pytest.fixture
def house(keeping: Keeping, tmp_path: Path) -> Iterator[Work]:
    """A unit of work of that house, with files of its own; everything is rolled back afterwards."""
    own = files_of(keeping, tmp_path)
    with keeping.engine.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield Work(session, HOUSE, NOW, WorkingDays("NE"), settings=own)
        transaction.rollback()
    keeping.engine.dispose()


def files_of(keeping: Keeping, folder: Path) -> Settings:
    """Settings with a copy of the house's files in that folder."""
    data = Path(shutil.copytree(keeping.settings.data_dir, folder / "data"))
    return keeping.settings.model_copy(update={"data_dir": data})


@pytest.fixture
def moved_house(
    keeping: Keeping, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Callable[[], Engine], Settings]]:
    """A house of its own that keeps the same: who opens its database, and its settings; for what commits."""
    own, made = files_of(keeping, tmp_path), []
    if keeping.engine.dialect.name == "sqlite":
        shutil.copy(str(keeping.engine.url.database), tmp_path / "cii.sqlite")
        url = f"sqlite:///{tmp_path / 'cii.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"), str(keeping.engine.url.database))

    def opened() -> Engine:
        made.append(make_engine(url))
        return made[-1]

    yield opened, own
    for one in made:
        one.dispose()
