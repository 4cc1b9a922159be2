from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, update
from sqlmodel import select

from cii.store.ready import Ready
from cii.store.tables import Parameter
from cii.store.work import Work

ROWS = Parameter.__table__
ADD = Ready(insert(ROWS), (column.name for column in ROWS.c if column.name != "id"))


def a_row(work: Work, name: str) -> dict[str, object]:
    return {
        "name": name,
        "valid_from": work.today,
        "valid_to": None,
        "value": 1,
        "unit": "",
        "source": "",
        "certainty": "S",
        "published_at": work.now,
    } | {column.name: None for column in ROWS.c if column.nullable}


def read(work: Work, name: str) -> Parameter:
    return work.session.exec(select(Parameter).where(Parameter.name == name)).one()


def test_rows_written_at_once_read_as_any_others(work: Work):
    ADD.write(work.session.connection(), [a_row(work, "ready a"), a_row(work, "ready b")])

    found = read(work, "ready b")

    assert (found.value, found.valid_from, found.published_at) == (1, work.today, work.now)


def test_a_moment_of_another_zone_is_kept_in_utc(work: Work):
    summer = datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=2)))

    ADD.write(work.session.connection(), [a_row(work, "ready zone") | {"published_at": summer}])

    assert read(work, "ready zone").published_at == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_a_moment_without_a_zone_and_a_row_that_lacks_a_name_are_refused(work: Work):
    connection = work.session.connection()
    row = a_row(work, "ready no")

    with pytest.raises(ValueError, match="time zone"):
        ADD.write(connection, [row | {"published_at": datetime(2026, 7, 1)}])
    del row["value"]
    with pytest.raises(KeyError):
        ADD.write(connection, [row])


def test_an_update_finds_its_row_and_says_how_many_it_changed(work: Work):
    rename = Ready(update(ROWS).where(ROWS.c.name == bindparam("at_name")).values(unit=bindparam("unit")))
    ADD.write(work.session.connection(), [a_row(work, "ready one")])

    changed = rename.write(work.session.connection(), [{"at_name": "ready one", "unit": "months"}])

    assert changed.rowcount == 1
    assert read(work, "ready one").unit == "months"
