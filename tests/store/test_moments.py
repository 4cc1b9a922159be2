from datetime import UTC, datetime, timedelta, timezone

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


def test_moments_sort_in_time_whether_they_have_a_fraction_or_not(work: Work):
    whole = datetime(2026, 7, 1, 7, tzinfo=UTC)
    moments = [whole, whole + timedelta(microseconds=1), whole + timedelta(milliseconds=100)]
    moments += [whole + timedelta(seconds=1), datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=2)))]
    for number, moment in enumerate(reversed(moments)):
        work.session.add(
            Parameter(
                name=f"sorted {number}", valid_from=work.today, value=1, unit="", source="", certainty="S",
                published_at=moment,
            )
        )  # fmt: skip

    query = select(Parameter.published_at).where(Parameter.name.startswith("sorted"))

    assert list(work.session.exec(query.order_by(Parameter.published_at))) == moments
    assert len(list(work.session.exec(query.where(Parameter.published_at > whole)))) == len(moments) - 1
    assert len(list(work.session.exec(query.where(Parameter.published_at == whole)))) == 1
