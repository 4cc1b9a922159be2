from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from cii.store.tables import Parameter
from cii.store.work import Work


@pytest.mark.parametrize(
    "written", ["2026-07-01 07:00:00.000000", "2026-07-01 07:00:00", "2026-07-01 09:00:00+02:00"]
)
def test_a_moment_is_read_in_utc_however_it_was_written(work: Work, written):
    if work.session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps moments, not texts")
    work.session.connection().execute(
        text(
            "INSERT INTO parameter (name, valid_from, value, unit, source, certainty, published_at) "
            "VALUES ('moment', '2026-01-01', 1, '', '', 'S', :written)"
        ),
        {"written": written},
    )

    found = work.session.exec(select(Parameter).where(Parameter.name == "moment")).one()

    assert found.published_at == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert found.published_at.tzinfo is UTC
