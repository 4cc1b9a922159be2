"""One town of two payers on each engine, built once per process; each test's changes are taken back."""

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.standing_town import as_built, never_committed
from tests.wages.build_wages import Paying, a_paying


@pytest.fixture(scope="session", params=ENGINES)
def built(request, new_engine, tmp_path_factory, settings) -> Iterator[Paying]:
    """The town in a transaction of its own database, never committed."""
    engine = new_engine(request.param, tmp_path_factory.mktemp("wages"))
    with never_committed(engine, settings, a_paying) as made:
        yield made


@pytest.fixture
def town(built: Paying) -> Iterator[Paying]:
    """The town as it was built, whatever the test before has done."""
    with as_built(built) as standing:
        yield standing
